"""What a secret that signs tokens may be, and how settings write it. Pure, and known before Django is set up."""

import base64
import binascii
import re

SECRET_ALGORITHMS = ("HS256", "HS384", "HS512")
SECRET_MIN_BYTES = 32  # RFC 7518, 3.2: an HS256 key is at least as long as the hash


def decode_base64(text: str) -> bytes | None:
    """The bytes of base64 in either alphabet, with or without padding and line breaks; None for other text."""
    packed = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
    if not re.fullmatch("[A-Za-z0-9+/]+", packed):
        return None
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4))
    except binascii.Error:  # one character more than whole bytes have
        return None


def usual_algorithm(secret: str | bytes) -> str:
    """What signs with this secret where nothing is said: HS256; with bytes what jjwt takes for their number."""
    if isinstance(secret, bytes) and len(secret) >= 48:
        return "HS512" if len(secret) >= 64 else "HS384"
    return "HS256"
