"""Rows that are kept for a time only: of what, since when, for how many days. Messages are in `retaining`.

What a member wrote is copied where a hold wants it, before it goes.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Model, Q, QuerySet

from chatproject.transactions import in_one_transaction
from messaging.care_models import Concern
from messaging.models import EarlierText, Message
from messaging.moderation_models import Case, HeldMessage, Report
from messaging.personal.held_words import (
    keep_evidence,
    keep_held_messages,
    keep_objections,
    keep_reporters_words,
    keep_requests,
)
from messaging.personal.holds import active_holds, keep_held
from messaging.personal_models import Erasure, LegalHold
from messaging.report_models import SlowedReporter
from messaging.wire.marks import Marks, marks_of, stored_marks
from rooms.moderation_models import JoinRequest, Objection, Sanction

ROWS_AT_ONCE = 200  # with what goes along: 10 ms
MESSAGES_LOOKED_AT = 2_000  # 4 ms


class Kept(NamedTuple):
    """`days` names a field of `settings.KEEPING`, "" is none at all; `old` are those whose time was over before a
    moment; `keep` copies what holds want of some of them."""

    name: str
    days: str
    old: Callable[[datetime], QuerySet[Any]]
    keep: Callable[[Collection[Any], datetime], None] | None = None


def _old_cases(before: datetime) -> QuerySet[Case]:
    return Case.objects.filter(open_key=None, decided_at__lt=before)


def _keep_reports(cases: Collection[Case], now: datetime) -> None:
    """The reporter's words, and as evidence what was said by whom the case is about."""
    reports = Report.objects.filter(case__in=cases).select_related("case").order_by("pk")
    keep_reporters_words(reports, now)
    for report in reports:
        keep_evidence(report, now)


def _old_sanctions(before: datetime) -> QuerySet[Sanction]:
    """Those that ended."""
    return Sanction.objects.filter(Q(lifted_at__lt=before) | Q(lifted_at=None, until__lt=before))


def _keep_objections(sanctions: Collection[Sanction], now: datetime) -> None:
    keep_objections(
        Objection.objects.filter(sanction__in=sanctions).select_related("sanction").order_by("pk"), now
    )


def _old_held(before: datetime) -> QuerySet[HeldMessage]:
    return HeldMessage.objects.filter(decided_at__lt=before).exclude(state=HeldMessage.State.WAITING)


def _old_requests(before: datetime) -> QuerySet[JoinRequest]:
    return JoinRequest.objects.filter(decided_at__lt=before)


def _old_concerns(before: datetime) -> QuerySet[Concern]:
    return Concern.objects.filter(state=Concern.State.CLOSED, closed_at__lt=before)


def _old_holds(before: datetime) -> QuerySet[LegalHold]:
    """That ended, and have no records any more."""
    ended = LegalHold.objects.filter(Q(lifted_at__lt=before) | Q(until__lt=before))
    return ended.filter(records=None)


KEPT = (
    Kept("cases", "cases_days", _old_cases, _keep_reports),
    Kept("sanctions", "cases_days", _old_sanctions, _keep_objections),
    Kept("held messages", "cases_days", _old_held, keep_held_messages),
    Kept("requests to join", "cases_days", _old_requests, keep_requests),
    Kept("slowed reporters", "cases_days", lambda at: SlowedReporter.objects.filter(until__lt=at)),
    Kept("concerns", "concerns_days", _old_concerns),
    Kept("receipts of erasures", "audit_days", lambda at: Erasure.objects.filter(finished_at__lt=at)),
    Kept("holds", "audit_days", _old_holds),
    Kept("staff's own log", "audit_days", lambda at: LogEntry.objects.filter(action_time__lt=at)),
    Kept("staff's sessions", "", lambda at: Session.objects.filter(expire_date__lt=at)),
)


def moment_before(days: str, *, now: datetime) -> datetime | None:
    """What is older than so many days, as the settings say, was before that moment; None: it is kept for good."""
    number: int = getattr(settings.KEEPING, days) if days else 0
    return now - timedelta(days=number) if number or not days else None


@in_one_transaction
def delete_some(kept: Kept, *, now: datetime) -> int:
    """Returns how many went; as many as ROWS_AT_ONCE where there may be more."""
    before = moment_before(kept.days, now=now)
    if before is None:
        return 0
    rows: list[Model] = list(kept.old(before).order_by("pk")[:ROWS_AT_ONCE])
    if not rows:
        return 0
    if kept.keep is not None and active_holds(now).exists():
        kept.keep(rows, now)
    type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


@in_one_transaction
def delete_earlier_texts(*, now: datetime) -> int:
    """What messages said before an edit, as `delete_some`. They lie in the order in which they were replaced."""
    before = moment_before("deleted_texts_days", now=now)
    if before is None:
        return 0
    oldest = EarlierText.objects.order_by("pk").values_list("pk", "message_id", "replaced_at")[:ROWS_AT_ONCE]
    old = [(pk, message_id) for pk, message_id, replaced_at in oldest if replaced_at < before]
    if old:
        keep_held(messages={message_id for _pk, message_id in old}, now=now)
        EarlierText.objects.filter(pk__in=[pk for pk, _message_id in old]).delete()
    return len(old)


def empty_deleted(*, after: int, now: datetime) -> int | None:
    """Of the MESSAGES_LOOKED_AT messages behind that number have those say nothing that were deleted long ago.
    Returns the last one's number, None where there are no more. Their rows stay, as tombstones."""
    before = moment_before("deleted_texts_days", now=now)
    behind = Message.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
    last = behind[MESSAGES_LOOKED_AT - 1 : MESSAGES_LOOKED_AT].first()
    if before is None:
        return None
    some = Message.objects.filter(pk__gt=after, deleted_at__lt=before)
    if last is not None:
        some = some.filter(pk__lte=last)
    says_something = ~Q(contents="") | Q(marks__contains='"attachments":[') | Q(marks__contains='"preview":{')
    rows = list(some.filter(says_something).values_list("pk", "marks"))
    for part in _parts(rows):
        _empty(part, now)
    return last


def _parts(rows: Sequence[tuple[int, str | None]]) -> Iterator[Sequence[tuple[int, str | None]]]:
    return (rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE))


@in_one_transaction
def _empty(rows: Sequence[tuple[int, str | None]], now: datetime) -> None:
    """Nobody hears of it: to members they said nothing already."""
    ids = [pk for pk, _marks in rows]
    keep_held(messages=ids, now=now)
    EarlierText.objects.filter(message_id__in=ids).delete()
    by_marks: dict[str | None, list[int]] = {}
    for pk, marks in rows:
        by_marks.setdefault(stored_marks(Marks(deleted_by=marks_of(marks).deleted_by)), []).append(pk)
    for marks, pks in by_marks.items():
        Message.objects.filter(pk__in=pks, deleted_at__isnull=False).update(contents="", marks=marks)
