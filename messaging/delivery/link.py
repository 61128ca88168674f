"""One channel layer between processes: the only file that knows one. It is a doorbell, not the store.

Whatever it loses is read from the database; so a failed publication is not repeated, nobody waits long for Redis,
and every call to a layer has a time-out (a stopped Redis would hang it for ever).
"""

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any

import msgspec

from messaging.delivery.company import Company
from messaging.delivery.notices import Notice

logger = logging.getLogger(__name__)

CALL_TIMEOUT_S = 2.0
STOP_WAIT_S = 0.5  # for what is on its way at the end
BEAT_INTERVAL_S = 1.0  # each process shows that often that it listens, to itself too
BEAT_LATE_S = 3.0  # without a beat for so long, it does not
RESET_AFTER_S = 6.0  # a connection that nobody closed but nothing comes through is given up
CANCEL_ATTEMPTS = 20  # of a task that ends, within CALL_TIMEOUT_S
OUTGOING_MAX_NOTICES = 10_000
MESSAGE_ENOUGH_BYTES = 262_144  # then a layer message is sent; Redis gives up a subscriber 32 MB behind
ROOMS_GROUP = "chat.rooms.{deployment}"  # publications ignore the number of a Redis database
RIGHTS_WANTED = "its user needs the channels `&chat*` and the commands publish, subscribe and unsubscribe"
EVERY_PROCESS = 0  # in place of a room: no room has this number, and every process listens to it


_notices = msgspec.msgpack.Decoder(Notice)


class NoBeat(Exception):
    """What this process told was taken and did not come back: Redis is frozen, or its user may not subscribe."""


class Link:
    """One layer. All rooms share one group there, and a layer message carries whatever waits to be told.

    Such a message costs 0.5 ms of CPU on both sides whatever is in it, and the next one has to wait for it: with
    one for each notice, two processes fell a second behind at 400 messages/s in 200 rooms. What others tell of
    rooms that nobody listens to here, those not in `rooms`, is left undecoded.

    A process that is alone publishes its beats only. One that starts beats before it counts as `joined` and its
    subscriptions look at the database; see Company.

    Other deployments may use the same Redis. So the group has the deployment's name in its own, and every layer
    message says it too; until the link is given the name, what is told waits.
    """

    def __init__(self, layer: Any, *, receive: Callable[[Notice], None], healed: Callable[[], None]) -> None:
        self._layer, self._receive, self._healed = layer, receive, healed
        self._process = uuid.uuid4().hex
        self._deployment = ""
        self._is_named = asyncio.Event()
        self._channel = f"chat.{self._process}"
        self._is_in_group = False
        self._company = Company[tuple[int, bytes]](0.0)
        self._outgoing: deque[tuple[int, bytes]] = deque()
        self._news = asyncio.Event()
        self._all_sent = asyncio.Event()
        self._all_sent.set()
        self._tasks: list[asyncio.Task[None]] = []
        self._receiver: asyncio.Task[None] | None = None
        self.rooms = {EVERY_PROCESS}
        self.joined = asyncio.Event()  # set while the layer brings what other processes tell
        self.is_up = True

    def start(self) -> None:
        self._last_beat = asyncio.get_running_loop().time()
        self._company = Company(self._last_beat)
        self._receiver = asyncio.create_task(self._receive_all(), name="relay-receiver")
        self._tasks = [
            asyncio.create_task(self._send_all(), name="relay-sender"),
            asyncio.create_task(self._keep(), name="relay-keeper"),
        ]

    def name(self, deployment: str) -> None:
        """Say which deployment the process belongs to. From now on the link listens and tells."""
        self._deployment = deployment
        self._last_beat = asyncio.get_running_loop().time()
        self._is_named.set()

    async def stop(self) -> None:
        """Tell what is on its way, if the layer takes it at once; then end."""
        if self.is_up:
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_WAIT_S):
                    await self._all_sent.wait()
        await _end([*self._tasks, *([self._receiver] if self._receiver else [])])
        await self._call(self._layer.flush())

    def send(self, room_id: int, notice: bytes) -> None:
        """Put the notice on its way. While the link is down it is dropped: the others' sweeps find it."""
        if not self.is_up:
            return
        now = asyncio.get_running_loop().time()
        if not self._company.is_here(now):
            self._company.keep((room_id, notice), now)
        elif len(self._outgoing) < OUTGOING_MAX_NOTICES:
            self._outgoing.append((room_id, notice))
            self._all_sent.clear()
            self._news.set()

    # --- its three tasks

    async def _send_all(self) -> None:
        await self._is_named.wait()
        while True:
            await self._news.wait()
            self._news.clear()
            while self._outgoing:
                await self._call(self._layer.group_send(self._group, self._message(self._take_outgoing())))
            self._all_sent.set()

    def _take_outgoing(self) -> list[tuple[int, bytes]]:
        notices, size = [], 0
        while self._outgoing and size < MESSAGE_ENOUGH_BYTES:
            notices.append(self._outgoing.popleft())
            size += len(notices[-1][1])
        return notices

    async def _receive_all(self) -> None:
        while True:
            try:
                # pub/sub layers deliver a group to any channel that is being received on: no SUBSCRIBE of our own
                message = await self._layer.receive(self._channel)
            except Exception as error:
                self._mark_down(error)
                await asyncio.sleep(BEAT_INTERVAL_S)
            else:
                self._take(message)

    async def _keep(self) -> None:
        """Stay in the group; beat, and notice when the own beat stays away."""
        await self._is_named.wait()
        loop = asyncio.get_running_loop()
        while True:
            next_beat = loop.time() + BEAT_INTERVAL_S
            if not self._is_in_group:
                self._is_in_group = await self._call(self._layer.group_add(self._group, self._channel))
            if await self._call(self._layer.group_send(self._group, self._message([]))) and self._is_in_group:
                self.joined.set()
            await self._look_at_beat(loop.time() - self._last_beat)
            await asyncio.sleep(max(0.0, next_beat - loop.time()))

    # --- health

    async def _look_at_beat(self, silence_s: float) -> None:
        if silence_s > BEAT_LATE_S:
            self._mark_down(NoBeat(f"none for {silence_s:.0f} s"))
        if silence_s > RESET_AFTER_S:
            self._last_beat = asyncio.get_running_loop().time()
            await self._reset()

    async def _reset(self) -> None:
        """Give up the layer's connections and begin anew."""
        if self._receiver is not None:
            await _end([self._receiver])
        await self._call(self._layer.flush())
        self._is_in_group = False
        self.joined.clear()
        self._receiver = asyncio.create_task(self._receive_all(), name="relay-receiver")

    async def _call(self, call: Awaitable[Any]) -> bool:
        """Await a call to the layer within its time; returns whether it succeeded."""
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                await call
        except Exception as error:
            self._mark_down(error)
            return False
        return True

    def _mark_down(self, error: Exception) -> None:
        if self.is_up:
            self.is_up = False
            name = type(error).__name__
            # the first is redis-py's; that of a refused subscription channels_redis keeps to itself
            hint = f"; {RIGHTS_WANTED}" if name in ("NoPermissionError", "NoBeat") else ""
            logger.warning("the layer between processes is down: %s: %s%s", name, error, hint)

    @property
    def _group(self) -> str:
        return ROOMS_GROUP.format(deployment=self._deployment)

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("deployment") != self._deployment:
            return
        if message["process"] == self._process:
            if not message["notices"]:
                self._beat()
            return
        if missed := self._company.meet(asyncio.get_running_loop().time()):
            self._outgoing.extend(missed)
            self._all_sent.clear()
            self._news.set()
        for room_id, notice in message["notices"]:
            if room_id in self.rooms:
                self._hear(notice)

    def _hear(self, notice: bytes) -> None:
        try:
            self._receive(_notices.decode(notice))
        except Exception:
            logger.exception("a notice of another process was not understood")

    def _beat(self) -> None:
        self._last_beat = asyncio.get_running_loop().time()
        if not self.is_up:
            self.is_up = True
            logger.warning("the layer between processes is back")
            self._healed()

    def _message(self, notices: list[tuple[int, bytes]]) -> dict[str, Any]:
        sender = {"deployment": self._deployment, "process": self._process}
        return {"type": "chat.relay", **sender, "notices": notices}


async def _end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel the tasks until they end: redis-py loses a cancellation that comes while it connects."""
    pending = set(tasks)
    for _attempt in range(CANCEL_ATTEMPTS):
        for task in pending:
            task.cancel()
        if pending:
            _done, pending = await asyncio.wait(pending, timeout=CALL_TIMEOUT_S / CANCEL_ATTEMPTS)
