"""What stands on a locked screen: as much as its owner wants, the room allows, and no more."""

import json
from typing import Any

import pytest

from messaging.push.deciding import Wanted
from messaging.push.gathering import Job
from messaging.push.wording import language_of, words_for
from messaging.wire.marks import Attachment
from rooms.models import Room
from tests.factories import ALICE
from tests.messaging.push.test_gathering import message

GARDEN = 1


def said(language: str = "en", *, room: dict[str, Any] | None = None, **fields: Any) -> tuple[str, str]:
    """Title and text."""
    reason, count, previews = fields.pop("reason", "message"), fields.pop("count", 1), fields.pop("previews", True)
    kept = Room(pk=GARDEN, name="Garden", **room or {})
    told = message(4, **{"message": "I cannot sleep"} | fields)
    wanted = Wanted(Job(GARDEN, (4,)), ALICE, kept, told, reason, count, previews)
    words = json.loads(words_for(wanted, room_name="Garden", unread=12, language=language))
    assert words | {"title": "", "body": ""} == {
        "memberId": ALICE,
        "roomId": GARDEN,
        "seq": 4,
        "title": "",
        "body": "",
        "unread": 12,
        "language": language,
    }
    return words["title"], words["body"]


def test_who_wants_texts_sees_what_was_said_and_by_whom() -> None:
    assert said() == ("Garden", "Bob: I cannot sleep")
    assert said(count=3) == ("Garden", "Bob: I cannot sleep and 2 more")
    assert said("ko", count=3) == ("Garden", "Bob: I cannot sleep 외 2개")
    assert said(room={"is_group_chat": False}) == ("Bob", "I cannot sleep")
    assert said(kind="assistant", sender_id=None, nick_name="코코") == ("Garden", "코코 (AI): I cannot sleep")


@pytest.mark.parametrize("kept", [{"previews": False}, {"room": {"allows_previews": False}}])
def test_else_only_that_something_was(kept: dict[str, Any]) -> None:
    assert said(**kept) == ("Garden", "A new message")
    assert said(**kept, count=3) == ("Garden", "3 new messages")
    assert said("ko", **kept, count=3) == ("Garden", "새 메시지 3개")
    assert said(**kept, reason="mention") == ("Garden", "Bob mentioned you.")
    assert said(**kept, reason="everyone") == ("Garden", "Bob mentioned everyone.")
    assert said(**kept, reason="keyword") == ("Garden", "A message has one of your keywords.")


@pytest.mark.parametrize("reason", ["message", "mention"])
def test_of_a_room_for_counselling_nothing_but_that_there_is_something(reason: str) -> None:
    assert said(room={"is_counselling": True}, reason=reason) == ("Community chat", "A new message")
    assert said("ko", room={"is_counselling": True}, reason=reason) == ("커뮤니티 채팅", "새 메시지")


def test_a_file_is_named_by_its_kind_and_a_long_text_is_cut() -> None:
    picture = Attachment(file_id=1, name="me.jpg", size=1, type="image/jpeg", state="ready")
    assert said(message="", attachments=(picture,)) == ("Garden", "Bob: (사진)")
    _title, text = said(message="잠 못\n드는 밤 " * 1_000, nick_name="가" * 40)
    assert len(text) == 40 + 2 + 160
    assert "\n" not in text
    assert text.endswith("…")


def test_what_is_said_by_the_server_itself_has_no_name() -> None:
    assert said(kind="notice", sender_id=None, nick_name="") == ("Garden", "I cannot sleep")


def test_there_are_words_in_two_languages() -> None:
    assert [language_of(one) for one in ("ko", "en", "fr", "")] == ["ko", "en", "ko", "ko"]
