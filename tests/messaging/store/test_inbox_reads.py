"""What inboxes read of rooms, however many there are."""

from collections.abc import Callable, Collection
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from messaging.store import inbox_reads
from messaging.store.inbox_reads import RoomPlace, room_places, rooms_of, whole_news
from messaging.store.read_marks import mark_read
from messaging.store.services import Draft, store_messages
from rooms.models import Member, Room
from rooms.services import remove_participant
from tests.factories import ALICE, BOB, CHARLIE, make_group_room

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(alice: Member, bob: Member, charlie: Member) -> Room:
    return make_group_room("Garden", alice, bob)


@pytest.fixture
def kitchen(alice: Member, bob: Member) -> Room:
    return make_group_room("Kitchen", alice)


def say(room: Room, text: str, *, mentions: Collection[int] = ()) -> None:
    draft = Draft(room.pk, BOB, text, uuid4().hex, mentions=tuple(mentions))
    store_messages([draft], now=timezone.now())


def test_the_rooms_of_several_members_are_one_query(
    room: Room, kitchen: Room, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        found = rooms_of(member_ids=[ALICE, BOB, CHARLIE])
    assert found == {ALICE: {room.pk, kitchen.pk}, BOB: {room.pk}, CHARLIE: set()}


@pytest.mark.parametrize("most", [0, 500])
def test_of_rooms_only_those_that_one_is_in_are_known_to_one(
    room: Room, kitchen: Room, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_reads, "PLACES_BY_NUMBER", most)
    say(room, "1")
    assert room_places(member_id=BOB, room_ids=[room.pk, kitchen.pk]) == {room.pk: RoomPlace(1, 2, 1)}


def test_a_room_as_a_whole_says_what_is_left_unread_and_who_called(room: Room, kitchen: Room) -> None:
    for text in ("1", "2", "3"):
        say(room, text, mentions=[ALICE])
    mark_read(room_id=room.pk, member_id=ALICE, seq=1)
    pairs = [(room.pk, ALICE), (room.pk, BOB), (room.pk, CHARLIE), (kitchen.pk, ALICE)]
    found = whole_news(pairs=pairs, with_messages=[room.pk])
    assert set(found) == set(pairs) - {(room.pk, CHARLIE)}
    news = found[room.pk, ALICE]
    assert (news.last_seq, news.read_seq, news.mention_count) == (3, 1, 2)
    assert [message.message for message in news.messages] == ["3"]
    own = found[room.pk, BOB]
    assert (own.read_seq, own.mention_count) == (3, None)  # what one says, one has read
    assert found[kitchen.pk, ALICE].messages == ()


def test_who_goes_between_the_reads_is_not_told_what_was_said_after_that(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(room, "she is here")
    reads = []

    def then_she_goes(read: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            found = read(*args, **named)
            reads.append(read)
            if len(reads) == 1:
                remove_participant(room_id=room.pk, member_id=ALICE)
                say(room, "she is gone")
            return found

        return call

    for name in ("run", "last_messages"):
        monkeypatch.setattr(inbox_reads, name, then_she_goes(getattr(inbox_reads, name)))
    found = whole_news(pairs=[(room.pk, ALICE)], with_messages=[room.pk])
    assert found == {}
