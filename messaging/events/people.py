"""What events say of everything else but messages: of members, sanctions, reports, concerns and read marks."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chatproject.outgoing.composing import Row
from messaging.events.said import encode
from messaging.moderation_models import Report
from messaging.wire.times import wire_time
from rooms.models import Member, shown_nickname
from rooms.moderation.sanctions import BY_RANK
from rooms.moderation_models import Sanction
from rooms.selectors import gone_member_name, private_room_names


def details_of(row: Row) -> dict[str, Any]:
    return json.loads(row.details) if row.details else {}


def coming_and_going(rows: Sequence[Row]) -> dict[int, bytes]:
    """Of events `joined` and `left`."""
    names = _nicknames({row.member_id for row in rows if row.member_id is not None})
    return {
        row.event_id: encode(
            {
                "roomId": row.room_id,
                "memberId": row.member_id,
                "nickName": names.get(row.member_id or 0) or gone_member_name(),
                "removed": bool(details_of(row).get("removed")),
            }
        )
        for row in rows
    }


def _nicknames(member_ids: Iterable[int]) -> Mapping[int, str]:
    found = Member.objects.filter(pk__in=sorted(member_ids)).values_list("pk", "nickname")
    return {member_id: shown_nickname(nickname, member_id=member_id) for member_id, nickname in found}


def sanctions(rows: Sequence[Row]) -> dict[int, bytes]:
    """As the frame `sanction`, and whom it met. What went with its room is named by its number alone."""
    details = {row.event_id: details_of(row) for row in rows}
    found = Sanction.objects.select_related("room").in_bulk([one["sanctionId"] for one in details.values()])
    names = private_room_names(room_ids={one.room_id for one in found.values() if not one.room.is_group_chat})
    return {row.event_id: encode(_sanction(row, details[row.event_id], found, names)) for row in rows}


def _sanction(
    row: Row, details: Mapping[str, Any], found: Mapping[int, Sanction], names: Mapping[int, str]
) -> dict[str, Any]:
    sanction = found.get(details["sanctionId"])
    whom = {"roomId": row.room_id, "memberId": row.member_id, "seq": row.seq, **details}
    if sanction is None:
        return {**whom, "gone": True}
    return {
        **whom,
        "roomName": sanction.room.name or names[sanction.room_id],
        "act": sanction.kind,
        "by": BY_RANK.get(sanction.rank, "staff"),
        "reason": sanction.reason,
        "until": None if sanction.until is None else wire_time(sanction.until),
    }


def reports(rows: Sequence[Row]) -> dict[int, bytes]:
    """Not by whom, and not what they say: staff see that in the admin."""
    numbers = {row.event_id: details_of(row)["reportId"] for row in rows}
    found = Report.objects.select_related("case").in_bulk(list(numbers.values()))
    return {row.event_id: encode(_report(row, numbers[row.event_id], found)) for row in rows}


def _report(row: Row, report_id: int, found: Mapping[int, Report]) -> dict[str, Any]:
    report = found.get(report_id)
    if report is None:
        return {"reportId": report_id, "roomId": row.room_id, "gone": True}
    return {
        "reportId": report_id,
        "caseId": report.case_id,
        "roomId": row.room_id,
        "reason": report.reason,
        "urgent": report.case.is_urgent,
        "subject": report.case.subject,
    }


def concern(row: Row) -> bytes:
    """Not about whom: that is in the admin."""
    return encode({**details_of(row), "roomId": row.room_id})


def read_mark(row: Row) -> bytes:
    return encode({"roomId": row.room_id, "memberId": row.member_id, "seq": row.seq})


def erased(row: Row) -> bytes:
    """That all is done; the receipt is asked for."""
    return encode({"memberId": row.member_id, **details_of(row)})
