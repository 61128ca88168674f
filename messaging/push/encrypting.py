"""A push as only the browser can read it: RFC 8291. The push service sees nothing but its length."""

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec

from chatproject.push_settings import decode, encode

PLAIN_MAX_BYTES = 3_993  # what every push service takes is 4,096, with a header of 86 and 17 around the text
AUTH_BYTES = 16


class KeyRefused(ValueError):
    """No browser has such a key."""


def read_keys(p256dh: str, auth: str) -> tuple[str, str]:
    """A browser's two keys, checked, without padding. Raises KeyRefused."""
    try:
        public, secret = decode(p256dh), decode(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    except ValueError:
        raise KeyRefused from None
    if len(secret) != AUTH_BYTES or public[:1] != b"\x04":
        raise KeyRefused
    return encode(public), encode(secret)


def encrypt(plain: bytes, *, p256dh: str, auth: str) -> bytes:
    """With a key of its own, that nobody keeps. `plain` is not empty: of that http_ece makes no record at all."""
    assert 0 < len(plain) <= PLAIN_MAX_BYTES
    sealed: bytes = http_ece.encrypt(
        plain,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=decode(p256dh),
        auth_secret=decode(auth),
        version="aes128gcm",
    )
    return sealed
