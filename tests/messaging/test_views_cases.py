"""REST of a room's cases: who sees and decides which, in which order, and what nobody learns."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from chatproject.asgi import Process
from messaging.moderation_models import Case
from rooms.models import Room
from tests.factories import ALICE, BOB, CHARLIE, token_for
from tests.messaging.moderation.reported import HOUR, case_about, report
from tests.messaging.people import TIMEOUT_S, in_thread
from tests.messaging.reported_room import DANA, fill
from tests.messaging.sockets.connected import opened_v2

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def garden(room: Room) -> Room:
    return fill(room, "an insult", "a threat", "<b>bold</b>")


def call(method: str, path: str, body: Any = None, *, by: int = DANA, **claims: Any) -> tuple[str, Any]:
    client = Client(headers={"access": token_for(by, **claims)})
    data = b"" if body is None else json.dumps(body)
    answer = client.generic(method, f"/v1/chat/room/{path}", data, content_type="application/json")
    return answer.json()["code"], answer.json().get("data")


def test_managers_see_what_waits_with_its_evidence_and_without_who_reported(garden: Room) -> None:
    now = timezone.now()
    late = report(garden, by=CHARLIE, seq=1, words="계속 이래요.", now=now - 25 * HOUR).case
    report(garden, by=ALICE, seq=1, now=now)
    urgent = case_about(garden, by=CHARLIE, member_id=BOB, reason="self_harm", now=now)
    code, page = call("GET", f"{garden.pk}/cases")
    assert (code, [case["caseId"] for case in page["cases"]]) == ("S-001", [urgent.pk, late.pk])
    shown = page["cases"][1]
    assert (shown["isLate"], shown["urgent"], shown["reportCount"]) == (True, False, 2)
    assert (shown["reasons"], shown["words"]) == ([{"reason": "abuse", "count": 2}], ["계속 이래요."])
    assert [line["message"] for line in shown["evidence"]] == ["an insult", "a threat", "<b>bold</b>"]
    assert "Charlie" not in json.dumps(page)
    assert shown["outcomes"] == ["dismissed", "hidden", "muted", "removed", "cared"]


def test_nobody_sees_what_is_about_them_or_who_is_not_below_them(garden: Room) -> None:
    about_dana = case_about(garden, by=CHARLIE, member_id=DANA)
    about_owner = case_about(garden, by=CHARLIE, member_id=ALICE)
    about_room = case_about(garden, by=CHARLIE)
    seen = {
        by: {case["caseId"] for case in call("GET", f"{garden.pk}/cases", by=by)[1]["cases"]}
        for by in (DANA, ALICE)
    }
    assert seen == {DANA: set(), ALICE: {about_dana.pk}}
    admins = call("GET", f"{garden.pk}/cases", by=CHARLIE, role="ADMIN")[1]["cases"]
    assert {case["caseId"] for case in admins} == {about_dana.pk, about_owner.pk, about_room.pk}
    assert call("GET", f"{garden.pk}/cases", by=BOB)[0] == "E-MS007"
    assert call("GET", f"{garden.pk}/cases?decided=perhaps")[0] == "E-C001"


def test_a_claim_and_a_decision(garden: Room) -> None:
    case = case_about(garden, by=CHARLIE, seq=1)
    path = f"{garden.pk}/cases/{case.pk}"
    code, claimed = call("PUT", f"{path}/claim")
    assert (code, claimed["isMine"], claimed["claimedUntil"] is not None) == ("S-001", True, True)
    assert call("PUT", f"{path}/claim", by=ALICE)[0] == "E-MO011"
    decision = {"outcome": "dismissed", "reason": "괜찮은 말이에요."}
    assert call("PUT", f"{path}/decision", decision, by=ALICE)[0] == "E-MO011"
    code, decided = call("PUT", f"{path}/decision", decision)
    assert (code, decided["outcome"], decided["decision"]) == ("S-001", "dismissed", "괜찮은 말이에요.")
    assert decided["outcomes"] == []
    assert call("PUT", f"{path}/decision", decision)[0] == "E-MO008"
    assert call("GET", f"{garden.pk}/cases")[1]["cases"] == []
    assert call("GET", f"{garden.pk}/cases?decided=true")[1]["cases"][0]["caseId"] == case.pk


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        ({"outcome": "dismissed"}, "E-C001"),
        ({"outcome": "dismissed", "reason": " "}, "E-C001"),
        ({"outcome": "banished", "reason": "x"}, "E-C001"),
        ({"outcome": "measure", "reason": "x"}, "E-C001"),
        ({"outcome": "muted", "reason": "x"}, "E-C001"),
        ({"outcome": "muted", "reason": "x", "until": "tomorrow"}, "E-C001"),
        ({"outcome": "removed", "reason": "x", "until": "2020-01-01T00:00:00Z"}, "E-C001"),
        ({"outcome": "dismissed", "reason": "x" * 201}, "E-C001"),
    ],
)
def test_what_cannot_be_decided_is_refused(garden: Room, decision: Any, code: str) -> None:
    case = case_about(garden, by=CHARLIE, seq=1)
    assert call("PUT", f"{garden.pk}/cases/{case.pk}/decision", decision)[0] == code


def test_a_case_of_another_room_is_not_there(garden: Room, alice: Any) -> None:
    case = case_about(garden, by=CHARLIE, seq=1)
    other = Room.objects.create(name="Orchard")
    assert call("PUT", f"{other.pk}/cases/{case.pk}/claim", by=ALICE)[0] == "E-MO012"
    assert call("PUT", f"{garden.pk}/cases/999999/claim")[0] == "E-MO012"


async def test_a_decision_is_heard_by_both_sides_on_live_sockets(
    process: Process, http: httpx.AsyncClient, room: Room
) -> None:
    garden = await in_thread(lambda: fill(room, "an insult"))
    bob, charlie = [await opened_v2(process, member_id, garden.pk) for member_id in (BOB, CHARLIE)]
    elsewhere = await opened_v2(process, CHARLIE)  # listens to no room
    report_body = {"roomId": garden.pk, "seq": 1, "reason": "abuse"}
    made = await http.post("/v1/chat/reports", json=report_body, headers={"access": token_for(CHARLIE)})
    (case_id,) = await in_thread(lambda: list(Case.objects.values_list("pk", flat=True)))
    decision = {"outcome": "removed", "reason": "놀리는 말", "hide": True}
    path = f"/v1/chat/room/{garden.pk}/cases/{case_id}/decision"
    answer = await http.put(path, json=decision, headers={"access": token_for(DANA)})
    assert answer.status_code == 200, answer.text
    assert (await charlie.gets("left"))["memberId"] == BOB
    heard = {"reportId": made.json()["data"]["reportId"], "outcome": "removed", "reason": "놀리는 말"}
    for socket in (charlie, elsewhere):
        frame = await socket.gets("report")
        assert {key: frame[key] for key in heard} == heard
    acts = [await bob.gets("sanction"), await bob.gets("sanction")]
    assert {frame["act"] for frame in acts} == {"hide", "remove"}
    assert (await bob.gets("removed"))["reason"] == "removed"


@pytest.fixture
async def http(process: Process) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=process)  # type: ignore[arg-type]  # typed narrowly there
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=TIMEOUT_S) as client:
        yield client
