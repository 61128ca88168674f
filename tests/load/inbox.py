"""Rooms that members hear of by their inbox, beside rooms that as many listen to: what a message costs."""

import asyncio
import json
from functools import partial
from time import monotonic_ns

from tests.load.cost import Cost
from tests.load.crowd import Crowd
from tests.load.dialects import OurDialect, Seat
from tests.load.drive import Sample, percentile
from tests.load.results import GENERATOR, P50, P99, SERVER, US_PER_MESSAGE, Column, Part, Table, in_turns
from tests.load.systems import Stage

SOCKETS, ROOMS = 500, 20
QUIET_PER_SECOND = 10.0  # over all rooms: each is quiet for two seconds before
BUSY_PER_SECOND = 50.0  # in one
SAMPLE_S = 4.0
REST_S = 1.2  # what waits for its second is told by then
ACK_TIMEOUT_S = 20.0
FRAMES = Column("frames_per_message", "frames a socket and message", 2)
COLUMNS = [US_PER_MESSAGE, FRAMES, P50, P99, SERVER, GENERATOR]
ABOUT = f"""\
{SOCKETS} sockets listen to {ROOMS} rooms each, as many others hear of {ROOMS} other rooms by their inbox,
at one process, in turns. First {QUIET_PER_SECOND:.0f} messages a second go round the rooms, so that each
is told at once; then {BUSY_PER_SECOND:.0f} a second in one room, of which inboxes are told once a second."""


class Listening(OurDialect):
    """Subscribes to one room after the other."""

    def __init__(self, room_ids: range) -> None:
        self.room_ids = room_ids

    def reaction(self, seat: Seat, payload: bytes) -> tuple[bytes | None, bool]:
        if payload.startswith(b'{"type":"welcome"'):
            return self._subscribe(self.room_ids[0]), False
        if payload.startswith(b'{"type":"subscribed"'):
            room_id = json.loads(payload)["roomId"]
            is_last = room_id == self.room_ids[-1]
            return (None if is_last else self._subscribe(room_id + 1)), is_last
        return super().reaction(seat, payload)

    def _subscribe(self, room_id: int) -> bytes:
        return json.dumps({"type": "subscribe", "roomId": room_id}).encode()


class Overhearing(OurDialect):
    """Opens the inbox. A delivery is a frame of it, however many messages it has."""

    delivery = b'{"type":"inbox"'

    def reaction(self, seat: Seat, payload: bytes) -> tuple[bytes | None, bool]:
        if payload.startswith(b'{"type":"welcome"'):
            return b'{"type":"inbox","on":true}', False
        is_ready = payload.startswith(b'{"type":"ok"')
        return (None, True) if is_ready else super().reaction(seat, payload)


async def measure(stage: Stage, rounds: int) -> Part:
    heard, overheard = range(1, ROOMS + 1), range(ROOMS + 1, 2 * ROOMS + 1)
    places = [
        Seat(room_id=room_id, member_id=member_id)
        for room_ids, member_ids in ((heard, _members(0)), (overheard, _members(1)))
        for room_id in room_ids
        for member_id in member_ids
    ]
    system = stage.ours(places)
    measurements = {}
    for name, dialect, room_ids, part in (
        ("subscriptions", Listening(heard), heard, 0),
        ("inboxes", Overhearing(), overheard, 1),
    ):
        crowd = Crowd(dialect, [service.port for service in system.services])
        await crowd.join(Seat(room_id=room_ids[0], member_id=member_id) for member_id in _members(part))
        say = partial(_say, crowd, pids=system.pids)
        await say(room_ids, per_second=QUIET_PER_SECOND)  # warm
        measurements[f"{name}, quiet rooms"] = partial(say, room_ids, per_second=QUIET_PER_SECOND)
        measurements[f"{name}, a busy room"] = partial(say, room_ids[:1], per_second=BUSY_PER_SECOND)
    lines = await in_turns(measurements, rounds=rounds)
    quiet, busy, quiet_inbox, busy_inbox = (line.median("us_per_message") for line in lines)
    finding = (
        f"A message costs {quiet_inbox / quiet:.2f} of what it costs with as many subscriptions where rooms are"
        f" quiet, {busy_inbox / busy:.2f} in a busy one (target: no more than 1)."
    )
    return Part("Inboxes", ABOUT, [Table("500 who listen and 500 who overhear", COLUMNS, lines)], [finding])


def _members(part: int) -> range:
    return range(part * SOCKETS + 1, (part + 1) * SOCKETS + 1)


async def _say(crowd: Crowd, room_ids: range, *, per_second: float, pids: list[int]) -> Sample:
    meter, messages = crowd.meter, int(per_second * SAMPLE_S)
    meter.reset()
    cost, start = Cost(pids), monotonic_ns()
    for number in range(messages):
        due = start + int(number * 1e9 / per_second)
        await asyncio.sleep(max(0.0, (due - monotonic_ns()) / 1e9))
        speaker = crowd.sockets[number * 7919 % len(crowd.sockets)]
        speaker.say(monotonic_ns(), room_ids[number % len(room_ids)])
    async with asyncio.timeout(ACK_TIMEOUT_S):
        while meter.acks < messages:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await asyncio.sleep(REST_S)
    spent = cost.spent()
    return {
        "us_per_message": spent.cpu_s * 1e6 / messages,
        "frames_per_message": meter.deliveries / messages / len(crowd.sockets),
        "p50_ms": percentile(meter.delivery_ns, 0.5),
        "p99_ms": percentile(meter.delivery_ns, 0.99),
        "server_share": spent.cpu_s / spent.wall_s,
        "generator_share": spent.own_cpu_s / spent.wall_s,
    }
