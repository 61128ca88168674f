"""Being somebody in the demo: its members, and tokens for them. Outside `make run` there is nothing here."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from chatproject.errors import ChatError, MemberNotFound, MethodNotAllowed, PathNotFound
from chatproject.http.api import json_failure, parse_id, success
from messaging.management.commands.seed_demo import MEMBERS
from rooms.management.commands.issue_token import sign_token

TOKEN_HOURS = 24.0


def demo_members() -> list[dict[str, Any]]:
    return [
        {"memberId": member_id, "nickName": nickname, "role": role}
        for member_id, (nickname, role) in MEMBERS.items()
    ]


@csrf_exempt  # nobody is signed in here, and no other origin can read the answer
def demo_token(request: HttpRequest) -> JsonResponse:
    """An access token for the demo's member `memberId`: E-C006, as any wrong path, where no demo runs."""
    try:
        token = _demo_token(request)
    except ChatError as error:
        return json_failure(error)
    answer = JsonResponse(success({"access": token}))
    answer["Cache-Control"] = "no-store"
    return answer


def _demo_token(request: HttpRequest) -> str:
    if not settings.DEMO:
        raise PathNotFound
    if request.method != "POST":
        raise MethodNotAllowed
    member_id = parse_id(request.GET.get("memberId", ""), name="memberId")
    if member_id not in MEMBERS:
        raise MemberNotFound
    _nickname, role = MEMBERS[member_id]
    return sign_token(member_id, role=role, hours=TOKEN_HOURS)
