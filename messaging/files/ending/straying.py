"""Files whose end nobody wrote down: their messages or rooms went by SQL, or a room keeps files for another time.

Found by going through all rows, some at a time; the database sorts out those that are as they should be. What is
found becomes due, see `ends`, or gets its right end.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from messaging.file_models import File
from messaging.files.ending.ends import KEPT_BY_HOLD, TAKEN_AWAY_AGAIN
from messaging.models import Message
from messaging.store.file_terms import FOREVER, UNSENT_KEPT, end_of
from rooms.models import Room

State = File.State

ROWS_AT_ONCE = 500  # 20 ms with 200,000 files, see PAUSE_S of `sweeping`


class Figures(NamedTuple):
    """Files by state, and what they take in the store."""

    counts: Mapping[str, int]
    kept_bytes: int = 0

    def and_more(self, more: "Figures") -> "Figures":
        counts = {state: count + more.counts[state] for state, count in self.counts.items()}
        return Figures(counts, self.kept_bytes + more.kept_bytes)


NO_FILES = Figures(dict.fromkeys(State.values, 0))


def mend_some(*, after: int, now: datetime) -> tuple[int | None, Figures]:
    """Look at the ROWS_AT_ONCE rows behind that number. Returns the last one's, None where there are no more; and
    how many of each state there were."""
    behind = File.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
    last = behind[ROWS_AT_ONCE - 1 : ROWS_AT_ONCE].first()
    some = File.objects.filter(pk__gt=after)
    if last is not None:
        some = some.filter(pk__lte=last)
    _make_due(some, now)
    _mend_ends(some, now)
    return last, _figures(some)


def _figures(some: QuerySet[File]) -> Figures:
    rows = list(some.values_list("state").annotate(Count("pk"), Sum("kept_size")).order_by())
    counts = {state: count for state, count, _size in rows}
    return Figures({**NO_FILES.counts, **counts}, sum(int(size or 0) for _state, _count, size in rows))


def _make_due(some: QuerySet[File], now: datetime) -> None:
    there = Room.objects.filter(pk=OuterRef("room_id"))
    message = Message.objects.filter(room_id=OuterRef("room_id"), seq=OuterRef("seq"), deleted_at=None)
    is_lost = ~Exists(there) | (Q(seq__isnull=False) & ~Exists(message)) | Q(is_held=True, uploader=None)
    is_left = Q(seq=None, is_held=False, created_at__lt=now - UNSENT_KEPT)
    waits = Q(state=State.GONE, holder__in=(TAKEN_AWAY_AGAIN, KEPT_BY_HOLD))
    found = some.filter(is_lost | is_left, expires_at__gt=now).exclude(waits)
    lost = list(found.values_list("pk", flat=True))
    if lost:
        File.objects.filter(pk__in=lost).update(expires_at=now)


def _mend_ends(some: QuerySet[File], now: datetime) -> None:
    """A day more or less is fine: it is counted from the announcement or from when the file was sent."""
    own = Room.objects.filter(pk=OuterRef("room_id")).values("keeps_files")[:1]
    days = Coalesce(Subquery(own), settings.FILES.keep_days)
    kept = some.filter(seq__isnull=False, is_preview=False, expires_at__gt=now)
    kept = kept.exclude(state=State.GONE).annotate(days=days, until=_DaysBetween(F("created_at"), F("expires_at")))
    is_wrong = Q(days=0, expires_at__lt=FOREVER) | (
        Q(days__gt=0) & (Q(until__lt=F("days") - 1) | Q(until__gt=F("days") + 1))
    )
    ends: dict[datetime, list[int]] = {}
    for file_id, created_at, room_days in kept.filter(is_wrong).values_list("pk", "created_at", "days"):
        end = end_of(created_at, room_days=room_days)
        ends.setdefault(max(end, now), []).append(file_id)
    for end, file_ids in ends.items():
        File.objects.filter(pk__in=file_ids, expires_at__gt=now).update(expires_at=end)


class _DaysBetween(Func):
    """Whole days from one moment to another."""

    output_field = IntegerField()
    function = "TIMESTAMPDIFF"
    template = "%(function)s(DAY, %(expressions)s)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "CAST(-(julianday(%(expressions)s)) AS INTEGER)"
        return super().as_sql(compiler, connection, template=template, arg_joiner=") - julianday(", **context)
