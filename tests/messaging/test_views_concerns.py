"""REST of managers who look after people."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from messaging.care_models import Concern
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB, token_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def concern(room: Room) -> Concern:
    """About Bob; Alice owns the room."""
    Participant.objects.filter(member_id=ALICE).update(role="owner")
    return Concern.objects.create(
        room_id=room.pk, member_id=BOB, seq=1, source="words", raised_at=datetime(2026, 11, 22, 9, tzinfo=UTC)
    )


def call(method: str, path: str, body: Any = None, *, by: int = ALICE) -> tuple[int, Any]:
    answer = Client().generic(
        method,
        f"/v1/chat/room/{path}",
        data=b"" if body is None else json.dumps(body),
        content_type="application/json",
        headers={"access": token_for(by)},
    )
    return answer.status_code, answer.json().get("data") or answer.json()["code"]


def test_a_manager_lists_sees_and_closes(concern: Concern) -> None:
    place = f"{concern.room_id}/concerns"
    status, listed = call("GET", place)
    assert status == 200
    assert listed["concerns"] == [
        {
            "concernId": concern.pk,
            "roomId": concern.room_id,
            "memberId": BOB,
            "nickName": "Bob",
            "seq": 1,
            "source": "words",
            "raisedAt": "2026-11-22T09:00:00.000000Z",
            "state": "open",
            "note": "",
            "seenBy": None,
            "seenAt": None,
            "closedAt": None,
        }
    ]
    status, seen = call("PUT", f"{place}/{concern.pk}", {"state": "seen", "note": "이야기 중"})
    assert (status, seen["state"], seen["seenBy"], seen["note"]) == (200, "seen", ALICE, "이야기 중")
    assert call("GET", f"{place}?state=open")[1] == {"concerns": []}
    assert call("PUT", f"{place}/{concern.pk}", {"state": "closed"})[0] == 200
    assert call("PUT", f"{place}/{concern.pk}", {"state": "closed"}) == (409, "E-MO008")


def test_what_is_wrong_is_refused(concern: Concern) -> None:
    place = f"{concern.room_id}/concerns"

    assert call("GET", place, by=BOB) == (403, "E-MS007")
    assert call("GET", f"{place}?state=gone")[0] == 400
    assert call("PUT", f"{place}/{concern.pk}", {"state": "open"})[0] == 400
    assert call("PUT", f"{place}/{concern.pk}", {"state": "seen", "note": "x" * 501})[0] == 400
    assert call("PUT", f"{place}/{concern.pk}", {"state": "seen", "note": "\ud800"})[0] == 400
    assert call("PUT", f"{place}/999999", {"state": "seen"}) == (404, "E-MO012")


def test_a_manager_says_whether_to_be_told(concern: Concern) -> None:
    place = f"{concern.room_id}/duty"

    assert call("PUT", place, {"onDuty": False}) == (200, {"onDuty": False})
    assert not Participant.objects.get(member_id=ALICE).on_duty
    assert call("PUT", place, {"onDuty": False}, by=BOB) == (403, "E-MS007")
