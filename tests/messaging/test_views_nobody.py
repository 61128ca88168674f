"""What a token that speaks for no member is told, wherever it comes."""

import json
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from rooms.models import Member
from tests.factories import ALICE, make_group_room, make_private_room, token_for

NOBODY, NO_ROOM = 999, 999_999
RUN_ID = "0190a3c4-7b1e-7cc2-9f00-0123456789ab"
# about rooms that everybody may know of; and whom a ticket brings is asked when it is used
FOR_ANY_TOKEN = {"/v1/chat/room/group", "/v1/chat/room/group/list", "/v1/chat/ticket"}
BODIES = {  # of what needs one before it asks who it is
    "/v1/chat/me/assistant": {"readable": False},
    "/v1/chat/room/{roomId}/assistant": {"name": "도우미", "persona": "", "mode": "off"},
    "/v1/chat/room/{roomId}/join-requests/{memberId}": {"admit": True},
    "/v1/chat/room/{roomId}/members/{memberId}/role": {"role": "member"},
    "/v1/chat/room/{roomId}/message/{seq}": {"message": "hello"},
    "/v1/chat/room/{roomId}/message/{seq}/hiding": {"reason": "spam"},
    "/v1/chat/room/{roomId}/notifications": {"level": "all"},
    "/v1/chat/room/{roomId}/mine": {"pinned": True},
    "/v1/chat/me/notifications": {"keywords": []},
    "/v1/chat/room/{roomId}/cases/{caseId}/decision": {"outcome": "dismissed", "reason": "…"},
    "/v1/chat/room/{roomId}/held/{heldId}": {"release": True},
    "/v1/chat/room/{roomId}/filter-rules": {"pattern": "nonsense"},
    "/v1/chat/push": {"endpoint": "https://updates.example/1", "keys": {"p256dh": "", "auth": ""}},
    "/v1/chat/reports": {"roomId": 1, "reason": "other"},
    "/v1/chat/me/sanctions/{sanctionId}/objection": {"words": "It was not me."},
    "/v1/chat/room/{roomId}/concerns/{concernId}": {"state": "seen"},
    "/v1/chat/room/{roomId}/duty": {"onDuty": False},
    "/v1/chat/room/{roomId}/file": {"name": "cat.jpg", "size": 1, "type": "image/jpeg"},
    "/v1/chat/room/{roomId}/file/{fileId}": {"alt": "a cat"},
    "/v1/chat/room/{roomId}/members/{memberId}/mute": {"until": "2026-11-22T10:00:00Z", "reason": "flooding"},
    "/v1/chat/room/{roomId}/members/{memberId}/removal": {"reason": "insults"},
}


def operations() -> list[tuple[str, str]]:
    """Method and path of everything that needs a token."""
    paths: dict[str, Any] = SchemaGenerator().get_schema(public=True)["paths"]  # type: ignore[no-untyped-call]
    return [
        (method, path)
        for path, described in paths.items()
        for method in described
        if path.startswith("/v1/chat/") and path not in FOR_ANY_TOKEN
    ]


def told(method: str, path: str, room_id: int) -> tuple[int, str]:
    names = ("sanctionId", "heldId", "ruleId", "concernId", "caseId", "seq", "fileId", "pushId", "inviteId")
    numbers = dict.fromkeys(names, 1)
    there = path.format(roomId=room_id, runId=RUN_ID, memberId=ALICE, key="heart", code="abc", **numbers)
    query = f"?roomId={room_id}&roomName=Neighbours&otherMemberId={ALICE}&q=garden&memberIds={ALICE}"
    answer = Client().generic(
        method.upper(),
        there + query,
        data=json.dumps(BODIES.get(path, {})),
        content_type="application/json",
        headers={"access": token_for(NOBODY)},
    )
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(("method", "path"), operations())
def test_nobody_is_told_so_and_not_that_a_room_is_closed_to_them(
    alice: Member, bob: Member, method: str, path: str
) -> None:
    rooms = [make_group_room("Garden", alice).pk, make_private_room(alice, bob).pk, NO_ROOM]

    assert {told(method, path, room_id) for room_id in rooms} == {(404, "E-M001")}
