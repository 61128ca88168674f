"""Group rooms are found among many by parts of their names, on the database of this run."""

from datetime import UTC, datetime, timedelta

import pytest

from chatproject.errors import InvalidInput
from rooms.finding import QUERY_MAX_CHARACTERS, WORDS_MAX, RoomsCursor, find_rooms
from rooms.models import Member, Room
from tests.chatproject.test_hangul import FOUND
from tests.factories import make_group_room, make_private_room

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def make_rooms(*names: str) -> None:
    """The first one changed last."""
    for age, name in enumerate(names):
        room = make_group_room(name)
        Room.objects.filter(pk=room.pk).update(updated_at=NOON - timedelta(hours=age))


def found(words: str, *, after: RoomsCursor | None = None, limit: int = 20) -> list[str | None]:
    rooms, _next_page = find_rooms(words=words, after=after, limit=limit)
    return [room.name for room in rooms]


@pytest.mark.parametrize(("name", "typed", "is_found"), FOUND)
def test_a_part_of_a_name_finds_it(name: str, typed: str, is_found: bool) -> None:
    make_rooms(name)
    assert found(typed) == [name] * is_found


def test_each_word_is_anywhere_in_the_name_and_none_finds_all_group_rooms(alice: Member, bob: Member) -> None:
    make_private_room(alice, bob)
    make_rooms("고민 상담방", "파이썬 고민", "뜨개질")
    assert found("ㅍㅇㅆ 고민") == ["파이썬 고민"]
    assert found("  고민 ") == ["고민 상담방", "파이썬 고민"]
    assert found(" ") == ["고민 상담방", "파이썬 고민", "뜨개질"]
    assert found("Alice") == []


@pytest.mark.parametrize("typed", ["\x00", "a\x00", "\ud800", "\x1b["])
def test_what_stands_in_no_name_finds_none(typed: str) -> None:
    make_rooms("Garden a")
    assert found(typed) == []


def test_pages_follow_each_other_also_where_rooms_changed_at_one_moment() -> None:
    make_rooms("하나", "둘", "셋", "넷")
    Room.objects.filter(name__in=["둘", "셋"]).update(updated_at=NOON)
    seen: list[str | None] = []
    after = None
    for _page in range(4):
        rooms, after = find_rooms(words="", after=after, limit=1)
        seen += [room.name for room in rooms]
        after = after and RoomsCursor.of(str(after))  # as clients hand it back
    assert (seen, after) == (["셋", "둘", "하나", "넷"], None)


@pytest.mark.parametrize("words", ["가" * (QUERY_MAX_CHARACTERS + 1), " ".join("가" * (WORDS_MAX + 1))])
def test_a_search_has_bounds(words: str) -> None:
    with pytest.raises(InvalidInput):
        find_rooms(words=words, after=None, limit=1)
