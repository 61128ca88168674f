"""What a hold wants of words that are no message: whose they are and in which room, by the kind of row.

Whatever is about to take such rows away says so here before, so that the same word is kept once.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from messaging.moderation_models import HeldMessage, Report
from messaging.personal.holds import keep_held_words
from rooms.moderation_models import JoinRequest, Objection


def keep_objections(objections: Iterable[Objection], now: datetime) -> None:
    for one in objections:
        if one.sanction.member_id is not None and one.words:
            words = {"of": "rooms.Objection", "words": one.words}
            _keep(one.sanction.member_id, one.sanction.room_id, words, one.made_at, now)


def keep_reporters_words(reports: Iterable[Report], now: datetime) -> None:
    for one in reports:
        if one.reporter_id is not None and one.words:
            _keep(one.reporter_id, one.case.room_id, {**_of(one), "words": one.words}, one.made_at, now)


def keep_evidence(report: Report, now: datetime) -> None:
    """As said by whom the case is about."""
    if report.case.member_id is not None:
        words = {**_of(report), "evidence": report.evidence}
        _keep(report.case.member_id, report.case.room_id, words, report.made_at, now)


def keep_held_messages(held: Iterable[HeldMessage], now: datetime) -> None:
    for one in held:
        _keep(one.sender_id, one.room_id, {"of": "messaging.HeldMessage", "text": one.contents}, one.held_at, now)


def keep_requests(requests: Iterable[JoinRequest], now: datetime) -> None:
    for one in requests:
        if one.words:
            _keep(one.member_id, one.room_id, {"of": "rooms.JoinRequest", "words": one.words}, one.made_at, now)


def _of(report: Report) -> dict[str, Any]:
    return {"of": "messaging.Report", "case": report.case_id}


def _keep(member_id: int, room_id: int | None, words: dict[str, Any], made_at: datetime, now: datetime) -> None:
    keep_held_words(member_id=member_id, room_id=room_id, words=words, made_at=made_at, now=now)
