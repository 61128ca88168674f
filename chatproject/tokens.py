"""The main server's JWT becomes a Caller. Knows neither HTTP nor members; keys are fetched by `key_sets`.

Whether a token was revoked is known in `chatproject.access`, not here.
"""

import asyncio
import hashlib
import logging
import math
import time
from collections.abc import Collection
from concurrent.futures import wait
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NoReturn

import jwt
from django.utils.translation import gettext_lazy as _

from chatproject.errors import (
    ExpiredToken,
    MalformedToken,
    MissingToken,
    NotAuthenticated,
    StoreUnavailable,
    TokenForOthers,
    TokenNotYetValid,
    WrongTokenCategory,
)
from chatproject.nicknames import mend_nickname
from chatproject.seldom import Seldom
from chatproject.signing.key_sets import COOL_DOWN_S, STALE_S, KeysAway, KeySet, KeysWanted
from chatproject.signing.signatures import SharedSecret

TOKEN_MAX_BYTES = 4_096  # honest tokens have about 250; PyJWT would parse a megabyte
MEMBER_ID_MAX = 2**63 - 1  # BIGINT
EXPIRY_MAX = 253_402_300_799  # the end of the year 9999, of datetime too
NO_TOKEN = float(EXPIRY_MAX)  # `issued_at` of a caller for whom no token speaks: nothing revokes them
CLOCKS_DIFFER_S = 60.0  # RFC 7519, 4.1.5: "no more than a few minutes"
KEYS_WAIT_S = 4.0  # for a key set that may have a key for the token: everybody is told within 5 s
KEYS_RETRY_AFTER_S = 2.0

Role = Literal["USER", "ADMIN"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a verified token speaks for.

    `nickname` is the optional claim as it can be shown: None where it is absent, "" where nothing of it can.
    """

    is_authenticated: ClassVar[bool] = True  # what REST framework asks of a user

    member_id: int
    role: Role
    expires_at: float  # seconds since the epoch, as in the token's `exp`
    nickname: str | None = None
    issued_at: float = 0.0  # as in `iat`; 0.0 where that says nothing
    token_id: str | None = None  # the digest of its `jti`, by which it can be revoked; see `token_digest`
    under14: bool | None = None  # None: the token does not say


def token_digest(jti: str) -> str:
    """What is kept of a token's `jti`, 64 characters: the claim itself stands nowhere."""
    return hashlib.sha256(jti.encode(errors="surrogatepass")).hexdigest()


class TokenVerifier:
    """Checks tokens of one algorithm family: HS256, 384 or 512 with a shared secret, or those of a key set.

    Never both families at once: a public key must not be usable as an HMAC secret. Where `audiences` or `issuers`
    are given, a token is for one of those and from one of these.
    """

    def __init__(
        self,
        *,
        secret: str | bytes = "",
        algorithm: str = "",
        jwks_url: str = "",
        stale_s: float = STALE_S,
        cool_down_s: float = COOL_DOWN_S,
        audiences: Collection[str] = (),
        issuers: Collection[str] = (),
    ) -> None:
        if bool(secret) == bool(jwks_url):
            raise ValueError("give either a secret or a JWKS URL")
        self._keys: KeySet | SharedSecret = (
            KeySet(jwks_url, stale_s=stale_s, cool_down_s=cool_down_s)
            if jwks_url
            else SharedSecret(secret, algorithm=algorithm)
        )
        self._audiences, self._issuers = frozenset(audiences), frozenset(issuers)
        self._seldom = Seldom()

    def verify(self, raw: str) -> Caller:
        """Return whom the token speaks for. Raises a subclass of NotAuthenticated that says what is wrong.

        Waits at most KEYS_WAIT_S, and only where no known key fits and newer ones may. Raises StoreUnavailable
        where these cannot be had: the token may be good, and later will do.
        """
        since = time.monotonic()
        while True:
            try:
                return self._verify_now(raw, since=since)
            except KeysWanted as wanted:
                wait([wanted.download], timeout=_rest_s(since))

    async def verify_aside(self, raw: str) -> Caller:
        """`verify` for the loop, which it does not hold up."""
        since = time.monotonic()
        while True:
            try:
                return self._verify_now(raw, since=since)
            except KeysWanted as wanted:
                # waited for and never cancelled: others wait for the same
                await asyncio.wait([asyncio.wrap_future(wanted.download)], timeout=_rest_s(since))

    def _verify_now(self, raw: str, *, since: float) -> Caller:
        if not raw:
            raise MissingToken
        if len(raw.encode(errors="surrogatepass")) > TOKEN_MAX_BYTES:
            raise MalformedToken
        try:
            claims = self._keys.read(raw, since=since)
        except KeysAway as error:
            raise _keys_away(error.retry_after_s) from error
        except (jwt.PyJWTError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise MalformedToken from error
        self._require_ours(claims)
        return _caller(claims, now=time.time())

    def _require_ours(self, claims: dict[str, Any]) -> None:
        """One key set may sign for several services: a token for another one opens nothing here."""
        if self._audiences and not self._audiences & _texts(claims.get("aud")):
            self._refuse_others("it is for none of JWT_AUDIENCE (claim aud)")
        if self._issuers and not self._issuers & _texts([claims.get("iss")]):
            self._refuse_others("it is from none of JWT_ISSUER (claim iss)")

    def _refuse_others(self, why: str) -> NoReturn:
        if self._seldom.may_say(why):
            logger.warning("a token that was signed rightly is refused: %s", why)
        raise TokenForOthers


def _rest_s(since: float) -> float:
    """What is left of the wait. Raises StoreUnavailable where nothing is."""
    rest_s = since + KEYS_WAIT_S - time.monotonic()
    if rest_s <= 0:
        raise _keys_away(KEYS_RETRY_AFTER_S)
    return rest_s


def _keys_away(retry_after_s: float) -> StoreUnavailable:
    return StoreUnavailable(_("Tokens cannot be checked right now. Please try again."), retry_after=retry_after_s)


def _caller(claims: dict[str, Any], *, now: float) -> Caller:
    """Raises what is wrong with the claims at that time, in seconds since the epoch."""
    expires_at = _moment(claims.get("exp"))
    if expires_at <= now:
        raise ExpiredToken
    if (not_before := claims.get("nbf")) is not None and _moment(not_before) > now + CLOCKS_DIFFER_S:
        raise TokenNotYetValid
    if claims.get("category") != "access":
        raise WrongTokenCategory
    member_id, role = claims.get("userId"), claims.get("role")
    # type() instead of isinstance(): a JSON true is no id
    if type(member_id) is not int or not 1 <= member_id <= MEMBER_ID_MAX:
        raise MalformedToken
    if role not in ("USER", "ADMIN"):
        raise NotAuthenticated
    return Caller(
        member_id,
        role,
        expires_at,
        _nickname(claims.get("nickname")),
        issued_at=_issued_at(claims.get("iat"), now=now),
        token_id=_token_id(claims.get("jti")),
        under14=_under14(claims.get("under14")),
    )


def _moment(claim: object) -> float:
    """A NumericDate (RFC 7519, 2): any JSON number of seconds that is a moment up to the year 9999."""
    if not isinstance(claim, int | float) or isinstance(claim, bool):
        raise MalformedToken
    if not math.isfinite(claim) or not 0 <= claim <= EXPIRY_MAX:
        raise MalformedToken
    return claim


def _issued_at(claim: object, *, now: float) -> float:
    """What is no moment, or is still to come, says nothing: that locks nobody out, before something is revoked."""
    try:
        issued_at = _moment(claim)
    except MalformedToken:
        return 0.0
    return issued_at if issued_at <= now + CLOCKS_DIFFER_S else 0.0


def _token_id(claim: object) -> str | None:
    """Some libraries write numbers, which RFC 7519 does not know; anything else could not be revoked by name."""
    if claim is None or claim == "":
        return None
    if type(claim) not in (str, int):
        raise MalformedToken
    return token_digest(str(claim))


def _under14(claim: object) -> bool | None:
    """Whatever is not plainly false protects: some libraries write words or numbers."""
    return None if claim is None else claim is not False


def _texts(claim: object) -> set[str]:
    """An audience, a string or a list of them (RFC 7519, 4.1.3), as a set."""
    return {text for text in (claim if isinstance(claim, list) else [claim]) if isinstance(text, str)}


def _nickname(claim: object) -> str | None:
    """None without the claim, "" where it shows nothing: neither is a reason to lock anybody out."""
    if claim is None:
        return None
    return mend_nickname(claim) if isinstance(claim, str) else ""
