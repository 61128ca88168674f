"""REST of invitations: shapes, codes, and coming in by one."""

from typing import Any

import pytest
from django.test import Client

from rooms.models import Room
from tests.factories import ALICE, BOB, CHARLIE, give_role, token_for
from tests.messaging.test_views import V1, code, data

pytestmark = pytest.mark.django_db


def invite(room: Room, body: dict[str, Any], *, by: int = BOB) -> Any:
    client = Client(headers={"access": token_for(by)})
    answer = client.post(f"{V1}/room/{room.pk}/invite", body, content_type="application/json").json()
    return answer.get("data", answer["code"])


def test_an_invitation_is_made_shown_used_listed_and_ended(room: Room, charlie: object) -> None:
    made = invite(room, {"days": 1, "uses": 2})
    shown = data("GET", f"/invite/{made['code']}", by=CHARLIE)
    assert (shown["roomId"], shown["memberCount"], shown["isMine"]) == (room.pk, 2, False)
    assert data("POST", f"/room/group/{room.pk}/join", by=CHARLIE, invite=made["code"]) is None
    [listed] = data("GET", f"/room/{room.pk}/invite")["invites"]
    terms = {"inviteId": made["inviteId"], "expiresAt": made["expiresAt"], "uses": 2}
    assert listed.pop("madeAt") < listed["expiresAt"]
    assert listed == {**terms, "used": 1, "memberId": BOB, "nickName": "Bob"}
    assert made == {**terms, "used": 0, "code": made["code"]}
    path = f"/room/{room.pk}/invite/{made['inviteId']}"
    assert (data("DELETE", path), code("DELETE", path)) == (None, (404, "E-MO012"))
    assert code("GET", f"/invite/{made['code']}") == (404, "E-R005")


def test_what_is_refused(room: Room) -> None:
    assert invite(room, {"days": 31}) == invite(room, {"uses": -1}) == "E-C001"
    assert invite(room, {}, by=CHARLIE) == "E-AU002"
    Room.objects.filter(pk=room.pk).update(joining="code")
    give_role(room, ALICE)
    assert invite(room, {}) == "E-MS007"
    assert invite(room, {}, by=ALICE)["uses"] == 0
    assert code("POST", f"/room/group/{room.pk}/join", by=CHARLIE, invite="x" * 65) == (400, "E-C001")
    assert code("POST", f"/room/group/{room.pk}/join", by=CHARLIE, invite="x") == (404, "E-R005")
