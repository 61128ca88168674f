"""The codes by which one comes into a closed room: made at random, read out and typed by people. Pure."""

import secrets
from hmac import compare_digest

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 and O, no 1, I and L
LENGTH = 8  # 31**8 are 850,000,000,000: at ten guesses an hour nobody finds one
TYPED_MAX_CHARACTERS = 32


def make_code() -> str:
    return "".join(secrets.choice(LETTERS) for _letter in range(LENGTH))


def is_code(typed: str, code: str) -> bool:
    """Whether that is the code, in any case and with spaces or hyphens between. No code is none.

    Takes as long wherever the first difference is.
    """
    plain = "".join(typed.split()).replace("-", "").upper()
    return compare_digest(plain.encode(errors="replace"), code.encode()) and code != ""
