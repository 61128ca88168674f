"""The sockets of one server's clients, and what is measured at them."""

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from time import monotonic_ns
from typing import cast

from tests.load.dialects import Dialect, Refused, Seat, stamp_in
from tests.websocket import PING, PONG, TEXT, FrameReader, handshake, masked

CONNECT_TIMEOUT_S = 90.0
PAUSE_S = (0.5, 1.5)  # before who was refused comes again
AT_ONCE = 50  # handshakes; Twisted's backlog is that short

Stamped = Callable[[int], None]


class Meter:
    """What arrived. `expected` deliveries make a message complete; `on_complete`, `on_ack` are told its stamp."""

    def __init__(self) -> None:
        self.expected = 1
        self.on_complete: Stamped = _ignore
        self.on_ack: Stamped = _ignore
        self.lost = 0  # connections, cut ones too
        self.reset()

    def reset(self) -> None:
        self.deliveries = self.acks = 0
        self.delivery_ns: list[int] = []
        self.ack_ns: list[int] = []
        self._missing: dict[int, int] = {}

    def take_delivery(self, stamp: int, now: int) -> None:
        self.deliveries += 1
        self.delivery_ns.append(now - stamp)
        missing = self._missing.get(stamp, self.expected) - 1
        if missing:
            self._missing[stamp] = missing
        else:
            self._missing.pop(stamp, None)
            self.on_complete(stamp)

    def take_ack(self, stamp: int, now: int) -> None:
        self.acks += 1
        self.ack_ns.append(now - stamp)
        self.on_ack(stamp)


def _ignore(_stamp: int) -> None:
    """Nobody asked."""


class Socket(asyncio.Protocol):
    """One client. It counts, and answers what the server's protocol wants answered."""

    __slots__ = ("_dialect", "_hello", "_is_open", "_meter", "_own", "_reader", "ready", "seat", "transport")

    def __init__(self, dialect: Dialect, seat: Seat, port: int, meter: Meter) -> None:
        self._dialect, self.seat, self._meter = dialect, seat, meter
        self._hello = handshake(dialect.path(seat), port)
        self._reader = FrameReader()
        self._is_open = False
        self._own: set[int] = set()  # sent and not acknowledged, where the own message is the acknowledgement
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self._hello)

    def connection_lost(self, exc: Exception | None) -> None:
        self._meter.lost += 1
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("closed before it was ready"))

    def data_received(self, data: bytes) -> None:
        if not self._is_open:
            head, _end, data = data.partition(b"\r\n\r\n")  # on this machine an answer comes in one piece
            assert b" 101 " in head, head
            self._is_open = True
            if self._dialect.ready_at_once:
                self.ready.set_result(None)
        now = monotonic_ns()
        dialect, meter = self._dialect, self._meter
        for kind, payload in self._reader.feed(data):
            if kind == TEXT and payload.startswith(dialect.delivery):
                stamp = dialect.stamp_in(payload)
                meter.take_delivery(stamp, now)
                if stamp in self._own:
                    self._own.discard(stamp)
                    meter.take_ack(stamp, now)
            elif kind == TEXT and dialect.ack and payload.startswith(dialect.ack):
                meter.take_ack(stamp_in(payload), now)
            else:
                self._react(kind, payload)

    def _react(self, kind: int, payload: bytes) -> None:
        if kind == PING:
            self.transport.write(masked(payload, PONG))
        elif kind == TEXT:
            try:
                answer, is_ready = self._dialect.reaction(self.seat, payload)
            except Refused:
                self.transport.abort()
                return
            if answer is not None:
                self.transport.write(masked(answer))
            if is_ready:
                self.ready.set_result(None)

    def say(self, stamp: int, room_id: int | None = None) -> None:
        """Send a message to the seat's room, or to another."""
        if self._dialect.ack is None:
            self._own.add(stamp)
        self.transport.write(masked(self._dialect.chat(room_id or self.seat.room_id, stamp)))


class Crowd:
    """Clients of one server, or of several that stand for one; they are spread over its ports."""

    def __init__(self, dialect: Dialect, ports: Sequence[int]) -> None:
        self._dialect, self._ports = dialect, ports
        self.meter = Meter()
        self.sockets: list[Socket] = []

    async def join(self, seats: Iterable[Seat], *, at_once: int = AT_ONCE, patient: bool = False) -> list[Socket]:
        """Connect, subscribe, return the new sockets when all are ready; the patient come again when refused."""
        turns = asyncio.Semaphore(at_once)
        ports = self._ports
        joining = [self._join(seat, ports[index % len(ports)], turns, patient) for index, seat in enumerate(seats)]
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            new = await asyncio.gather(*joining)
        self.sockets += new
        return new

    async def _join(self, seat: Seat, port: int, turns: asyncio.Semaphore, patient: bool) -> Socket:
        async with turns:
            while True:
                try:
                    return await self._connect(seat, port)
                except ConnectionError:
                    if not patient:
                        raise
                    await asyncio.sleep(random.uniform(*PAUSE_S))

    async def _connect(self, seat: Seat, port: int) -> Socket:
        def make() -> Socket:
            return Socket(self._dialect, seat, port, self.meter)

        _transport, socket = await asyncio.get_running_loop().create_connection(make, "127.0.0.1", port)
        await socket.ready
        return socket

    def cut(self) -> None:
        """Lose all connections at once."""
        for socket in self.sockets:
            socket.transport.abort()
        self.sockets.clear()
