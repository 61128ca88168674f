"""Pages of results: their ends and bounds, and what is asked for beside words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from messaging.models import Message
from messaging.search import finder
from messaging.search.engine import Found, Place, Query
from messaging.search.finder import SignatureSearch
from messaging.search.text import words_of
from messaging.wire.marks import Attachment, Marks, stored_marks
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, make_group_room

pytestmark = pytest.mark.django_db

FIRST_ID = 1_000
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def garden(alice: Member, bob: Member) -> Room:
    return make_group_room("Garden", alice, bob)


def say(room: Room, *texts: str, sender_ids: tuple[int, ...] = (ALICE,)) -> None:
    """From FIRST_ID on, one a minute."""
    Message.objects.bulk_create(
        Message(
            message_id=FIRST_ID + number,
            room=room,
            seq=number + 1,
            version=number + 1,
            sender_id=sender_ids[number % len(sender_ids)],
            contents=text,
            created_at=NOON + timedelta(minutes=number),
            updated_at=NOON,
        )
        for number, text in enumerate(texts)
    )
    Room.objects.filter(pk=room.pk).update(last_seq=len(texts))


def find(room: Room, written: str, *, before: Place | None = None, limit: int = 100, **more: Any) -> Found:
    return SignatureSearch().find(Query(words_of(written), [room.pk], **more), before=before, limit=limit)


def numbers(found: Found) -> list[int]:
    return [message_id - FIRST_ID for message_id in found.message_ids]


@pytest.fixture(params=["few messages", "many messages"])
def _amount(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "many messages":
        monkeypatch.setattr(finder, "FEW_MESSAGES", 0)
        monkeypatch.setattr(finder, "ROWS_AT_ONCE", 3)


@pytest.mark.usefixtures("_amount")
@pytest.mark.parametrize("word", ["고민", "고"])
def test_pages_follow_each_other_while_people_go_on_talking(garden: Room, word: str) -> None:
    say(garden, *["고민", "점심", "고민", "고민"] * 3)
    first = find(garden, word, limit=4)
    Message.objects.create(
        room=garden, seq=13, version=13, sender_id=ALICE, contents="고민", created_at=NOON, updated_at=NOON
    )
    second = find(garden, word, before=first.after, limit=4)
    third = find(garden, word, before=second.after, limit=4)
    assert [numbers(page) for page in (first, second, third)] == [[11, 10, 8, 7], [6, 4, 3, 2], [0]]
    assert third.after is None
    assert find(garden, word, before=Place(FIRST_ID), limit=4) == Found([], None)


@pytest.mark.usefixtures("_amount")
def test_a_page_that_is_just_full_is_the_last(garden: Room) -> None:
    say(garden, "고민", "고민", "점심")
    assert find(garden, "고민", limit=2).after is None


@pytest.mark.usefixtures("_amount")
def test_files_are_found_by_their_names_and_asked_for(garden: Room) -> None:
    say(garden, "고민", "", "고민 있어요", '"attachments":[ 고민')
    for seq, name in ((2, "고민상담.pdf"), (3, 'a "attachments":[.log')):
        file = Attachment(file_id=seq, name=name, type="x/y", size=1)
        Message.objects.filter(seq=seq).update(marks=stored_marks(Marks(attachments=(file,))))
    Message.objects.filter(seq=4).update(marks=stored_marks(Marks(pinned_at='"attachments":[')))
    assert numbers(find(garden, "고민")) == [3, 2, 1, 0]
    assert numbers(find(garden, "고민", has_file=True)) == [2, 1]
    assert numbers(find(garden, "상담.PDF")) == numbers(find(garden, "ㄱㅁㅅㄷ")) == [1]
    Message.objects.filter(seq=2).update(deleted_at=NOON)
    assert find(garden, "상담") == Found([], None)


@pytest.mark.usefixtures("_amount")
def test_what_was_meant_beside_words(garden: Room) -> None:
    say(garden, *["고민 https://example.com", "고민"] * 3, sender_ids=(ALICE, ALICE, BOB))
    assert numbers(find(garden, "고민", author_id=BOB)) == [5, 2]
    assert numbers(find(garden, "고민", has_link=True)) == [4, 2, 0]
    assert numbers(find(garden, "고민", has_link=True, author_id=BOB)) == [2]
    assert numbers(find(garden, "고민", since=NOON + timedelta(minutes=3))) == [5, 4, 3]
    assert numbers(find(garden, "고민", until=NOON + timedelta(minutes=3))) == [2, 1, 0]
    assert find(garden, "고민", since=NOON + timedelta(days=9)) == Found([], None)
    assert find(garden, "고민", until=NOON - timedelta(days=9)) == Found([], None)


def test_times_tell_where_to_look(garden: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    say(garden, *["고민"] * 200)
    monkeypatch.setattr(finder, "CLOCKS_DIFFER", timedelta(0))
    monkeypatch.setattr(finder, "MESSAGES_PER_PAGE_MAX", 12)
    monkeypatch.setattr(finder, "FEW_MESSAGES", 0)
    page = find(garden, "고민", since=NOON + timedelta(minutes=90), until=NOON + timedelta(minutes=100))
    assert numbers(page) == list(range(99, 89, -1))
    assert page.after is None


@pytest.mark.usefixtures("_amount")
@pytest.mark.parametrize(("bound", "value"), [("MESSAGES_PER_PAGE_MAX", 4), ("SECONDS_PER_PAGE_MAX", -1.0)])
@pytest.mark.parametrize("word", ["고민", "고"])
def test_a_page_takes_only_so_much_and_the_next_goes_on(
    garden: Room, word: str, bound: str, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(garden, "고민", *["점심"] * 4, "고민")
    monkeypatch.setattr(finder, bound, value)
    monkeypatch.setattr(finder, "ROWS_AT_ONCE", 3)
    pages = [find(garden, word)]
    while (after := pages[-1].after) is not None:
        assert len(pages) < 6
        pages.append(find(garden, word, before=after))
    assert len(pages) > 1
    assert [number for page in pages for number in numbers(page)] == [5, 0]


@pytest.mark.usefixtures("_amount")
def test_one_letter_is_looked_for_among_the_newest_messages_only(
    garden: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(garden, *["네"] * 10)
    monkeypatch.setattr(finder, "SHORT_LOOKS_AT_MESSAGES", 6)
    first = find(garden, "네", limit=4)
    assert first.after is not None
    second = find(garden, "네", before=Place.parse(str(first.after)), limit=4)
    assert numbers(first) + numbers(second) == [9, 8, 7, 6, 5, 4]
    assert second.after is None
