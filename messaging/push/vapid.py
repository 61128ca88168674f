"""Who we are to a push service: RFC 8292. Pure; the clock is passed in."""

from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

import jwt

from chatproject.push_settings import private_key_of, public_key_of

LASTS_S = 12 * 3_600  # the RFC allows 24 hours, by the push service's clock
RENEWED_S = LASTS_S // 2
ORIGINS_MOST = 200  # there are about five push services; members may name others


class _Signed(NamedTuple):
    header: bytes
    signed_at: float


class Vapid:
    """Signs once for each push service and half a day: that takes longer than all else of a push."""

    def __init__(self, *, private_key: str, subject: str, now: Callable[[], float]) -> None:
        self._key, self._public = private_key_of(private_key), public_key_of(private_key)
        self._subject, self._now = subject, now
        self._signed: OrderedDict[str, _Signed] = OrderedDict()

    def authorization(self, origin: str) -> bytes:
        """The header for requests to that push service, `https://host` and its port where that is another."""
        now, known = self._now(), self._signed.get(origin)
        if known is not None and 0 <= now - known.signed_at < RENEWED_S:
            return known.header
        claims = {"aud": origin, "exp": int(now) + LASTS_S, "sub": self._subject}
        header = f"vapid t={jwt.encode(claims, self._key, algorithm='ES256')}, k={self._public}".encode()
        self._signed[origin] = _Signed(header, now)
        self._signed.move_to_end(origin)
        if len(self._signed) > ORIGINS_MOST:
            self._signed.popitem(last=False)
        return header
