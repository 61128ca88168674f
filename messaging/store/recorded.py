"""What of a batch the main server is to be told: its events, written with it where somebody subscribed to them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from django.db import connection

from chatproject.outgoing.models import Kind
from chatproject.outgoing.recording import Event, inserting, inserting_messages
from chatproject.outgoing.subscriptions import Subscribed, reading_subscribed
from messaging.moderation.concerns import concern_event
from messaging.store.acts import Target
from messaging.store.changes import Changes
from messaging.store.concerning import Noticed, raise_concern
from messaging.store.statements import MessageRow, RoomNumbers, Statement, placeholders, run
from messaging.wire.marks import Marks, marks_of
from rooms.moderation.sanctions import told_event

OF_EVERYONE = {"everyone": True}  # details of a mention: who is meant is whoever is in the room


def read_subscribed() -> Statement:
    """Its result is who subscribed to what: for a batch of which that is not known."""
    query, read = reading_subscribed()
    return Statement(query, (), read)


def recorded(
    subscribed: Subscribed,
    *,
    said: Sequence[MessageRow],
    changes: Changes | None,
    rooms: Mapping[int, RoomNumbers],
    now: datetime,
) -> list[Statement]:
    """What records the messages of the batch, then whom they call and their files, then what was done to any."""
    if not subscribed:
        return []
    called = _called(said, rooms) if subscribed.to(Kind.MENTION) else ()
    sent = _sent(said) if subscribed.to(Kind.FILE) else ()
    recording = (
        inserting_messages([row[:2] for row in said], subscribed, now=now),
        inserting([*called, *sent, *([] if changes is None else _done(changes))], subscribed, now=now),
    )
    return [Statement(*one) for one in recording if one is not None]


def _called(rows: Sequence[MessageRow], rooms: Mapping[int, RoomNumbers]) -> Iterator[Event]:
    for row in rows:
        if row.marks is not None or rooms[row.room_id].is_private:
            yield from _called_by(row, is_private=rooms[row.room_id].is_private)


def _called_by(row: MessageRow, *, is_private: bool) -> Iterator[Event]:
    """Of whom it mentions by name and of everyone apart: to be one of everyone is not to be meant."""
    marks = marks_of(row.marks)
    called = Event("mention", row.room_id, row.seq, row.version, row.sender_id)
    if is_private:
        yield called
        return
    if marks.mentions:
        yield called._replace(details={"of": marks.mentions})
    if marks.everyone:
        yield called._replace(details=OF_EVERYONE)


def _sent(rows: Sequence[MessageRow]) -> Iterator[Event]:
    """Of files that can be got at once."""
    for row in rows:
        if row.marks is not None:
            for file_id in _ready(marks_of(row.marks)):
                details = {"fileId": file_id}
                yield Event("file", row.room_id, row.seq, row.version, row.sender_id, details)


def _ready(marks: Marks) -> list[int]:
    return [one.file_id for one in marks.attachments if one.state == "ready"]


def _done(changes: Changes) -> Iterator[Event]:
    for target in changes.changed:
        yield Event("changed", target.row.room_id, target.row.seq, target.row.version, target.row.sender_id)
        yield from _called_anew(target)
        yield from _checked(target)
    yield from map(told_event, changes.told)


def _called_anew(target: Target) -> Iterator[Event]:
    """Whom an edit mentions who was not mentioned before."""
    row, marks, before = target.row, target.marks, target.told_before
    called = Event("mention", row.room_id, row.seq, row.version, row.sender_id)
    if new := [member_id for member_id in marks.mentions if member_id not in before.mentions]:
        yield called._replace(details={"of": new})
    if marks.everyone and not before.everyone:
        yield called._replace(details=OF_EVERYONE)


def _checked(target: Target) -> Iterator[Event]:
    """Which of its files can be got now, and could not before."""
    row, before = target.row, _ready(target.told_before)
    for file_id in _ready(target.marks):
        if file_id not in before:
            yield Event("file", row.room_id, row.seq, row.version, row.sender_id, {"fileId": file_id})


def raise_concerns(
    noticed: Collection[Noticed], subscribed: Subscribed, writes: list[Statement], *, now: datetime
) -> list[Statement]:
    """Have people look after what was noticed; returns what is left to be written with the batch of all this."""
    writes = [*writes, *(raise_concern(one, now=now) for one in noticed)]
    if not noticed or not subscribed.to(Kind.CONCERN):
        return writes
    *_written, events = run(*writes, _read_raised({one.room_id for one in noticed}, now=now))
    statement = inserting(events, subscribed, now=now)
    return [] if statement is None else [Statement(*statement)]


def _read_raised(room_ids: Collection[int], *, now: datetime) -> Statement:
    """Its result are the events of the concerns that were raised there just now, under the rooms' locks."""
    return Statement(
        "SELECT concern_id, room_id, source FROM chat_concerns"
        f" WHERE raised_at = %s AND source IN ('words', 'failure') AND room_id IN ({placeholders(len(room_ids))})"
        " ORDER BY concern_id",
        [connection.ops.adapt_datetimefield_value(now), *sorted(room_ids)],
        lambda rows: [concern_event(*row) for row in rows],
    )
