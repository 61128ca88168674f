"""The main server's public keys, as last seen: which fit a token, when to look for newer ones.

Keys that are known never wait for a download: it goes on beside, in a thread of its own, one at a time. Who
brings a token that no known key fits waits for it, for a while; see `TokenVerifier`.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import jwt

from chatproject.seldom import Seldom
from chatproject.signing.key_download import PublicKey, UnusableKeySet, download_keys
from chatproject.signing.signatures import KEY_ALGORITHMS, read_claims

FRESH_S = 300.0  # then the keys are looked at again, beside: one that was withdrawn is gone soon
STALE_S = 86_400.0  # so long they go on while the main server does not tell them
COOL_DOWN_S = 3.0  # between two downloads, whoever asks with whatever token

logger = logging.getLogger(__name__)


class KeysWanted(Exception):
    """No known key fits, and newer ones may: `download` is done when that was tried."""

    def __init__(self, download: "Future[None]") -> None:
        super().__init__()
        self.download = download


class KeysAway(Exception):
    """No known key fits, and newer ones cannot be had just now."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class _Look:
    """A download that went well; when it began and ended, in monotonic seconds."""

    keys: tuple[PublicKey, ...]
    began_at: float


@dataclass(frozen=True, slots=True)
class _Failure:
    began_at: float
    ended_at: float


class KeySet:
    """The keys at one URL."""

    def __init__(self, url: str, *, stale_s: float = STALE_S, cool_down_s: float = COOL_DOWN_S) -> None:
        self._url, self._stale_s, self._cool_down_s = url, stale_s, cool_down_s
        self._lock = threading.Lock()
        self._download: Future[None] | None = None
        self._ended_at = -cool_down_s
        self._look: _Look | None = None
        self._failure: _Failure | None = None  # the newest, None after a success
        self._seldom = Seldom()

    def read(self, raw: str, *, since: float) -> dict[str, Any]:
        """The claims. A token is refused only by keys that were asked for after `since` (monotonic seconds).

        Raises jwt.InvalidTokenError, KeysWanted, KeysAway.
        """
        header = jwt.get_unverified_header(raw)
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in KEY_ALGORITHMS:
            self._say("it is signed with another algorithm than RS256 and ES256: set JWT_SECRET instead?")
            raise jwt.InvalidAlgorithmError
        look, failure = self._known(), self._failure
        for key in fitting_keys(look.keys if look else (), algorithm=algorithm, kid=kid):
            try:
                return read_claims(raw, key.key, algorithm)
            except jwt.InvalidSignatureError:
                continue
        self._require_no_newer(look, failure, kid=kid, since=since)
        self._say("no key at JWT_JWKS_URL signed it")
        raise jwt.InvalidSignatureError

    def _known(self) -> _Look | None:
        """What was seen last, unless that is too long ago; a look at what is there now is begun when it is due."""
        look = self._look
        age_s = float("inf") if look is None else time.monotonic() - look.began_at
        if look is not None and age_s > FRESH_S and not self._is_cooling(self._failure):
            self._look_again()
        return look if age_s <= FRESH_S + self._stale_s else None

    def _require_no_newer(
        self, look: _Look | None, failure: _Failure | None, *, kid: str | None, since: float
    ) -> None:
        """Return where no newer keys could be any better. Raises KeysWanted, KeysAway."""
        if look is not None and look.began_at >= since:
            return
        if failure is not None and (failure.began_at >= since or self._is_cooling(failure)):
            if look is not None and kid and any(key.kid == kid for key in look.keys):
                return  # the key that it names is known, and did not sign it
            rest_s = failure.ended_at + self._cool_down_s - time.monotonic()
            raise KeysAway(max(1.0, round(rest_s, 1)))
        raise KeysWanted(self._look_again())

    def _is_cooling(self, failure: _Failure | None) -> bool:
        return failure is not None and time.monotonic() - failure.ended_at < self._cool_down_s

    def _look_again(self) -> "Future[None]":
        """The download under way, or a new one, which begins when the last one is long enough ago."""
        with self._lock:
            if self._download is None or self._download.done():
                self._download = Future()
                rest_s = self._ended_at + self._cool_down_s - time.monotonic()
                threading.Thread(
                    target=self._run, args=(self._download, rest_s), name="key-set", daemon=True
                ).start()
            return self._download

    def _run(self, download: "Future[None]", wait_s: float) -> None:
        if wait_s > 0:
            time.sleep(wait_s)
        asyncio.run(self._look_now(download))

    async def _look_now(self, download: "Future[None]") -> None:
        began_at = time.monotonic()
        try:
            keys = await download_keys(self._url)
        except Exception as error:
            self._fail(error, began_at)
        else:
            if self._failure is not None:
                logger.info("the key set of the main server is there again")
            self._look, self._failure = _Look(keys, began_at), None
        finally:
            self._ended_at = time.monotonic()
            download.set_result(None)  # here: what asyncio does at its end may wait for a name server

    def _fail(self, error: Exception, began_at: float) -> None:
        reason = str(error) if isinstance(error, UnusableKeySet) else type(error).__name__
        may_say = self._seldom.may_say(reason)
        if self._failure is None or may_say:
            known = 0 if self._look is None else len(self._look.keys)
            logger.warning(
                "the key set of the main server (JWT_JWKS_URL) cannot be had: %s", reason, extra={"known": known}
            )
        self._failure = _Failure(began_at, time.monotonic())

    def _say(self, reason: str) -> None:
        if self._seldom.may_say(reason):
            logger.warning("a token's signature is not right: %s", reason)


def fitting_keys(keys: Sequence[PublicKey], *, algorithm: str, kid: str | None) -> list[PublicKey]:
    """The keys to try: that of the token's `kid`; those without a name; all, where the token names none."""
    named = [key for key in keys if kid and key.kid == kid]
    possible = named or [key for key in keys if not kid or key.kid is None]
    return [key for key in possible if key.algorithm == algorithm]
