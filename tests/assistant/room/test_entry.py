"""What whoever enters a room is told of the AI there, once, and before its first use."""

from typing import Any

import pytest

from assistant.models import RoomSettings
from assistant.preferences import room_assistant
from assistant.room.entry import entry_of, note_told, whose
from chatproject.errors import NotInRoom
from rooms.models import Room
from rooms.services import add_participant, leave_group_room
from tests.assistant.conftest import NOON
from tests.factories import ALICE, BOB, CHARLIE, caller


def entry(room: Room, member_id: int = ALICE, **claims: Any) -> dict[str, Any]:
    return entry_of(room_assistant(room_id=room.pk), room_id=room.pk, caller=caller(member_id, **claims))


@pytest.fixture(autouse=True)
def _with_a_model(settings: Any) -> None:
    settings.LLM_KEY, settings.GEMINI_MODEL = "key", "gemini-x"


def test_each_member_is_told_once_what_it_is_and_again_when_they_come_again(room: Room) -> None:
    told = entry(room)
    assert (told["mayAsk"], told["told"]) == (True, False)
    assert told["notice"] == {
        "text": "이 방에는 AI가 있어요: 도우미(Google, gemini-x). AI가 쓴 글에는 표시가 붙어요. "
        "누군가 부르거나 초안·요약을 부탁하면 이 방의 최근 메시지를 쓴 사람의 이름과 함께 읽어요. "
        "내 메시지를 읽지 않게 하려면 내 설정에서 끌 수 있어요.",
        "whose": "Google",
        "model": "gemini-x",
    }
    note_told(caller=caller(ALICE), room_id=room.pk, now=NOON)
    assert (entry(room)["told"], entry(room, BOB)["told"]) == (True, False)
    leave_group_room(caller=caller(ALICE), room_id=room.pk)
    add_participant(room_id=room.pk, member_id=ALICE)
    assert entry(room)["told"] is False
    with pytest.raises(NotInRoom):
        note_told(caller=caller(CHARLIE), room_id=room.pk, now=NOON)


def test_who_is_under_14_is_told_that_nothing_of_theirs_is_read(room: Room) -> None:
    young = entry(room, under14=True)
    assert young["mayAsk"] is False
    assert young["notice"]["text"].endswith("내 메시지는 읽지 않아요.")
    assert entry(room, BOB)["mayAsk"] is True


@pytest.mark.parametrize("off", ["no model", "the room's mode", "staff"])
def test_where_no_ai_has_any_part_nobody_is_told_of_one(room: Room, settings: Any, off: str) -> None:
    match off:
        case "no model":
            settings.LLM_KEY = ""
        case "the room's mode":
            RoomSettings.objects.create(room=room, mode="off")
        case _:
            RoomSettings.objects.create(room=room, is_stopped=True)
    assert entry(room)["notice"] is None


def test_whose_it_is_the_settings_say_or_its_address(settings: Any) -> None:
    assert whose() == "Google"
    settings.GEMINI_BASE_URL = "https://gemini.example:8443/x"
    assert whose() == "gemini.example"
    settings.ASSISTANT_PROVIDER, settings.OPENAI_BASE_URL = "openai", "http://model.internal/v1"
    assert whose() == "model.internal"
    settings.ASSISTANT_WHOSE = "우리 회사"
    assert whose() == "우리 회사"
