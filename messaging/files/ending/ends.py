"""Files that have come to their end: which, and what their rows say then. Nothing is done to the store here.

A row says that its file is gone before anything of it is taken away, so that nobody sends what has no bytes; and
it stays, or says so, until all is. Several processes may do the same at once: whoever comes second finds nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q

from messaging.file_models import File
from messaging.models import Message
from messaging.moderation.evidence import AROUND
from messaging.moderation_models import Case
from messaging.personal.holds import held_files
from messaging.store.file_terms import FOREVER, UNSENT_KEPT, end_of
from rooms.models import Room

State = File.State

DUE_AT_ONCE = 50
HELD_LOOKED_AT_AGAIN = timedelta(hours=1)  # what waits for a manager; what is decided is due at once
BUSY_LOOKED_AT_AGAIN = timedelta(minutes=2)  # evidence of an open case, and what is being checked
# a bucket takes a form for five minutes, as often as it is posted, and what began then may take longer
FORMS_OVER_AFTER = timedelta(minutes=15)
KEPT_BY_HOLD = "hold"  # the holder of a row whose objects a legal hold wants kept
HOLD_LOOKED_AT_AGAIN = timedelta(hours=12)  # what a hold kept is due as soon as that ends
# the holder of a row whose objects are taken away once more, when forms and checks that may put some there end
TAKEN_AWAY_AGAIN = "again"


class Row(NamedTuple):
    """What is read of a file, by the names that the ORM has for it."""

    file_id: int
    room_id: int
    seq: int | None
    uploader_id: int | None
    is_preview: bool
    is_held: bool
    state: str
    key: str
    created_at: datetime
    holder: str
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class Ending:
    """Files whose rows say that they are gone, and whose objects are to be taken away now.

    `removed`: with their rows; `expired`: their messages say it, see FilesAct. By number, with their keys.
    `is_full`: there may be more.
    """

    removed: dict[int, str]
    expired: dict[int, str]
    messages: frozenset[tuple[int, int]]  # to be told, by room and seq
    is_full: bool = False

    def parts(self, size: int) -> Iterator["Ending"]:
        """The same in parts of so many files."""
        files = [*self.removed.items(), *self.expired.items()]
        for begin in range(0, len(files), size):
            part = dict(files[begin : begin + size])
            removed = {file_id: key for file_id, key in part.items() if file_id in self.removed}
            expired = {file_id: key for file_id, key in part.items() if file_id in self.expired}
            yield Ending(removed, expired, self.messages)


def end_due(*, now: datetime) -> Ending:
    """Have the rows of what is due say so; of each state the DUE_AT_ONCE that are due longest."""
    rows = [row for state in State.values for row in _due(state, now)]
    around = _Around(rows)
    removed = [row for row in rows if around.is_to_be_removed(row, now)]
    standing = [row for row in rows if row not in set(removed)]
    expired = [row for row in standing if around.has_expired(row, now)]
    _put_off([row for row in standing if row not in set(expired)], around, now)
    _say_gone(removed, expired, now)
    gone = _gone(rows, now)
    taken_away = gone - _kept_by_holds([row for row in rows if row.file_id in gone], now)
    news = [row for row in rows if row.file_id in gone and row.state != State.GONE]
    return Ending(
        removed={row.file_id: row.key for row in removed if row.file_id in taken_away},
        expired={row.file_id: row.key for row in expired if row.file_id in taken_away},
        messages=frozenset(message for row in news if (message := around.standing_message_of(row))),
        is_full=len(rows) >= DUE_AT_ONCE,
    )


def finish(ending: Ending, *, now: datetime) -> Ending:
    """Nothing of them lies in the store any more. Returns those of which nothing will again: where a bucket may
    still be given one by a form, its row stays until that is over.
    """
    gone = File.objects.filter(pk__in=ending.removed, state=State.GONE)
    removed = ending.removed
    if settings.FILES.is_s3:
        may_come = Q(is_preview=False, created_at__gt=now - UNSENT_KEPT - FORMS_OVER_AFTER)
        first = gone.filter(may_come).exclude(holder=TAKEN_AWAY_AGAIN)
        first.update(holder=TAKEN_AWAY_AGAIN, held_until=None, kept_size=0, expires_at=now + FORMS_OVER_AFTER)
        later = set(gone.filter(expires_at__gt=now).values_list("pk", flat=True))
        removed = {file_id: key for file_id, key in removed.items() if file_id not in later}
    File.objects.filter(pk__in=removed, state=State.GONE).delete()
    File.objects.filter(pk__in=ending.expired, state=State.GONE, expires_at__lte=now).update(
        kept_size=0, expires_at=FOREVER
    )
    return replace(ending, removed=removed)


class _OpenCase(NamedTuple):
    """About a message, with its neighbours; or about what a member, or anybody, said last in the room."""

    seq: int | None
    member_id: int | None
    opened_at: datetime

    def may_show(self, row: Row) -> bool:
        if row.seq is None or row.created_at > self.opened_at:
            return False
        if self.seq is not None:
            return abs(row.seq - self.seq) <= AROUND
        return self.member_id in (None, row.uploader_id)


class _Around:
    """What these rows' ends depend on: their rooms, messages and open cases. Three queries for all."""

    def __init__(self, rows: Sequence[Row]) -> None:
        sent: dict[int, set[int]] = {}
        for row in rows:
            if row.seq is not None:
                sent.setdefault(row.room_id, set()).add(row.seq)
        room_ids = {row.room_id for row in rows}
        self.rooms = dict(Room.objects.filter(pk__in=room_ids).values_list("pk", "keeps_files"))
        self._standing: set[tuple[int, int]] = set()
        self._reported: dict[int, list[_OpenCase]] = {}  # by room
        if sent:
            theirs = reduce(or_, (Q(room_id=room_id, seq__in=seqs) for room_id, seqs in sent.items()))
            there = Message.objects.filter(theirs, deleted_at=None)
            self._standing = set(there.values_list("room_id", "seq"))
            opened = Case.objects.filter(open_key__isnull=False, room_id__in=room_ids)
            for room_id, *case in opened.values_list("room_id", *_OpenCase._fields):
                self._reported.setdefault(room_id, []).append(_OpenCase(*case))

    def is_evidence(self, row: Row) -> bool:
        """Whether a case is open that may have its message as evidence. What is gone shows nobody anything, and
        staff may have taken it away for that."""
        return row.state != State.GONE and any(case.may_show(row) for case in self._reported.get(row.room_id, ()))

    def is_to_be_removed(self, row: Row, now: datetime) -> bool:
        """With its row: it was never sent, or nothing shows it any more."""
        if _is_checked(row, now):
            return False
        if row.room_id not in self.rooms:
            return not self.is_evidence(row)
        if row.seq is None:
            return not row.is_held or row.uploader_id is None
        stands = (row.room_id, row.seq) in self._standing
        return (row.is_preview or not stands) and not self.is_evidence(row)

    def has_expired(self, row: Row, now: datetime) -> bool:
        """Whether its message stands, and its time is over."""
        if (row.room_id, row.seq) not in self._standing or self.is_evidence(row):
            return False
        return row.state == State.GONE or self.end_of(row) <= now

    def standing_message_of(self, row: Row) -> tuple[int, int] | None:
        message = (row.room_id, row.seq or 0)
        return message if message in self._standing else None

    def end_of(self, row: Row) -> datetime:
        return end_of(row.created_at, room_days=self.rooms.get(row.room_id))


def _is_checked(row: Row, now: datetime) -> bool:
    """Just now, by another process maybe; what is only put off has no holder."""
    is_held = bool(row.holder) and row.held_until is not None and row.held_until > now
    return row.state == State.CHECKING and is_held


def _due(state: str, now: datetime) -> list[Row]:
    due = File.objects.filter(state=state, expires_at__lte=now).order_by("expires_at", "pk")
    return [Row(*row) for row in due.values_list("pk", *Row._fields[1:])[:DUE_AT_ONCE]]


def _put_off(rows: Iterable[Row], around: _Around, now: datetime) -> None:
    """What is due but has to wait is looked at later, so that it stands in nobody's way."""
    ends: dict[datetime, list[int]] = {}
    for row in rows:
        if around.is_evidence(row) or _is_checked(row, now):
            later = now + BUSY_LOOKED_AT_AGAIN
        elif row.is_held:
            later = now + HELD_LOOKED_AT_AGAIN
        else:
            later = around.end_of(row)
        if later > now:
            ends.setdefault(later, []).append(row.file_id)
    for later, file_ids in ends.items():
        File.objects.filter(pk__in=file_ids, expires_at__lte=now).update(expires_at=later)


def _say_gone(removed: Iterable[Row], expired: Iterable[Row], now: datetime) -> None:
    """Only what still is as it was read: a file may have been sent, or held, in this moment."""
    due = File.objects.exclude(state=State.GONE).filter(expires_at__lte=now)
    unsent = [row.file_id for row in removed if row.seq is None]
    nobodys = [row.file_id for row in removed if row.is_held]  # no manager will ever decide
    sent = [row.file_id for row in removed if row.seq is not None]
    ending = [row.file_id for row in expired]
    if unsent:
        due.filter(Q(is_held=False) | Q(pk__in=nobodys), pk__in=unsent, seq=None).update(state=State.GONE)
    if sent:
        due.filter(pk__in=sent).update(state=State.GONE)
    if ending:
        due.filter(pk__in=ending).update(state=State.GONE, is_untold=True)


def _kept_by_holds(gone: Iterable[Row], now: datetime) -> frozenset[int]:
    """Those whose objects a legal hold wants kept: they wait for its end."""
    asked = [(row.room_id, row.seq, row.uploader_id, row.file_id) for row in gone if not row.is_preview]
    held = held_files(files=asked, now=now)
    File.objects.filter(pk__in=held).update(holder=KEPT_BY_HOLD, expires_at=now + HOLD_LOOKED_AT_AGAIN)
    return held


def _gone(rows: Iterable[Row], now: datetime) -> set[int]:
    found = File.objects.filter(pk__in=[row.file_id for row in rows], state=State.GONE, expires_at__lte=now)
    return set(found.values_list("pk", flat=True))
