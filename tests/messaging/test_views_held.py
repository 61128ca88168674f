"""REST of what is held and of a room's rules, as managers call it and as others try."""

import json
from typing import Any

import pytest
from django.test import Client

from messaging.models import Message
from messaging.moderation_models import FilterRule, HeldMessage
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, CHARLIE, token_for
from tests.messaging.moderation.holding import make_held
from tests.rooms.moderation.cast import make_garden

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def garden(alice: Member, bob: Member, charlie: Member) -> Room:
    return make_garden(alice, charlie, bob)


def call(method: str, path: str, member_id: int = ALICE, body: Any = None) -> tuple[int, str, Any]:
    sent = b"" if body is None else json.dumps(body).encode()
    answer = Client().generic(
        method, f"/v1/chat{path}", sent, "application/json", headers={"access": token_for(member_id)}
    )
    envelope = answer.json()
    return answer.status_code, envelope.get("code", ""), envelope.get("data")


def test_a_manager_lets_one_go_and_rejects_another(garden: Room) -> None:
    one, other = make_held(garden, "one"), make_held(garden, "other", client=2)
    path = f"/room/{garden.pk}/held"
    assert [row["message"] for row in call("GET", path)[2]["held"]] == ["one", "other"]
    assert call("PUT", f"{path}/{one.pk}", CHARLIE, {"release": True})[2] == {
        "heldId": one.pk,
        "state": "released",
        "seq": 1,
    }
    assert call("PUT", f"{path}/{other.pk}", CHARLIE, {"release": False})[:2] == (400, "E-C001")
    assert call("PUT", f"{path}/{other.pk}", CHARLIE, {"release": False, "reason": "광고"})[0] == 200
    assert call("PUT", f"{path}/{one.pk}", ALICE, {"release": False, "reason": "no"})[:2] == (409, "E-MO008")
    assert call("PUT", f"{path}/{other.pk}", ALICE, {"release": True})[:2] == (409, "E-MO008")
    assert list(Message.objects.values_list("contents", "sender_id", "seq")) == [("one", BOB, 1)]
    mine = call("GET", "/me/held", BOB)[2]["held"]
    assert [(row["state"], row["seq"], row["reason"]) for row in mine] == [
        ("rejected", None, "광고"),
        ("released", 1, ""),
    ]


def test_others_decide_nothing(garden: Room) -> None:
    held = make_held(garden)
    path = f"/room/{garden.pk}/held"
    assert call("GET", path, BOB)[:2] == (403, "E-MS007")
    assert call("PUT", f"{path}/{held.pk}", BOB, {"release": True})[:2] == (403, "E-MS007")
    assert call("PUT", f"{path}/{held.pk + 1}", ALICE, {"release": True})[:2] == (404, "E-MO012")
    assert call("PUT", f"{path}/x", ALICE, {"release": True})[:2] == (400, "E-C001")
    assert call("GET", "/room/999/held")[:2] == (404, "E-R001")
    assert HeldMessage.objects.get().state == "waiting"


def test_who_left_cannot_be_let_speak(garden: Room) -> None:
    held = make_held(garden)
    garden.participants.filter(member_id=BOB).delete()
    path = f"/room/{garden.pk}/held/{held.pk}"
    assert call("PUT", path, body={"release": True})[:2] == (403, "E-AU002")
    assert call("PUT", path, body={"release": False, "reason": "left"})[0] == 200


def test_managers_keep_the_rooms_own_rules(garden: Room) -> None:
    path = f"/room/{garden.pk}/filter-rules"
    rule = call("POST", path, CHARLIE, {"pattern": "젠장"})[2]
    assert (rule["pattern"], rule["action"]) == ("젠장", "hold")
    assert call("POST", path, CHARLIE, {"pattern": "젠"})[0] == 200  # a syllable with a final
    assert call("POST", path, CHARLIE, {"pattern": "가"})[:2] == (400, "E-C001")
    assert call("POST", path, BOB, {"pattern": "젠장"})[:2] == (403, "E-MS007")
    assert len(call("GET", path)[2]["rules"]) == 2
    assert call("GET", path, BOB)[:2] == (403, "E-MS007")
    assert call("DELETE", f"{path}/{rule['ruleId']}")[0] == 200
    assert call("DELETE", f"{path}/{rule['ruleId']}")[:2] == (404, "E-MO012")
    assert FilterRule.objects.count() == 1
