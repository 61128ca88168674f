"""Messages that are older than their room keeps them go as rows, the oldest first, a few at a time.

First the room begins later, under its lock, which takes two updates; from then on nobody sees or changes what
is before, and it is deleted without that lock. Whoever is ended in between leaves rows before the beginning, which
the next look finds: the last of them is always the last to go.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS

from chatproject.errors import RoomNotFound
from chatproject.transactions import in_one_transaction
from messaging.file_models import File
from messaging.models import EarlierText, Mention, Message, Pin, Reaction
from messaging.personal.holds import keep_held
from messaging.search.index import marking_stale
from messaging.store.selectors import times_of
from messaging.store.statements import Statement, run
from rooms.beginnings import begin_at, oldest_kept, rooms_behind
from rooms.models import Room
from rooms.moderation_models import Sanction

ROOMS_AT_ONCE = 200  # looked at: 4 ms
MOVED_AT_ONCE = 1_000  # messages before which a room begins: 5 ms to read, without a lock
DELETED_AT_ONCE = 100  # 4 ms, with which SQLite has everybody wait

HIDING = (Sanction.Kind.HIDE, Sanction.Kind.MEASURE)


def due_rooms(*, after: int, now: datetime) -> tuple[list[int], int | None]:
    """Of the ROOMS_AT_ONCE rooms behind that number those that have something to lose, and the last one's number,
    None where there are no more."""
    rooms = rooms_behind(after=after, limit=ROOMS_AT_ONCE)
    ends = {one.room_id: oldest_kept(one.days, now=now) for one in rooms if one.first_seq <= one.last_seq}
    asked = [(one.room_id, one.first_seq) for one in rooms if ends.get(one.room_id) is not None]
    said = times_of([*asked, *((one.room_id, one.first_seq - 1) for one in rooms if one.first_seq > 1)])
    due = [
        one.room_id
        for one in rooms
        if (one.room_id, one.first_seq - 1) in said
        or _is_due(said.get((one.room_id, one.first_seq)), ends.get(one.room_id))
    ]
    return due, rooms[-1].room_id if len(rooms) == ROOMS_AT_ONCE else None


def _is_due(said_at: datetime | None, end: datetime | None) -> bool:
    """Where a room's first message is missing, somebody took it out by hand: what is behind is looked at."""
    return end is not None and (said_at is None or said_at < end)


class Retained(NamedTuple):
    """What a step did. `is_full`: there may be more to do; `version`: the room's roster version, to be told."""

    is_full: bool
    version: int | None = None


def retain_some(*, room_id: int, now: datetime) -> Retained:
    """Delete some of what is before the room's beginning; where there is nothing, move that."""
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        return Retained(is_full=False)
    if _delete_before(room.room_id, room.first_seq, now):
        return Retained(is_full=True)
    end = oldest_kept(room.keeps_messages, now=now)
    if end is None:
        return Retained(is_full=False)
    behind = Message.objects.filter(room_id=room_id, seq__gte=room.first_seq).order_by("seq")
    seqs = list(_older(behind.values_list("seq", "created_at")[:MOVED_AT_ONCE], end))
    if not seqs:
        return Retained(is_full=False)
    try:
        version = begin_at(room_id=room_id, seq=seqs[-1] + 1, is_told=len(seqs) < MOVED_AT_ONCE)
    except RoomNotFound:  # deleted just now, with all its messages
        return Retained(is_full=False)
    return Retained(is_full=True, version=version)


def _older(rows: Iterable[tuple[int, datetime]], end: datetime) -> Iterable[int]:
    """Those up to the first that is younger: what is kept has no gap."""
    return (seq for seq, _at in takewhile(lambda row: row[1] < end, rows))


def delete_beginning(*, room_id: int, now: datetime) -> int:
    """Some of what is before the room's beginning, which whoever moved that left behind. Returns how many went."""
    first_seq = Room.objects.filter(pk=room_id).values_list("first_seq", flat=True).first()
    return 0 if first_seq is None else _delete_before(room_id, first_seq, now)


@in_one_transaction
def _delete_before(room_id: int, first_seq: int, now: datetime) -> int:
    """Returns how many went. What a hold covers is copied before; files go by themselves, see `files.ending`."""
    rows = Message.objects.filter(room_id=room_id, seq__lt=first_seq).order_by("seq")
    numbers = list(rows.values_list("pk", "seq")[:DELETED_AT_ONCE])
    if not numbers:
        return 0
    ids, seqs = [pk for pk, _seq in numbers], [seq for _pk, seq in numbers]
    keep_held(messages=ids, now=now)
    Reaction.objects.filter(message_id__in=ids).delete()
    EarlierText.objects.filter(message_id__in=ids).delete()
    Mention.objects.filter(room_id=room_id, seq__lte=seqs[-1]).delete()
    Pin.objects.filter(room_id=room_id, seq__lte=seqs[-1]).delete()
    # else their end would come to no message
    Sanction.objects.filter(room_id=room_id, seq__in=seqs, kind__in=HIDING, lifted_at=None).update(lifted_at=now)
    File.objects.filter(room_id=room_id, seq__in=seqs, expires_at__gt=now).update(expires_at=now)
    Message.objects.filter(pk__in=ids)._raw_delete(DEFAULT_DB_ALIAS)  # else each is read, to look for what is gone
    run(Statement(*marking_stale(ids)))
    return len(ids)
