"""How a push gets to its push service: encrypted, signed, tried once, by connections that lead nowhere inside.

Which service that is a member's browser says, so no answer of one counts for another, and one that is slow or away
holds up no other: each has its share of the requests, and is left alone for a while.
"""

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry, Counter

from chatproject.outgoing.answers import Answer
from chatproject.outgoing.connecting import GuardedNetwork
from chatproject.outgoing.posting import Lane, Receiver
from chatproject.seldom import Seldom
from messaging.push.deciding import Browser
from messaging.push.encrypting import encrypt
from messaging.push.notes import About, Notes
from messaging.push.vapid import Vapid

logger = logging.getLogger(__name__)

WAITING_MOST = 2_000  # parcels; beyond, whoever is not notified sees it when they come back
SERVICES_MOST = (
    200  # that are remembered while nothing waits for them: there are about five, members may name others
)
REQUESTS_MOST, REQUESTS_OF_ONE = 16, 8  # at once; of one push service
REQUESTS_OF_UNPROVEN = 8  # of all together that took nothing yet: a member may name many that only hold us up
TTL_S = 86_400  # for as long a push service keeps it for a telephone that is off
GONE = (404, 410)
FAILURES_BEARABLE = 3  # in a row, of one push service
ALONE_FIRST_S, ALONE_MOST_S = 10.0, 600.0

Outcome = Literal["sent", "gone", "failed", "alone", "dropped"]


class Parcel(NamedTuple):
    """`topic`: what is undelivered yet of the same one is replaced by this."""

    browser: Browser
    plain: bytes
    topic: str
    urgency: Literal["high", "normal"]
    about: About


@dataclass(slots=True)
class _Service:
    """A push service, by its origin."""

    waiting: deque[Parcel] = field(default_factory=deque)
    requests: int = 0
    failures: int = 0
    alone_until: float = 0.0  # of the loop's clock
    is_proven: bool = False  # it took the last one that it answered for


class Delivery:
    """One per process. `forget` is told of the browsers that are no more."""

    def __init__(
        self,
        *,
        vapid: Vapid,
        network: GuardedNetwork,
        tls: Callable[[], ssl.SSLContext],
        forget: Callable[[Collection[int]], Awaitable[None]],
        registry: CollectorRegistry,
    ) -> None:
        self.notes = Notes()
        self._vapid, self._network, self._new_tls, self._forget = vapid, network, tls, forget
        self._tls: ssl.SSLContext | None = None
        self._services: dict[str, _Service] = {}
        self._waiting = 0
        self._tasks: dict[asyncio.Task[None], _Service] = {}
        self._seldom = Seldom()
        self._outcomes = Counter(
            "chat_pushes", "Notifications to browsers, by what came of them.", ["outcome"], registry=registry
        )

    def count(self, outcome: Outcome) -> None:
        self._outcomes.labels(outcome).inc()

    def _conclude(self, parcel: Parcel, outcome: Outcome, detail: str = "") -> None:
        self.count(outcome)
        self.notes.note(parcel.about, outcome, detail)

    def offer(self, parcel: Parcel) -> None:
        """Send it when its turn comes. Returns at once."""
        origin = _origin(parcel.browser.endpoint)
        if (service := self._services.get(origin)) is None:
            service = self._meet(origin)
        if service.alone_until > asyncio.get_running_loop().time():
            self._conclude(parcel, "alone")
        elif self._waiting >= WAITING_MOST:
            self._conclude(parcel, "dropped")
        else:
            service.waiting.append(parcel)
            self._waiting += 1
            self._begin(origin, service)

    def _meet(self, origin: str) -> _Service:
        if len(self._services) >= SERVICES_MOST:
            for name in [
                name for name, other in self._services.items() if not other.waiting and not other.requests
            ]:
                del self._services[name]  # with how often it failed
        service = self._services[origin] = _Service()
        return service

    async def settled(self) -> None:
        """Return once nothing is under way."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def stop(self) -> None:
        """What was not sent is not."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, origin: str, service: _Service) -> None:
        unproven = sum(not other.is_proven for other in self._tasks.values())
        if (
            service.requests < REQUESTS_OF_ONE
            and len(self._tasks) < REQUESTS_MOST
            and (service.is_proven or unproven < REQUESTS_OF_UNPROVEN)
        ):
            service.requests += 1
            task = asyncio.create_task(self._serve(origin, service), name="push")
            self._tasks[task] = service
            task.add_done_callback(self._end)

    def _end(self, task: "asyncio.Task[None]") -> None:
        """Whose turn is it now? The service that has waited longest, as they came."""
        self._tasks.pop(task).requests -= 1
        if task.cancelled():
            return
        if (error := task.exception()) is not None and self._seldom.may_say(type(error).__name__):
            logger.error("a notification was not sent", exc_info=error)
        for origin, other in list(self._services.items()):
            if other.waiting:
                self._begin(origin, other)
            elif not other.requests and not other.failures and not other.is_proven:
                del self._services[origin]

    async def _serve(self, origin: str, service: _Service) -> None:
        self._tls = self._tls or self._new_tls()
        lane = Lane(self._network, self._tls)
        try:
            for _turn in range(REQUESTS_OF_ONE):  # then others have theirs
                if not service.waiting:
                    break
                parcel = service.waiting.popleft()
                self._waiting -= 1
                if service.alone_until > asyncio.get_running_loop().time():
                    self._conclude(parcel, "alone")
                else:
                    await self._send(parcel, lane, origin, service)
        finally:
            await lane.close()

    async def _send(self, parcel: Parcel, lane: Lane, origin: str, service: _Service) -> None:
        browser = parcel.browser
        receiver = Receiver(urlsplit(browser.endpoint), content_type=b"application/octet-stream")
        headers = [
            (b"authorization", self._vapid.authorization(origin)),
            (b"content-encoding", b"aes128gcm"),
            (b"ttl", b"%d" % TTL_S),
            (b"topic", parcel.topic.encode()),
            (b"urgency", parcel.urgency.encode()),
        ]
        body = encrypt(parcel.plain, p256dh=browser.p256dh, auth=browser.auth)
        answer = await lane.post(receiver, headers, body)
        if answer.is_success:
            service.failures, service.is_proven = 0, True
            self._conclude(parcel, "sent")
        elif answer.status in GONE:
            self._conclude(parcel, "gone")
            await self._forget([browser.push_id])
        else:
            self._conclude(parcel, "failed", answer.error)
            self._heed(answer, origin, service)

    def _heed(self, answer: Answer, origin: str, service: _Service) -> None:
        """Leave it alone where it asks for that, or nothing gets through. A refusal says nothing of others."""
        if self._seldom.may_say(f"{origin} {answer.reason}"):
            logger.warning("the push service %s took no notification: %s", origin, answer.error)
        is_refused = answer.status is not None and answer.status < 500 and answer.wait_s is None
        if is_refused:
            return
        service.failures, service.is_proven = service.failures + 1, False
        wait_s = answer.wait_s or 0.0
        if service.failures >= FAILURES_BEARABLE:
            wait_s = max(wait_s, ALONE_FIRST_S * 2 ** min(service.failures - FAILURES_BEARABLE, 10))
        service.alone_until = asyncio.get_running_loop().time() + min(wait_s, ALONE_MOST_S)


def _origin(endpoint: str) -> str:
    """As RFC 6454 writes it: however an endpoint is written, it is of the same push service."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    named = f"[{host}]" if ":" in host else host
    return f"https://{named}" if parts.port in (None, 443) else f"https://{named}:{parts.port}"
