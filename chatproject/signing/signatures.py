"""Tokens signed with a shared secret, and why a signature does not match. No claim is checked, no I/O."""

import base64
import hmac
import json
import logging
from typing import Any

import jwt
from rest_framework_simplejwt.backends import TokenBackend

from chatproject.seldom import Seldom
from chatproject.signing.shared_secrets import SECRET_ALGORITHMS, decode_base64, usual_algorithm

KEY_ALGORITHMS = ("RS256", "ES256")
HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
HEADERS_KNOWN_MAX = 64  # an issuer writes one or two
HEADER_MAX_CHARACTERS = 512

logger = logging.getLogger(__name__)

_seldom = Seldom()
_NOTHING_CHECKED: Any = {f"verify_{claim}": False for claim in ("exp", "iat", "nbf", "sub", "jti", "aud", "iss")}


class _Backend(TokenBackend):
    """The library's, that judges signature and algorithm alone."""

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        key = self.get_verifying_key(token)
        return jwt.decode(token, key, algorithms=[self.algorithm], options=_NOTHING_CHECKED)


def read_claims(raw: str, key: Any, algorithm: str) -> dict[str, Any]:
    """The claims of a token whose signature and algorithm are right; none of them is checked.

    So a main server whose clock is ahead (`iat`, `nbf`) locks nobody out. Raises jwt.InvalidTokenError, of it
    jwt.InvalidSignatureError where another key signed.
    """
    claims: dict[str, Any] = _Backend(algorithm, signing_key=key, verifying_key=key).decode(raw)
    return claims


class SharedSecret:
    """One secret and one algorithm. Text signs as it stands; bytes were written as base64 in the settings."""

    def __init__(self, secret: str | bytes, *, algorithm: str = "") -> None:
        self.algorithm = algorithm or usual_algorithm(secret)
        if self.algorithm not in SECRET_ALGORITHMS:
            raise ValueError("a shared secret signs with HS256, HS384 or HS512")
        self._secret = secret
        self._key = secret.encode() if isinstance(secret, str) else secret
        self._headers: set[str] = set()  # of tokens that the library found right; it judges nothing else by them

    def read(self, raw: str, *, since: float) -> dict[str, Any]:
        """The claims. Raises jwt.InvalidTokenError, and tells the operator why, now and then."""
        if (claims := self._read_quickly(raw)) is not None:
            return claims
        claims = self._read_slowly(raw)
        header = raw.partition(".")[0]
        if len(self._headers) < HEADERS_KNOWN_MAX and len(header) <= HEADER_MAX_CHARACTERS:
            self._headers.add(header)
        return claims

    def _read_quickly(self, raw: str) -> dict[str, Any] | None:
        """The claims of a token with a known header, in a tenth of the library's time. None: let that decide.

        Both other parts are compared in the one way in which they can be written.
        """
        signed, _dot, signature = raw.rpartition(".")
        header, _dot, payload = signed.partition(".")
        if header not in self._headers or not raw.isascii():
            return None
        mac = hmac.digest(self._key, signed.encode(), HASHES[self.algorithm])
        if not hmac.compare_digest(_packed(mac), signature):
            return None
        try:
            told = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
            claims = json.loads(told) if _packed(told) == payload else None
        except (ValueError, RecursionError):
            return None
        return claims if isinstance(claims, dict) else None

    def _read_slowly(self, raw: str) -> dict[str, Any]:
        try:
            return read_claims(raw, self._secret, self.algorithm)
        except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
            reason = self._why_not(raw)
            if _seldom.may_say(reason):
                logger.warning("a token's signature is not right: %s", reason)
            raise

    def _why_not(self, raw: str) -> str:
        """Never with a word of the token's own."""
        said = jwt.get_unverified_header(raw).get("alg")
        if said in KEY_ALGORITHMS:
            return f"it is signed with {said}, and this server has a shared secret: set JWT_JWKS_URL instead"
        if said not in SECRET_ALGORITHMS:
            return f"it is unsigned or its algorithm is unknown, and this server expects {self.algorithm}"
        algorithm = [] if said == self.algorithm else [f"JWT_ALGORITHM={said}"]
        if algorithm and _matches(raw, self._secret, said):
            return f"it is signed with {said}, and this server expects {self.algorithm}: set {algorithm[0]}"
        setting, other_reading = self._other_reading()
        if _matches(raw, other_reading, said):
            remedy = " and ".join([setting, *algorithm])
            return f"it does match with the secret read the other way, as base64 or not: set {remedy}"
        if algorithm:
            return f"it is signed with {said} and another secret, and this server expects {self.algorithm}"
        return "it is signed with another secret than this server has"

    def _other_reading(self) -> tuple[str, str | bytes | None]:
        """The same secret as somebody else may read it, and the setting for that."""
        if isinstance(self._secret, bytes):
            return "JWT_SECRET in place of JWT_SECRET_BASE64", base64.b64encode(self._secret).decode()
        return "JWT_SECRET_BASE64 in place of JWT_SECRET", decode_base64(self._secret)


def _packed(told: bytes) -> str:
    """As tokens write bytes (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


def _matches(raw: str, secret: str | bytes | None, algorithm: str) -> bool:
    if not secret:
        return False
    try:
        read_claims(raw, secret, algorithm)
    except jwt.InvalidTokenError:
        return False
    except jwt.PyJWTError:  # what the secret reads as is none
        return False
    return True
