"""What others' rows hold of the member: evidence of reports, answers to the main server, lines of the admin."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from msgspec import structs

from chatproject.server_api.models import IdempotentCall
from messaging.models import Message
from messaging.moderation import evidence
from messaging.moderation.evidence import Line
from messaging.moderation_models import Report
from messaging.personal.erasing.parts import Erased, Part, Phase
from messaging.personal.erasing.progress import add_counts, counted, counts_of
from messaging.personal.holds import active_holds, keep_held_words
from messaging.personal_models import Erasure
from messaging.search.index import index_anew, next_stale
from rooms.models import Member

REPORTS_AT_ONCE = 100
REPORTS_SEEN = "_reports"  # up to which number
CALLS_AT_ONCE = 100
SIGNATURES_MADE = "_signatures"  # up to which chunk
NONE_MADE = -1
NAMES = frozenset({"nickName", "nickname"})


@counted
def _take_evidence(erased: Erased) -> Part | None:
    """Through all reports, once: which of them show the member, no index says. The word filter's have as words
    what it found in what the member said."""
    seen = counts_of(Erasure.objects.get(pk=erased.erasure_id)).get(REPORTS_SEEN, 0)
    reports = Report.objects.filter(pk__gt=seen).order_by("pk")
    columns = ("pk", "case_id", "case__room_id", "evidence", "made_at")
    found = list(reports.values_list(*columns)[:REPORTS_AT_ONCE])
    if not found:
        return None
    changed = 0
    for pk, case_id, room_id, kept, made_at in found:
        if (without := _without(kept, room_id, erased.member_id)) is not None:
            _keep_lines(kept, erased, case_id=case_id, room_id=room_id, made_at=made_at)
            Report.objects.filter(pk=pk).update(evidence=without)
            changed += 1
    by_filter = reports.filter(source=Report.Source.FILTER, case__member_id=erased.member_id)
    Report.objects.filter(pk__in=list(by_filter.filter(pk__lte=found[-1][0]).values_list("pk", flat=True))).update(
        words=""
    )
    return Part(counts={"evidence": changed, REPORTS_SEEN: found[-1][0]})


def _keep_lines(kept: str, erased: Erased, *, case_id: int, room_id: int, made_at: datetime) -> None:
    """For holds: what they said as it was then, which their messages may not say any more."""
    said = [line for line in evidence.decode(kept).lines if line.sender_id == erased.member_id and line.message]
    if said and active_holds(erased.now).exists():
        lines = [{"seq": line.seq, "text": line.message, "said": line.created_at} for line in said]
        words = {"of": "messaging.Report", "case": case_id, "lines": lines}
        keep_held_words(member_id=erased.member_id, room_id=room_id, words=words, made_at=made_at, now=erased.now)


def _without(kept: str, room_id: int, member_id: int) -> str | None:
    """The evidence without what they said, or the assistant answered them; None where that is nothing."""
    shown = evidence.decode(kept)
    silent = {line.seq for line in shown.lines if line.sender_id == member_id}
    silent |= _erased_among(room_id, [line.seq for line in shown.lines if line.message or line.attachments])
    if not any(line.seq in silent and not _is_silent(line) for line in shown.lines):
        return None
    lines = tuple(_silenced(line) if line.seq in silent else line for line in shown.lines)
    return evidence.encode(structs.replace(shown, lines=lines))


def _erased_among(room_id: int, seqs: Sequence[int]) -> set[int]:
    """Those of the assistant's that were erased."""
    theirs = Message.objects.filter(room_id=room_id, seq__in=seqs, kind=Message.Kind.ASSISTANT)
    gone = theirs.filter(contents="", client_id=None).exclude(deleted_at=None)
    return set(gone.values_list("seq", flat=True))


def _is_silent(line: Line) -> bool:
    return line == _silenced(line)


def _silenced(line: Line) -> Line:
    nobodys = {"sender_id": None, "nick_name": "", "message": "", "attachments": (), "is_gone": True}
    return structs.replace(line, **nobodys, edited_at=None)


@counted
def _take_answers(erased: Erased) -> Part | None:
    """What the main server was answered of them, and would be again within a day. The calls stay answered."""
    calls = IdempotentCall.objects.filter(answer__contains=f'"memberId": {erased.member_id}').order_by("pk")
    changed = []
    for call in calls.iterator(chunk_size=CALLS_AT_ONCE):
        said = json.loads(call.answer)
        if (nameless := _nameless(said, erased.member_id)) != said:
            changed.append((call.pk, json.dumps(nameless, ensure_ascii=False)))
        if len(changed) == CALLS_AT_ONCE:
            break
    for pk, answer in changed:
        IdempotentCall.objects.filter(pk=pk).update(answer=answer)
    return Part(counts={"answers to calls": len(changed)}) if changed else None


def _nameless(answer: Any, member_id: int) -> Any:
    if isinstance(answer, Mapping):
        is_theirs = answer.get("memberId") == member_id
        return {
            key: "" if is_theirs and key in NAMES else _nameless(value, member_id) for key, value in answer.items()
        }
    if isinstance(answer, list):
        return [_nameless(one, member_id) for one in answer]
    return answer


@counted
def _take_log_lines(erased: Erased) -> Part | None:
    """Django's own log of the admin names each row that staff changed by its words."""
    lines = LogEntry.objects.filter(_of_member(erased.member_id)).exclude(object_repr="")
    changed = lines.update(object_repr="")
    return Part(counts={"admin.LogEntry": changed}) if changed else None


def _of_member(member_id: int) -> Q:
    return Q(content_type=ContentType.objects.get_for_model(Member), object_id=str(member_id))


def _take_signatures(erased: Erased) -> Part | None:
    """Through the search's stale fingerprints, once: each that had a text which went is made anew behind that,
    whatever others make stale meanwhile."""
    made = counts_of(Erasure.objects.get(pk=erased.erasure_id)).get(SIGNATURES_MADE, NONE_MADE)
    chunk = next_stale(after=made)
    return None if chunk is None else Part(then=partial(_make_signature, erased.erasure_id, chunk))


def _make_signature(erasure_id: int, chunk: int) -> None:
    index_anew(chunk=chunk)
    add_counts(erasure_id, {SIGNATURES_MADE: chunk})


def begin_signatures_again(order: Erasure) -> None:
    """Something they said was found late: its chunk may be one of those that were made."""
    if SIGNATURES_MADE in counts_of(order):
        add_counts(order.pk, {SIGNATURES_MADE: NONE_MADE})


EVIDENCE = Phase("evidence", _take_evidence)
CALLS = Phase("answers to calls", _take_answers)
LOG_LINES = Phase("admin.LogEntry", _take_log_lines)
SIGNATURES = Phase("signatures", _take_signatures)
