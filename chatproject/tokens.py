"""The main server's JWT becomes a Caller. Knows neither HTTP nor members; the only I/O is fetching a key set."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, cast

import jwt
from django.utils.translation import gettext_lazy as _
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken

from chatproject.errors import (
    ExpiredToken,
    MalformedToken,
    MissingToken,
    NotAuthenticated,
    StoreUnavailable,
    WrongTokenCategory,
)

TOKEN_MAX_BYTES = 4_096  # honest tokens have about 250; PyJWT would parse a megabyte
MEMBER_ID_MAX = 2**63 - 1  # BIGINT
NICKNAME_LENGTHS = range(2, 21)
EXPIRY_MAX = 253_402_300_799  # the end of the year 9999, of datetime too
JWKS_TIMEOUT_S = 5.0
KEYS_RETRY_AFTER_S = 5.0

Role = Literal["USER", "ADMIN"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a verified token speaks for. `nickname` is the optional claim, None where it is absent or unusable."""

    is_authenticated: ClassVar[bool] = True  # what REST framework asks of a user

    member_id: int
    role: Role
    expires_at: int  # seconds since the epoch, as in the token's `exp`
    nickname: str | None = None


class _LenientBackend(TokenBackend):
    """Checks signature, algorithm and `exp`, and nothing that the contract does not name.

    A main server whose clock is ahead (`iat`, `nbf`) must lock nobody out.
    """

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        options = {f"verify_{claim}": False for claim in ("iat", "nbf", "sub", "jti", "aud", "iss")}
        try:
            return jwt.decode(
                token,
                self.get_verifying_key(token),
                algorithms=[self.algorithm],
                options=cast("Any", {**options, "verify_signature": verify}),
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenBackendExpiredToken from error
        except jwt.InvalidTokenError as error:
            raise TokenBackendError from error


class TokenVerifier:
    """Checks tokens of one algorithm family: HS256 with a shared secret, or RS256 and ES256 with a key set.

    Never both families at once: a public key must not be usable as an HMAC secret.
    """

    def __init__(self, *, secret: str = "", jwks_url: str = "") -> None:
        if bool(secret) == bool(jwks_url):
            raise ValueError("give either a secret or a JWKS URL")
        self.may_block = bool(jwks_url)  # verifying may download the key set
        if jwks_url:
            self._backends = {name: _LenientBackend(name) for name in ("RS256", "ES256")}
            keys = jwt.PyJWKClient(jwks_url, timeout=JWKS_TIMEOUT_S)
            for backend in self._backends.values():
                backend.jwks_client = keys
        else:
            self._backends = {"HS256": _LenientBackend("HS256", signing_key=secret)}

    def verify(self, raw: str) -> Caller:
        """Return whom the token speaks for. Raises a subclass of NotAuthenticated that says what is wrong.

        Raises StoreUnavailable where the key set cannot be had: the token may be good, and later will do.
        """
        if not raw:
            raise MissingToken
        if len(raw.encode(errors="surrogatepass")) > TOKEN_MAX_BYTES:
            raise MalformedToken
        return _caller(self._decode(raw))

    def _decode(self, raw: str) -> dict[str, Any]:
        try:
            backend = self._backends[str(jwt.get_unverified_header(raw).get("alg"))]
            claims: dict[str, Any] = backend.decode(raw)
        except TokenBackendExpiredToken as error:
            raise ExpiredToken from error
        except TokenBackendError as error:
            if isinstance(error.__cause__, jwt.PyJWKClientConnectionError):
                raise StoreUnavailable(
                    _("Tokens cannot be checked right now. Please try again."), retry_after=KEYS_RETRY_AFTER_S
                ) from error
            raise MalformedToken from error
        except (jwt.PyJWTError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise MalformedToken from error
        return claims


def _caller(claims: dict[str, Any]) -> Caller:
    if claims.get("category") != "access":
        raise WrongTokenCategory
    member_id, role, expires_at = claims.get("userId"), claims.get("role"), claims.get("exp")
    # type() instead of isinstance(): a JSON true is no id
    if type(expires_at) is not int or expires_at > EXPIRY_MAX:
        raise MalformedToken
    if type(member_id) is not int or not 1 <= member_id <= MEMBER_ID_MAX:
        raise MalformedToken
    if role not in ("USER", "ADMIN"):
        raise NotAuthenticated
    return Caller(member_id, role, expires_at, _nickname(claims.get("nickname")))


def _nickname(claim: object) -> str | None:
    if not isinstance(claim, str):
        return None
    nickname = claim.strip()
    return nickname if len(nickname) in NICKNAME_LENGTHS and nickname.isprintable() else None
