"""The bodies of events, made when they are sent: in one visit to the database for all that are sent together.

But for notifications: who is away is asked between two visits, and what is decided of it is written.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from chatproject.outgoing.composing import Row, Target
from messaging.events import people, second_looks
from messaging.events.called import Call, call_data, read_calls
from messaging.events.decisions import LOOKS_AT_ONCE, MEMBERS_MOST, Decision, write_decisions
from messaging.events.said import encode, file_data, message_data, read_messages
from messaging.store.database import Database
from rooms.models import Room

AWAY_AFTER_S = 30.0  # without a look
STILL_LOOKS_S = 8.0  # looks now: what clients do that never say so is told up to 6 s later
ROUNDS_MOST = 20  # of second looks: more than that is for the next time

LookedWithin = Callable[[Collection[int], float], Awaitable[set[int]]]


class _Read(NamedTuple):
    """What is ready to be sent, and of whom it is to be decided."""

    bodies: dict[int, bytes | None]
    calls: list[Call]


class EventComposer:
    """`looked_within` are those of some members who looked at the chat in the last seconds. See
    `chatproject.outgoing.composing`."""

    def __init__(self, *, database: Database, looked_within: LookedWithin) -> None:
        self._database, self._looked_within = database, looked_within

    async def compose(self, rows: Sequence[Row], target: Target) -> Mapping[int, bytes | None]:
        """The data of each event as JSON; None where nobody is to be notified. Raises StoreUnavailable."""
        bodies, calls = await self._database.run(_read, rows, with_text=target.with_text)
        if not calls:
            return bodies
        decided = await self._decide(calls, target)
        return bodies | {
            call.row.event_id: encode(call_data(call, told, with_text=target.with_text))
            for call, told in decided
            if told
        }

    async def _decide(self, calls: Sequence[Call], target: Target) -> list[tuple[Call, Sequence[int]]]:
        open_calls = [call for call in calls if call.told is None]
        looking = await self._looking(open_calls, AWAY_AFTER_S)
        decisions = [_decision(call, looking) for call in open_calls]
        if decisions:
            now = datetime.now(UTC)
            await self._database.run(write_decisions, decisions, endpoint_id=target.endpoint_id, now=now)
        new = {one.row.event_id: one.told[:MEMBERS_MOST] for one in decisions}
        return [(call, new.get(call.row.event_id) or call.told or ()) for call in calls]

    async def look_again(self, target: Target) -> None:
        """Have those notified who were looking and have not read it since. Raises StoreUnavailable."""
        for _round in range(ROUNDS_MOST):
            now = datetime.now(UTC)
            due = await self._database.run(second_looks.read_due, endpoint_id=target.endpoint_id, now=now)
            if due:
                calls = [one.call for one in due if one.call is not None]
                looking = await self._looking(calls, STILL_LOOKS_S)  # who looked just before, but left, is away
                await self._database.run(second_looks.settle, due, looking=looking)
            if len(due) < LOOKS_AT_ONCE:
                return

    async def gone_rooms(self, room_ids: Collection[int]) -> set[int]:
        """Which of these are no more. Raises StoreUnavailable."""
        there = await self._database.run(_rooms_there, room_ids)
        return set(room_ids).difference(there)

    async def _looking(self, calls: Sequence[Call], within_s: float) -> set[int]:
        members = {member_id for call in calls for member_id in call.members}
        return await self._looked_within(members, within_s) if members else set()


def _decision(call: Call, looking: Collection[int]) -> Decision:
    told = [member_id for member_id in call.members if member_id not in looking]
    later = [member_id for member_id in call.members if member_id in looking]
    return Decision(call.row, call.details, told, later)


def _rooms_there(room_ids: Collection[int]) -> list[int]:
    return list(Room.objects.filter(pk__in=room_ids).values_list("pk", flat=True))


def _read(rows: Sequence[Row], *, with_text: bool) -> _Read:
    """Few queries, however many rows there are: none of a kind that none of them is of."""
    of_kind: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_kind[row.kind].append(row)
    told = of_kind["message"] + of_kind["changed"]
    messages = read_messages(
        (row.room_id or 0, row.seq or 0) for row in told + of_kind["file"] + of_kind["mention"]
    )
    bodies: dict[int, bytes | None] = {}
    for row in told:
        address = row.room_id or 0, row.seq or 0
        bodies[row.event_id] = message_data(address, messages.get(address), with_text=with_text)
    for row in of_kind["file"]:
        message = messages.get((row.room_id or 0, row.seq or 0))
        bodies[row.event_id] = file_data(row, message, with_text=with_text)
    calls = read_calls(of_kind["mention"], messages)
    return _Read(bodies | _others(of_kind), calls)


def _others(of_kind: Mapping[str, Sequence[Row]]) -> dict[int, bytes | None]:
    moves = [*of_kind["joined"], *of_kind["left"]]
    bodies: dict[int, bytes | None] = {row.event_id: None for row in of_kind["mention"]}
    for read, rows in (
        (people.coming_and_going, moves),
        (people.sanctions, of_kind["sanction"]),
        (people.reports, of_kind["report"]),
    ):
        if rows:
            bodies.update(read(rows))
    bodies.update((row.event_id, people.concern(row)) for row in of_kind["concern"])
    bodies.update((row.event_id, people.read_mark(row)) for row in of_kind["read"])
    bodies.update((row.event_id, people.erased(row)) for row in of_kind["erased"])
    return bodies
