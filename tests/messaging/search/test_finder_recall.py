"""What is found, is what a plain search finds: Korean words, particles, initials, Latin, code."""

from collections.abc import Sequence

import pytest

from messaging.models import Message
from messaging.search import finder
from messaging.search.engine import Place, Query
from messaging.search.finder import SignatureSearch
from messaging.search.index import index_older, progress
from messaging.search.signatures import CHUNK_MESSAGES
from messaging.search.text import words_of
from rooms.models import Member, Room
from tests.factories import ALICE, make_group_room
from tests.messaging.search.corpus import WORDS, is_in, plain, write_messages

pytestmark = pytest.mark.django_db

FIRST_ID, COUNT = 5 * CHUNK_MESSAGES + 100, 560
PAGE = 100


@pytest.fixture
def garden(alice: Member) -> Room:
    return make_group_room("Garden", alice)


@pytest.fixture
def rooms(alice: Member, garden: Room) -> list[Room]:
    return [garden, make_group_room("Kitchen", alice), make_group_room("Not hers")]


@pytest.fixture
def messages(rooms: list[Room]) -> list[Message]:
    return write_messages(rooms, count=COUNT, first_id=FIRST_ID, sender_id=ALICE)


def all_found(query: Query) -> list[int]:
    found, before = list[int](), None
    while True:
        page = SignatureSearch().find(query, before=before, limit=PAGE)
        found += page.message_ids
        if page.after is None:
            return found
        before = Place.parse(str(page.after))


def compare(messages: Sequence[Message], texts: dict[int, str], room_ids: Sequence[int]) -> tuple[int, list[str]]:
    """How many queries find something, and those that find anything else than what is there."""
    theirs = [one.pk for one in messages if one.deleted_at is None and one.room_id in room_ids][::-1]
    right = {written: [key for key in theirs if is_in(written, texts[key])] for written in WORDS}
    wrong = [written for written in WORDS if all_found(Query(words_of(written), room_ids)) != right[written]]
    return sum(map(bool, right.values())), wrong


def test_what_is_found_is_what_a_plain_search_finds(
    rooms: list[Room], messages: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {one.pk: plain(one.contents) for one in messages}
    hers, one_room = [room.pk for room in rooms[:2]], [rooms[1].pk]
    find_something, wrong = compare(messages, texts, hers)
    assert len(WORDS) > find_something > 60
    assert wrong == []  # of few messages, which are all looked at

    monkeypatch.setattr(finder, "FEW_MESSAGES", 0)
    monkeypatch.setattr(finder, "ROWS_AT_ONCE", 50)
    progress()
    assert compare(messages, texts, one_room)[1] == []  # chunks without signatures
    while index_older() is not None:
        pass
    for room_ids in (hers, one_room):
        assert compare(messages, texts, room_ids)[1] == []
