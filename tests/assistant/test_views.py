"""Settings, consent and receipts as clients see them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from assistant.models import AssistantRun
from rooms.models import Room
from rooms.services import add_participant, create_group_room
from tests.factories import ALICE, BOB, CHARLIE, caller, make_member, token_for

pytestmark = pytest.mark.django_db

GOOD = {"mode": "drafts", "name": "코코", "persona": "천천히 들어요."}


@pytest.fixture
def garden() -> Room:
    """Alice made it, Bob is in it, Charlie is not."""
    for member_id, nickname in ((ALICE, "Alice"), (BOB, "Bob"), (CHARLIE, "Charlie")):
        make_member(member_id, nickname)
    room = create_group_room(caller=caller(ALICE), name="Garden")
    add_participant(room_id=room.room_id, member_id=BOB)
    return room


def get(path: str, member_id: int = ALICE, **claims: Any) -> tuple[int, Any]:
    answer = Client().get(f"/v1/chat{path}", headers={"access": token_for(member_id, **claims)})
    return answer.status_code, answer.json()


def put(path: str, body: Any, member_id: int = ALICE, **claims: Any) -> tuple[int, Any]:
    """`body` is sent as JSON, or as it is where it is text."""
    answer = Client().put(
        f"/v1/chat{path}",
        body if isinstance(body, str) else json.dumps(body),
        content_type="application/json",
        headers={"access": token_for(member_id, **claims)},
    )
    return answer.status_code, answer.json()


def test_alice_sets_the_rooms_assistant_and_bob_sees_it(garden: Room) -> None:
    path = f"/room/{garden.room_id}/assistant"
    usual = {"mode": "on_call", "name": "도우미", "persona": ""}
    untold = {"isStopped": False, "mayAsk": True, "told": False, "notice": None}  # there is no model

    assert get(path, BOB) == (200, envelope(usual | untold | {"maySet": False}))
    assert put(path, GOOD) == (200, envelope(GOOD | untold | {"maySet": True}))
    assert get(path, BOB) == (200, envelope(GOOD | untold | {"maySet": False}))


def test_bob_is_told_once_that_an_ai_is_there(garden: Room, settings: Any) -> None:
    settings.LLM_KEY = "key"
    path = f"/room/{garden.room_id}/assistant"
    shown = get(path, BOB)[1]["data"]
    assert (shown["told"], shown["notice"]["model"]) == (False, settings.GEMINI_MODEL)
    assert put(f"{path}/told", "", BOB)[0] == 200
    assert get(path, BOB)[1]["data"] == {**shown, "told": True}
    assert put(f"{path}/told", "", CHARLIE)[1]["code"] == "E-AU002"
    assert get("/me/assistant", BOB)[1]["data"] == {"readable": True}
    assert put("/me/assistant", {"readable": True}, BOB, under14=True)[1]["data"] == {"readable": False}
    assert get(path, BOB)[1]["data"]["mayAsk"] is False


def envelope(data: Any) -> dict[str, Any]:
    return {"status": "SUCCESS", "code": "S-001", "message": "처리했어요.", "data": data}


def test_only_who_moderates_the_room_sets_it(garden: Room) -> None:
    path = f"/room/{garden.room_id}/assistant"

    for member_id, role, status in ((BOB, "USER", 403), (CHARLIE, "USER", 403), (CHARLIE, "ADMIN", 200)):
        assert put(path, GOOD, member_id, role=role)[0] == status
    assert get(path, CHARLIE)[1]["code"] == "E-AU002"
    assert get("/room/999999/assistant")[1]["code"] == "E-R001"
    assert get("/room/x/assistant")[1]["code"] == "E-C001"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"on_call"',
        {},
        {"mode": "on_call", "name": ""},
        GOOD | {"mode": None},
        GOOD | {"mode": "ON_CALL"},
        GOOD | {"name": 5},
        GOOD | {"name": "코\n코"},
        GOOD | {"name": "a" * 21},
        GOOD | {"persona": ["x"]},
        GOOD | {"persona": "가" * 501},
        '{"mode": "on_call", "name": "", "persona": NaN}',
        '{"mode": "on_call", "name": "\\ud83d\\ud83d", "persona": ""}',
        "[" * 5_000,
    ],
)
def test_a_body_that_does_not_fit_is_refused_and_changes_nothing(garden: Room, body: Any) -> None:
    status, answer = put(f"/room/{garden.room_id}/assistant", body)

    assert (status, answer["code"]) == (400, "E-C001")
    assert get(f"/room/{garden.room_id}/assistant")[1]["data"]["mode"] == "on_call"


def test_bob_decides_whether_he_is_read(garden: Room) -> None:
    assert get("/me/assistant", BOB) == (200, envelope({"readable": True}))
    for answer in (False, False, True):
        assert put("/me/assistant", {"readable": answer}, BOB) == (200, envelope({"readable": answer}))
        assert get("/me/assistant", BOB)[1]["data"] == {"readable": answer}
    assert get("/me/assistant", 99)[1]["code"] == "E-M001"


@pytest.mark.parametrize("body", ["", {}, {"readable": None}, {"readable": "false"}, {"readable": 0}, "[false]"])
def test_a_consent_that_is_neither_yes_nor_no_is_refused(garden: Room, body: Any) -> None:
    status, answer = put("/me/assistant", body, BOB)

    assert (status, answer["code"]) == (400, "E-C001")
    assert get("/me/assistant", BOB)[1]["data"] == {"readable": True}


def test_bob_sees_the_receipt_of_an_answer_by_its_client_id(garden: Room) -> None:
    run_id = "d1b6c0de-6f0e-4a55-9a1c-5d1f6f6f0a01"
    AssistantRun.objects.create(
        run_id=run_id.replace("-", ""), room=garden, asker_id=ALICE, trigger_seq=1, created_at=datetime.now(UTC)
    )
    path = f"/room/{garden.room_id}/assistant"

    assert get(f"{path}/{run_id}", BOB)[1]["data"]["runId"] == run_id
    assert get(f"{path}/{run_id}", CHARLIE)[1]["code"] == "E-AU002"
    assert get(f"{path}/{'0' * 32}", BOB)[1]["code"] == "E-C006"
    assert get(f"{path}/1", BOB)[1]["code"] == "E-C001"


@pytest.mark.parametrize("path", ["/room/1/assistant", "/me/assistant", f"/room/1/assistant/{'0' * 32}"])
def test_without_a_token_or_with_another_method_there_is_nothing(garden: Room, path: str) -> None:
    assert Client().get(f"/v1/chat{path}").json()["code"] == "E-AU001"
    assert Client().delete(f"/v1/chat{path}", headers={"access": token_for(ALICE)}).json()["code"] == "E-C005"
