"""Which messages call the assistant, in Korean and in English; and which only look like it."""

import pytest

from assistant.room.triggers import calls_assistant, mentions
from messaging.store.services import Draft, store_messages
from rooms.models import Room
from tests.assistant.conftest import NOON, said, say
from tests.factories import ALICE, BOB


@pytest.mark.parametrize(
    "text",
    [
        "@도우미",
        "@도우미 점심 추천해 줘",
        "@도우미야 뭐 먹지?",
        "@도우미, 추천 부탁해요",
        "안녕하세요 @도우미!",
        "(@도우미)",
        "@도우미님께 여쭤봐요",
        "@도우미는 어떻게 생각해?",
        "고마워요,@도우미.",
        "@도우미ㅠㅠ 도와줘",
        "@도우미님ㅋㅋ 이건 뭐예요?",
        "@도우미야ㅎㅎ",
        "@도우미. 안녕",
        "첫 줄\n@도우미\n셋째 줄",
        "`code` @도우미 이건 뭐예요?",
        "@\u1103\u1169\u110b\u116e\u1106\u1175 안녕",  # the name in the letters of macOS file names
    ],
)
def test_a_mention_calls(text: str) -> None:
    assert mentions(text, "도우미")


@pytest.mark.parametrize(
    "text",
    [
        "도우미",
        "@ 도우미",
        "@@도우미",
        "alice@도우미.kr",
        "mail@도우미",
        "@도우미.kr",
        "@도우미들",
        "@도우미2",
        "@도우미야옹",
        "`@도우미`",
        "```\n@도우미 안녕\n```",
        "```\n@도우미 끝이 없는 코드",
        "https://medium.com/@도우미",
        "https://example.com/?to=@도우미",
        "@다른사람",
        "",
    ],
)
def test_what_only_looks_like_a_mention_does_not(text: str) -> None:
    assert not mentions(text, "도우미")


def test_the_name_is_that_of_the_room_in_any_case() -> None:
    assert mentions("@HELPER hi", "Helper")
    assert mentions("@helper야 안녕", "Helper")
    assert not mentions("@helpers hi", "Helper")
    assert mentions("@고민 상담, 들어 줘", "고민 상담")
    assert not mentions("@a.c", "a+c")
    assert mentions("@a+c 안녕", "a+c")


def test_a_reply_to_the_assistant_calls_and_one_to_a_member_does_not(room: Room) -> None:
    asked = say(room, ALICE, "질문")
    answer = Draft(room.pk, None, "답변", "0" * 32, kind="assistant", reply_to=asked)
    [stored] = store_messages([answer], now=NOON)
    seq = stored.message.seq  # type: ignore[union-attr]

    def reply(to: int, **other: object) -> bool:
        message = said(9, "Bob", "그럼요", room_id=room.pk, reply_to=to, sender_id=BOB, **other)
        return calls_assistant(message, name="도우미")

    assert reply(seq)
    assert not reply(asked)
    assert not reply(seq + 5)
    assert not reply(seq, kind="assistant")
    assert not reply(seq, kind="notice")


def test_what_was_edited_into_a_call_or_deleted_calls_nobody(room: Room) -> None:
    """A repeat of a message brings it as it is now."""
    for changed in ({name: "2026-11-22T09:01:00Z"} for name in ("edited_at", "deleted_at", "hidden_at")):
        assert not calls_assistant(said(1, "Bob", "@도우미 도와줘", **changed), name="도우미")
    assert calls_assistant(said(1, "Bob", "@도우미 도와줘"), name="도우미")
