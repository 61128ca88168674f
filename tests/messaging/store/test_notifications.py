"""What members want to be told of: levels and keywords, kept as people write them."""

import unicodedata

import pytest

from chatproject.errors import InvalidInput, NotInRoom, RoomNotFound
from messaging.store.notifications import keywords_of, set_keywords, set_level
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, make_private_room

pytestmark = pytest.mark.django_db


def test_keywords_are_kept_composed_and_once_each_in_their_order(alice: Member, bob: Member) -> None:
    words = ["Django", unicodedata.normalize("NFD", "배포"), "django", "  오류 ", "배포"]
    assert set_keywords(member_id=BOB, words=words) == ["Django", "배포", "오류"]
    assert keywords_of(member_id=BOB) == ["Django", "배포", "오류"]
    assert keywords_of(member_id=ALICE) == []


def test_another_list_replaces_the_one_before_and_what_stays_keeps_its_place(bob: Member) -> None:
    set_keywords(member_id=BOB, words=["하나", "둘둘", "셋셋"])
    assert set_keywords(member_id=BOB, words=["넷넷", "셋셋", "하나"]) == ["하나", "셋셋", "넷넷"]
    assert set_keywords(member_id=BOB, words=[]) == []


@pytest.mark.parametrize(
    "words",
    [["가"], ["가" * 21], [" 가 "], ["\u3164\u3164"], ["가\0나"], ["가\ud83c"], [f"word {n}" for n in range(21)]],
    ids=["one character", "too long", "one and spaces", "invisible", "NUL", "half a character", "the 21st"],
)
def test_what_is_no_keyword_is_refused_and_changes_nothing(bob: Member, words: list[str]) -> None:
    set_keywords(member_id=BOB, words=["배포"])
    with pytest.raises(InvalidInput):
        set_keywords(member_id=BOB, words=words)
    assert keywords_of(member_id=BOB) == ["배포"]


def test_words_that_a_database_takes_for_the_same_do_no_harm(bob: Member) -> None:
    assert "café" in set_keywords(member_id=BOB, words=["café", "cafe", "straße", "Ｄｊａｎｇｏ"])


def test_the_level_is_the_members_own_in_that_room(
    room: Room, alice: Member, bob: Member, charlie: Member
) -> None:
    set_level(room_id=room.pk, member_id=BOB, level="none")
    levels = Participant.objects.filter(room=room).values_list("member_id", "notify")
    assert dict(levels) == {ALICE: "all", BOB: "none"}
    with pytest.raises(NotInRoom):
        set_level(room_id=room.pk, member_id=CHARLIE, level="none")
    with pytest.raises(RoomNotFound):
        set_level(room_id=make_private_room(alice, bob).pk, member_id=CHARLIE, level="none")
