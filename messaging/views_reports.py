"""REST of who reports something, and hears what became of it."""

from typing import Annotated, Any

import msgspec
from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.errors import MessageDeleted, MessageNotFound, NotInRoom, RoomNotFound
from chatproject.http.api import BIGINT_MAX, caller_of, parse_body, query_integer
from chatproject.http.openapi import INTEGER_ID, Json, describe, list_of, object_of, optional, query
from chatproject.room_errors import MessageHidden
from messaging.managers import tell_managers
from messaging.moderation import reporting
from messaging.moderation.reasons import Reason
from messaging.moderation.reporting import Complaint
from messaging.moderation_models import Case, Report
from messaging.views_mine import limit_of, limit_parameter
from messaging.wire.times import wire_time
from rooms.services import mirror_member
from rooms.telling import tell

WORDS_MAX_CHARACTERS = 1_000
REPORTS_MAX, REPORTS_DEFAULT = 100, 30
Id = Annotated[int, Meta(ge=1, le=BIGINT_MAX)]
Words = Annotated[str, Meta(max_length=WORDS_MAX_CHARACTERS)]

TIME: Json = {"type": "string", "format": "date-time"}
TEXT: Json = {"type": "string"}
REASON: Json = {"enum": list(Reason.values)}
ABOUT: Json = {"enum": list(Case.Subject.values)}
OUTCOME: Json = {"enum": list(Case.Outcome.values)}
COMPLAINT: Json = {
    "type": "object",
    "properties": {
        "roomId": INTEGER_ID,
        "seq": INTEGER_ID,
        "memberId": INTEGER_ID,
        "reason": REASON,
        "words": {"type": "string", "maxLength": WORDS_MAX_CHARACTERS},
    },
    "required": ["roomId", "reason"],
}
RECEIPT = object_of(reportId=INTEGER_ID, dueAt=TIME)
RECEIPT_EXAMPLE = {"reportId": 9, "dueAt": "2026-11-23T09:10:00.123456Z"}
MY_REPORT = object_of(
    reportId=INTEGER_ID,
    roomId=INTEGER_ID,
    roomName=TEXT,
    about=ABOUT,
    seq=optional(INTEGER_ID),
    memberId=optional(INTEGER_ID),
    reason=REASON,
    words=TEXT,
    madeAt=TIME,
    dueAt=TIME,
    outcome=optional(OUTCOME),
    decision=TEXT,
    decidedAt=optional(TIME),
)
MY_REPORT_EXAMPLE = {
    "reportId": 9,
    "roomId": 1,
    "roomName": "고민상담방",
    "about": "message",
    "seq": 4,
    "memberId": 2,
    "reason": "abuse",
    "words": "계속 놀려요.",
    "madeAt": "2026-11-22T09:10:00.123456Z",
    "dueAt": "2026-11-23T09:10:00.123456Z",
    "outcome": "hidden",
    "decision": "다른 사람을 놀리는 말이에요.",
    "decidedAt": "2026-11-22T10:00:00.000000Z",
}


class ComplaintBody(msgspec.Struct, frozen=True, rename="camel"):
    room_id: Id
    reason: Reason
    seq: Id | None = None
    member_id: Id | None = None
    words: Words = ""


class MakeReport(APIView):
    @describe(
        "Report a message, a member or, with neither, the room; the same again while it is open: the same report",
        body=COMPLAINT,
        data=RECEIPT,
        example=RECEIPT_EXAMPLE,
        refusals=[RoomNotFound, NotInRoom, MessageNotFound, MessageDeleted, MessageHidden],
    )
    def post(self, request: Request) -> Response:
        body = parse_body(request, ComplaintBody)
        member_id = mirror_member(caller=caller_of(request)).member_id
        complaint = Complaint(
            room_id=body.room_id,
            seq=body.seq,
            member_id=body.member_id,
            reason=body.reason,
            words=body.words.strip(),
        )
        made, is_new = reporting.report(reporter_id=member_id, complaint=complaint, now=timezone.now())
        if is_new and not made.case.is_for_staff:
            tell_managers(request, made.case.room_id)
        if complaint.reason == Reason.SELF_HARM:
            tell(request, lambda server: server.care.tell(complaint.room_id, "report"))
        return Response({"reportId": made.pk, "dueAt": wire_time(made.case.due_at)})


class ListMyReports(APIView):
    @describe(
        "What the caller reported, the newest first, and what was decided",
        parameters=[
            query("before", INTEGER_ID, "The `next` of the page before.", example=17, required=False),
            limit_parameter(maximum=REPORTS_MAX, default=REPORTS_DEFAULT),
        ],
        data=object_of(reports=list_of(MY_REPORT), next=optional(INTEGER_ID)),
        example={"reports": [MY_REPORT_EXAMPLE], "next": None},
    )
    def get(self, request: Request) -> Response:
        before = query_integer(request, "before", minimum=1)
        limit = limit_of(request, maximum=REPORTS_MAX, default=REPORTS_DEFAULT)
        member_id = mirror_member(caller=caller_of(request)).member_id
        reports = Report.objects.filter(reporter_id=member_id).select_related("case").order_by("-report_id")
        if before is not None:
            reports = reports.filter(report_id__lt=before)
        page = list(reports[: limit + 1])
        following = page[limit - 1].pk if len(page) > limit else None
        return Response({"reports": [_my_report(report) for report in page[:limit]], "next": following})


def _my_report(report: Report) -> dict[str, Any]:
    case = report.case
    return {
        "reportId": report.pk,
        "roomId": case.room_id,
        "roomName": case.room_name,
        "about": case.subject,
        "seq": case.seq,
        "memberId": case.member_id,
        "reason": report.reason,
        "words": report.words,
        "madeAt": wire_time(report.made_at),
        "dueAt": wire_time(case.due_at),
        "outcome": case.outcome or None,
        "decision": case.reason,
        "decidedAt": case.decided_at and wire_time(case.decided_at),
    }
