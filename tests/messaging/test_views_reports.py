"""REST of who reports: the receipt, what became of it, and every way to get it wrong."""

import json
from typing import Any

import pytest
from django.test import Client

from messaging.moderation import cases
from messaging.moderation_models import Case, Report
from rooms.models import Room
from tests.factories import ALICE, BOB, CHARLIE, token_for
from tests.messaging.moderation.reported import NOON, STAFF
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(room: Room) -> Room:
    say(room, "one", "an insult", sender_id=BOB)
    return room


def call(method: str, path: str, body: Any = None, *, by: int = ALICE) -> tuple[str, Any]:
    client = Client(headers={"access": token_for(by)})
    data = b"" if body is None else json.dumps(body)
    answer = client.generic(method, f"/v1/chat/{path}", data, content_type="application/json")
    return answer.json()["code"], answer.json().get("data")


def test_who_reports_gets_a_receipt_and_later_the_decision_with_its_reason(garden: Room) -> None:
    body = {"roomId": garden.pk, "seq": 2, "reason": "abuse", "words": "  계속 놀려요. "}
    code, receipt = call("POST", "reports", body)
    assert code == "S-001"
    _code, answer = call("GET", "me/reports")
    (mine,) = answer["reports"]
    assert (mine["reportId"], mine["dueAt"]) == (receipt["reportId"], receipt["dueAt"])
    assert (mine["about"], mine["seq"], mine["memberId"], mine["words"]) == ("message", 2, BOB, "계속 놀려요.")
    assert (mine["outcome"], mine["decision"], mine["decidedAt"]) == (None, "", None)
    assert call("POST", "reports", body) == (code, receipt)

    cases.close(Case.objects.get(), by=STAFF, outcome="hidden", reason="놀리는 말", until=None, now=NOON)
    _code, answer = call("GET", "me/reports")
    assert (answer["reports"][0]["outcome"], answer["reports"][0]["decision"]) == ("hidden", "놀리는 말")
    assert answer["reports"][0]["decidedAt"].startswith("2026-11-22T03:00:00")
    assert call("GET", "me/reports", by=BOB)[1] == {"reports": [], "next": None}


def test_reports_come_in_pages_the_newest_first(garden: Room) -> None:
    for about in ({"seq": 1}, {"seq": 2}, {"memberId": BOB}, {}):
        assert call("POST", "reports", {"roomId": garden.pk, "reason": "other", **about})[0] == "S-001"
    _code, first = call("GET", "me/reports?limit=3")
    assert [one["about"] for one in first["reports"]] == ["room", "member", "message"]
    _code, rest = call("GET", f"me/reports?limit=3&before={first['next']}")
    assert ([one["seq"] for one in rest["reports"]], rest["next"]) == ([1], None)


@pytest.mark.parametrize(
    ("body", "by", "code"),
    [
        ({"seq": 1, "reason": "abuse"}, CHARLIE, "E-AU002"),
        ({"seq": 9, "reason": "abuse"}, ALICE, "E-MS001"),
        ({"seq": 1, "reason": "boring"}, ALICE, "E-C001"),
        ({"seq": 1}, ALICE, "E-C001"),
        ({"seq": 0, "reason": "abuse"}, ALICE, "E-C001"),
        ({"seq": "1", "reason": "abuse"}, ALICE, "E-C001"),
        ({"seq": 1, "reason": "abuse", "words": "x" * 1_001}, ALICE, "E-C001"),
        ({"seq": 1, "reason": "abuse", "words": "a\x00b"}, ALICE, "E-C001"),
        ({"seq": 1, "reason": "abuse"}, BOB, "E-C001"),
        ({"memberId": 12_345, "reason": "abuse"}, ALICE, "E-M001"),
        ({"roomId": 999_999, "reason": "abuse"}, ALICE, "E-R001"),
    ],
)
def test_what_cannot_be_reported_is_refused_with_its_code(garden: Room, body: Any, by: int, code: str) -> None:
    assert call("POST", "reports", {"roomId": garden.pk, **body}, by=by)[0] == code
    assert not Report.objects.exists()
