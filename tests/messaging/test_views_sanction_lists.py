"""REST of what was done: read by whom it met and by managers; objected to."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from messaging.wire.times import moment_of
from rooms.models import Member, Participant, Room
from rooms.moderation import imposing, ranks
from rooms.moderation_models import Objection, Sanction
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, token_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(alice: Member, bob: Member, charlie: Member) -> Room:
    """Staff have muted Bob in a room of Alice's for a day."""
    room = make_group_room("Garden", alice, bob)
    Participant.objects.filter(room=room, member=alice).update(role="owner")
    now = datetime.now(UTC)
    imposing.mute(
        room_id=room.pk, member_id=BOB, until=now + timedelta(days=1), reason="=SPAM", by=ranks.staff(), now=now
    )
    return room


def call(method: str, path: str, member_id: int, body: Any = None) -> tuple[int, Any]:
    """Status, and the data or the code."""
    text = b"" if body is None else json.dumps(body).encode()
    answer = Client().generic(
        method, f"/v1/chat{path}", text, "application/json", headers={"access": token_for(member_id)}
    )
    envelope = answer.json()
    return answer.status_code, envelope["data"] if envelope["status"] == "SUCCESS" else envelope["code"]


def test_bob_reads_his_sanctions_in_wire_times_and_objects_once(garden: Room) -> None:
    status, page = call("GET", "/me/sanctions", BOB)
    [entry] = page["sanctions"]
    assert (status, page["next"], entry["reason"], entry["by"], entry["mayObject"]) == (
        200,
        None,
        "=SPAM",
        "staff",
        True,
    )
    assert moment_of(entry["until"]) == Sanction.objects.get().until
    path = f"/me/sanctions/{entry['sanctionId']}/objection"
    assert call("POST", path, BOB, {"words": "It was not me."}) == (
        200,
        {"objectionId": Objection.objects.get().pk},
    )
    assert call("POST", path, BOB, {"words": "Really!"}) == (409, "E-MO010")
    [entry] = call("GET", "/me/sanctions", BOB)[1]["sanctions"]
    assert (entry["mayObject"], entry["objection"]["words"]) == (False, "It was not me.")
    moment_of(entry["objection"]["madeAt"])


def test_others_have_none_and_object_to_none(garden: Room) -> None:
    assert call("GET", "/me/sanctions", ALICE)[1]["sanctions"] == []
    path = f"/me/sanctions/{Sanction.objects.get().pk}/objection"
    assert call("POST", path, ALICE, {"words": "I object for him."}) == (404, "E-MO012")
    assert call("POST", path, BOB, {"words": " "}) == (400, "E-C001")
    assert call("POST", "/me/sanctions/x/objection", BOB, {"words": "a"}) == (400, "E-C001")


def test_managers_read_the_rooms_sanctions_and_its_log(garden: Room) -> None:
    _status, page = call("GET", f"/room/{garden.pk}/sanctions", ALICE)
    [entry] = page["sanctions"]
    assert (entry["member"]["memberId"], entry["imposedBy"], entry["isInForce"]) == (BOB, None, True)
    assert call("GET", f"/room/{garden.pk}/sanctions?ended=1", ALICE)[1] == page
    _status, log = call("GET", f"/room/{garden.pk}/audit?limit=1", ALICE)
    assert [(line["number"], line["act"], line["by"]) for line in log["entries"]] == [(1, "mute", "staff")]
    moment_of(log["entries"][0]["at"])


@pytest.mark.parametrize("what", ["sanctions", "audit"])
def test_nobody_else_reads_them(garden: Room, what: str) -> None:
    path = f"/room/{garden.pk}/{what}"
    assert call("GET", path, BOB) == (403, "E-MS007")
    assert call("GET", path, CHARLIE) == (403, "E-AU002")
    assert call("GET", f"/room/999999/{what}", ALICE) == (404, "E-R001")
    for query in ("limit=0", "limit=201", "before=0", "before=x"):
        assert call("GET", f"{path}?{query}", ALICE) == (400, "E-C001")
