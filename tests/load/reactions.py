"""A storm of reactions on one message, and what its listeners are told of it, beside as many messages."""

import asyncio
import json
from functools import partial
from statistics import median
from time import monotonic_ns

from tests.load.cost import Cost
from tests.load.crowd import Crowd
from tests.load.dialects import STAMP_DIGITS, OurDialect, Refused, Seat
from tests.load.drive import DRAIN_TIMEOUT_S, TICK_S, Sample, offer, percentile
from tests.load.results import (
    ACK_P50,
    ACK_P99,
    DELIVERIES,
    GENERATOR,
    P50,
    P99,
    SERVER,
    US_PER_DELIVERY,
    Column,
    Line,
    Part,
    Table,
    in_turns,
)
from tests.load.systems import Stage, seats_in
from tests.websocket import masked

SOCKETS = 500
PER_SECOND = 200
TOLD_PER_SECOND = 5
SAMPLE_S = 8.0
MESSAGE_SEQ = 1
ABOUT = f"""\
{SOCKETS} members listen to one room. {PER_SECOND} times a second one of them reacts to the same message, or
takes that back; each reaction is acknowledged when it is committed. Beside it {TOLD_PER_SECOND} plain messages a
second in the same room, which are as many deliveries; and {PER_SECOND} reactions and messages a second where
nobody listens: what taking them in costs by itself. "Told" is how many `changed` a socket got in its fullest
second; "last state" is how long after the last reaction everybody had it, the pace of
{1000 // TOLD_PER_SECOND} ms included."""
TOLD = Column("told_per_s", "told in a second, at most", 0)
LAST_STATE = Column("last_state_ms", "last state after ms", 0)


class Listener:
    """What one socket was told of the message."""

    def __init__(self) -> None:
        self.told_ns: list[int] = []
        self.state = b""

    def hear(self, payload: bytes) -> None:
        self.told_ns.append(monotonic_ns())
        self.state = payload

    def most_in_a_second(self) -> int:
        ends = self.told_ns
        return max((sum(start <= end < start + 1_000_000_000 for end in ends) for start in ends), default=0)


class ReactingDialect(OurDialect):
    """Takes down every `changed`, by member, and when each reaction was acknowledged."""

    def __init__(self, *, listens: bool) -> None:
        self._listens = listens
        self.listeners: dict[int, Listener] = {}
        self.ack_ns: list[int] = []
        self.version = 0  # the newest that was acknowledged

    def begin(self, seats: list[Seat]) -> None:
        self.listeners = {seat.member_id: Listener() for seat in seats if self._listens}
        self.ack_ns = []

    def react(self, room_id: int, *, is_on: bool) -> bytes:
        fields = {"roomId": room_id, "seq": MESSAGE_SEQ, "key": "heart", "on": is_on}
        return json.dumps({"type": "react", "id": f"~{monotonic_ns():0{STAMP_DIGITS}d}", **fields}).encode()

    def reaction(self, seat: Seat, payload: bytes) -> tuple[bytes | None, bool]:
        if payload.startswith(b'{"type":"changed"'):
            self.listeners[seat.member_id].hear(payload)
            return None, False
        if payload.startswith(b'{"type":"ok"'):
            frame = json.loads(payload)
            self.ack_ns.append(monotonic_ns() - int(frame["id"][1:]))
            self.version = max(self.version, frame["version"])
            return None, False
        if payload.startswith(b'{"type":"error"'):
            raise Refused(payload.decode())
        if not self._listens and payload.startswith(b'{"type":"welcome"'):
            return b'{"type":"ping"}', True  # who says nothing at first is closed
        return super().reaction(seat, payload)


async def measure(stage: Stage, rounds: int) -> Part:
    heard = seats_in(1, SOCKETS)
    unheard = [Seat(room_id=2, member_id=SOCKETS + seat.member_id) for seat in heard]
    system = stage.ours([*heard, *unheard])
    measurements = {}
    for seats, listens, messages, where in (
        (heard, True, TOLD_PER_SECOND, f"{SOCKETS} listen"),
        (unheard, False, PER_SECOND, "nobody listens"),
    ):
        dialect = ReactingDialect(listens=listens)
        crowd = Crowd(dialect, [service.port for service in system.services])
        await crowd.join(seats)
        say = partial(offer, crowd, per_second=messages, expected=SOCKETS * listens, pids=system.pids)
        await say(seconds=1.0)  # warm, and something to react to
        measurements[f"{PER_SECOND} reactions a second, {where}"] = partial(
            _react, crowd, dialect, pids=system.pids
        )
        measurements[f"{messages} messages a second, {where}"] = partial(say, seconds=SAMPLE_S)
    lines = await in_turns(measurements, rounds=rounds)
    for line in lines[2:]:
        for sample in line.samples:
            for key in ("us_per_delivery", "p50_ms", "p99_ms"):
                sample.pop(key, None)  # of deliveries, which there are none
    columns = [SERVER, DELIVERIES, TOLD, LAST_STATE, P50, P99, ACK_P50, ACK_P99, US_PER_DELIVERY, GENERATOR]
    return Part(
        "Reactions", ABOUT, [Table("A storm on one message", columns, lines, plotted=SERVER)], _found(lines)
    )


def _found(lines: list[Line]) -> list[str]:
    """What is told costs what the server does with listeners beyond what it does without."""
    reacting, saying = (line.median("server_percent") for line in lines[2:])
    told_us = median(
        (heard["server_percent"] - unheard["server_percent"]) * 1e4 / heard["deliveries_per_s"]
        for heard, unheard in zip(lines[0].samples, lines[2].samples, strict=True)
    )
    message_us = lines[1].median("us_per_delivery")
    return [
        f"To tell the {SOCKETS} of a reaction costs {told_us:.1f} µs a delivery, to tell them of a message"
        f" {message_us:.1f} µs (target: no more than that). A socket was told at most"
        f" {lines[0].spread('told_per_s').most:.0f} times in a second (target: {TOLD_PER_SECOND}), and always the"
        " last state.",
        f"To take in {PER_SECOND} reactions a second takes {reacting:.0f} % of a core, as many messages"
        f" {saying:.0f} %.",
    ]


async def _react(crowd: Crowd, dialect: ReactingDialect, *, pids: list[int]) -> Sample:
    dialect.begin([socket.seat for socket in crowd.sockets])
    cost, start, total = Cost(pids), monotonic_ns(), int(PER_SECOND * SAMPLE_S)
    sent = 0
    while sent < total:
        due = min(total, int((monotonic_ns() - start) * PER_SECOND / 1e9) + 1)
        for number in range(sent, due):
            socket = crowd.sockets[number % len(crowd.sockets)]
            is_on = number // len(crowd.sockets) % 2 == 0
            socket.transport.write(masked(dialect.react(socket.seat.room_id, is_on=is_on)))
        sent = due
        await asyncio.sleep(TICK_S)
    last_ns = monotonic_ns()
    await _last_state(dialect, total)
    spent, arrived_ns = cost.spent(), monotonic_ns()
    deliveries = sum(len(listener.told_ns) for listener in dialect.listeners.values())
    return {
        "us_per_delivery": spent.cpu_s * 1e6 / max(1, deliveries),
        "deliveries_per_s": deliveries / spent.wall_s,
        "told_per_s": max((one.most_in_a_second() for one in dialect.listeners.values()), default=0),
        "last_state_ms": (arrived_ns - last_ns) / 1e6,
        "ack_p50_ms": percentile(dialect.ack_ns, 0.5),
        "ack_p99_ms": percentile(dialect.ack_ns, 0.99),
        "server_share": spent.cpu_s / spent.wall_s,
        "generator_share": spent.own_cpu_s / spent.wall_s,
    }


async def _last_state(dialect: ReactingDialect, reactions: int) -> None:
    """Return when all are acknowledged, and everybody was told the last state: one and the same."""
    async with asyncio.timeout(DRAIN_TIMEOUT_S):
        while not _have_last(dialect, reactions):  # noqa: ASYNC110
            await asyncio.sleep(TICK_S)


def _have_last(dialect: ReactingDialect, reactions: int) -> bool:
    if len(dialect.ack_ns) < reactions:
        return False
    states = {listener.state for listener in dialect.listeners.values()}
    return not states or (len(states) == 1 and f'"version":{dialect.version},'.encode() in states.pop())
