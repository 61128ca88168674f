"""How far members have read: moved forward, together where many ask at one time. Tells nobody.

By hand-written SQL, as in `statements`: three hundred who read one message would cost the ORM 900 queries.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from chatproject.outgoing.models import Kind
from chatproject.outgoing.recording import Event, inserting
from chatproject.outgoing.subscriptions import Subscribed, read_subscribed
from messaging.store.own_places import OwnPlace, is_hidden
from messaging.store.statements import (
    OneTransaction,
    Statement,
    any_of,
    lock_rooms,
    placeholders,
    run,
)
from messaging.wire.protocol import READ_FRAMES_MAX_MEMBERS
from rooms.selectors import require_participant


class MarkAsked(NamedTuple):
    """A member wants to have read a room up to `seq`; None: up to the newest message."""

    room_id: int
    member_id: int
    seq: int | None


class ReadMark(NamedTuple):
    """How far a member has read. `moved`: this call did it; `is_told`: the room is small enough to tell it.

    `own`: the member had marked the room as unread, and it stands so in their list since this call.
    """

    seq: int
    moved: bool
    is_told: bool
    own: OwnPlace | None = None


class _Place(NamedTuple):
    member_id: int
    room_id: int
    participant_id: int
    read_seq: int
    last_seq: int
    is_marked_unread: int
    is_pinned: int
    hidden_seq: int | None

    @property
    def own_once_read(self) -> OwnPlace | None:
        """None where nothing changes but how far they read."""
        if not self.is_marked_unread:
            return None
        return OwnPlace(
            self.room_id,
            is_pinned=bool(self.is_pinned),
            is_hidden=is_hidden(self.hidden_seq, self.last_seq),
            is_marked_unread=False,
        )


def mark_read(*, room_id: int, member_id: int, seq: int | None = None) -> ReadMark:
    """Move the member's read mark up to `seq` (None: the newest message); never beyond that, never backwards.

    Raises RoomNotFound, NotInRoom.
    """
    asked = MarkAsked(room_id, member_id, seq)
    mark = mark_read_together([asked]).get(asked)
    if mark is None:
        require_participant(room_id=room_id, member_id=member_id)
        return ReadMark(0, moved=False, is_told=False)  # who came in since we looked has read all before that
    return mark


def mark_read_together(
    asked: Collection[MarkAsked], *, subscribed: Subscribed | None = None
) -> dict[MarkAsked, ReadMark]:
    """The same for many, in at most four statements; who has no place in the room is left out.

    Where two processes move a mark at the same moment, both may say that they did; not where somebody subscribed
    to read marks, who is told of each once. `subscribed` None: it is not known who did, and read.
    """
    if subscribed is None:
        subscribed = read_subscribed()
    if subscribed.to(Kind.READ):
        return _move_and_record(asked, subscribed, now=timezone.now())
    [places] = run(_read_places({each[:2] for each in asked}))
    targets = _targets(asked, places)
    small: set[int] = set()
    if moved := _moved(targets):
        _, small = run(*_moving(moved))
    if marked := _marked_unread(targets):
        run(_end_unread(marked))
    return _marks(asked, places, targets, small)


def _move_and_record(
    asked: Collection[MarkAsked], subscribed: Subscribed, *, now: datetime
) -> dict[MarkAsked, ReadMark]:
    """Under the locks of the rooms, as all events of rooms."""
    with OneTransaction() as transaction:
        _rooms, places = transaction.begin(
            lock_rooms({each.room_id for each in asked}), _read_places({each[:2] for each in asked})
        )
        targets = _targets(asked, places)
        small: set[int] = set()
        writes: list[Statement] = []
        if moved := _moved(targets):
            _, small = run(*_moving(moved))
            events = [Event("read", place.room_id, seq, member_id=place.member_id) for place, seq in moved.items()]
            recording = inserting(events, subscribed, now=now)
            writes += [] if recording is None else [Statement(*recording)]
        if marked := _marked_unread(targets):
            writes.append(_end_unread(marked))
        if moved or marked:
            transaction.commit(*writes)
    return _marks(asked, places, targets, small)


def _targets(asked: Collection[MarkAsked], places: Mapping[tuple[int, int], _Place]) -> dict[_Place, int]:
    targets: dict[_Place, int] = {}
    for room_id, member_id, seq in asked:
        if (place := places.get((room_id, member_id))) is not None:
            target = place.last_seq if seq is None else min(seq, place.last_seq)
            targets[place] = max(target, targets.get(place, place.read_seq))
    return targets


def _moved(targets: Mapping[_Place, int]) -> dict[_Place, int]:
    return {place: seq for place, seq in targets.items() if seq > place.read_seq}


def _moving(moved: Mapping[_Place, int]) -> tuple[Statement, Statement]:
    """The result of the second one are the rooms that are small enough to be told."""
    return (
        _move_marks({place.participant_id: seq for place, seq in moved.items()}),
        _rooms_of_at_most(READ_FRAMES_MAX_MEMBERS, {place.room_id for place in moved}),
    )


def _marked_unread(places: Iterable[_Place]) -> list[int]:
    return [place.participant_id for place in places if place.is_marked_unread]


def _marks(
    asked: Collection[MarkAsked],
    places: Mapping[tuple[int, int], _Place],
    targets: Mapping[_Place, int],
    small: Collection[int],
) -> dict[MarkAsked, ReadMark]:
    marks = {}
    for pair, place in places.items():
        is_moved = targets[place] > place.read_seq
        is_told = is_moved and place.room_id in small
        marks[pair] = ReadMark(targets[place], is_moved, is_told, place.own_once_read)
    return {each: marks[each[:2]] for each in asked if each[:2] in marks}


def _read_places(pairs: Collection[tuple[int, int]]) -> Statement:
    """Its result are the places by (room, member); a pair without one is left out."""
    condition, values = any_of(("p.chat_room_id", "p.user_id"), pairs)
    return Statement(
        "SELECT p.user_id, p.chat_room_id, p.chat_participant_id, p.read_seq, r.last_seq,"
        " p.is_marked_unread, p.is_pinned, p.hidden_seq"
        " FROM chat_participants p JOIN chat_rooms r ON r.chat_room_id = p.chat_room_id"
        f" WHERE {condition}",
        values,
        lambda rows: {(row[1], row[0]): _Place(*row) for row in rows},
    )


def _move_marks(seqs: Mapping[int, int]) -> Statement:
    """Write read_seq by participant id where that moves it forward.

    An update, never an upsert: it cannot bring back who left meanwhile. By primary keys, as the writer's: both
    lock the same rows in the same order.
    """
    cases = "CASE chat_participant_id" + " WHEN %s THEN %s" * len(seqs) + " END"
    case_values = [value for seq in seqs.items() for value in seq]
    return Statement(
        f"UPDATE chat_participants SET read_seq = {cases}"
        f" WHERE chat_participant_id IN ({placeholders(len(seqs))}) AND read_seq < {cases}",
        [*case_values, *seqs, *case_values],
    )


def _end_unread(participant_ids: Collection[int]) -> Statement:
    return Statement(
        "UPDATE chat_participants SET is_marked_unread = FALSE"
        f" WHERE chat_participant_id IN ({placeholders(len(participant_ids))})",
        list(participant_ids),
    )


def _rooms_of_at_most(members: int, room_ids: Collection[int]) -> Statement:
    """Its result is the set of those of these rooms; of none are more places looked at than that."""
    return Statement(
        f"SELECT r.chat_room_id FROM chat_rooms r WHERE r.chat_room_id IN ({placeholders(len(room_ids))})"
        " AND (SELECT p.chat_participant_id FROM chat_participants p WHERE p.chat_room_id = r.chat_room_id"
        " LIMIT 1 OFFSET %s) IS NULL",
        [*room_ids, members],
        lambda rows: {row[0] for row in rows},
    )
