"""Exports of members, for the main server: it hands them to its members, who ask there."""

from typing import Any

from rest_framework.request import Request

from chatproject.errors import MemberNotFound
from chatproject.http.api import parse_body, parse_id
from chatproject.server_api.endpoints import ServerView, reads, writes
from chatproject.server_api.models import Scope
from messaging.personal.exports import asking
from messaging.personal.exports.answers import EXPORT, READY_EXAMPLE, WAITING_EXAMPLE, export_object
from messaging.server_views.described import MEMBER_ID_IN_PATH, acting_of
from messaging.views_exports import ASKED, ExportBody, language_of
from rooms.selectors import require_member


class ServerExport(ServerView):
    @reads(
        "How far a member's export is, whoever asked for it, and where it is got",
        scope=Scope.PERSONAL,
        parameters=[MEMBER_ID_IN_PATH],
        data=EXPORT,
        example=READY_EXAMPLE,
        refusals=[MemberNotFound],
    )
    def get(self, request: Request, member_id: str) -> Any:
        number = require_member(member_id=parse_id(member_id, name="memberId")).member_id
        return export_object(asking.newest(member_id=number), caller=None, now=self.now)

    @writes(
        "Have everything packed that is kept of a member; what is under way, or can be had still, stays as it is",
        scope=Scope.PERSONAL,
        parameters=[MEMBER_ID_IN_PATH],
        body=ASKED,
        data=EXPORT,
        example=WAITING_EXAMPLE,
        refusals=[MemberNotFound],
    )
    def post(self, request: Request, member_id: str) -> Any:
        language = language_of(parse_body(request, ExportBody))
        number = require_member(member_id=parse_id(member_id, name="memberId")).member_id
        by = acting_of(request).logged
        asked = asking.ask(member_id=number, by=by, language=language, now=self.now)
        return export_object(asked, caller=None, now=self.now)
