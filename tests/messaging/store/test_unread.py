"""How much members have not read, counted for the main server."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from messaging.store.my_rooms import my_rooms
from messaging.store.read_marks import mark_read
from messaging.store.unread import Unread, UnreadRoom, unread_of_all, unread_rooms
from rooms.models import Member, Participant, Room
from rooms.moderation_models import MemberBlock
from tests.factories import ALICE, BOB, CHARLIE, give_role, make_group_room, make_private_room
from tests.messaging.store.test_mentions import NOW, draft, store

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(room: Room, alice: Member, bob: Member, charlie: Member) -> tuple[Room, Room]:
    """Bob has not read two messages in the garden, one of which mentions him, nor one that Alice wrote to him."""
    private = make_private_room(alice, bob)
    make_group_room("silent", bob)
    give_role(room, ALICE)
    store(
        draft(room, "one"),
        draft(room, "two", mentions=(BOB,), everyone=True),
        draft(private, "three"),
    )
    Participant.objects.filter(room=room, member=bob).update(notify="none")
    return room, private


def test_a_member_is_told_of_each_room_that_has_something(talk: tuple[Room, Room]) -> None:
    garden, private = talk
    assert unread_rooms(member_id=BOB) == [
        UnreadRoom(garden.pk, 2, 1, "none"),
        UnreadRoom(private.pk, 1, 0, "all"),
    ]
    assert unread_rooms(member_id=ALICE) == unread_rooms(member_id=CHARLIE) == []


def test_the_sums_are_those_that_the_members_own_list_shows(talk: tuple[Room, Room], alice: Member) -> None:
    garden, _private = talk
    own = my_rooms(member_id=BOB)
    assert unread_of_all(member_ids=[ALICE, BOB, CHARLIE]) == {
        ALICE: Unread(0, 0),
        BOB: Unread(sum(one["unReadCount"] for one in own), sum(one["mentionCount"] for one in own)),
        CHARLIE: Unread(0, 0),
    }
    mark_read(room_id=garden.pk, member_id=BOB, seq=1)
    assert unread_of_all(member_ids=[BOB]) == {BOB: Unread(2, 1)}
    MemberBlock.objects.create(member_id=BOB, blocked=alice, since=NOW)
    assert unread_of_all(member_ids=[BOB]) == {BOB: Unread(2, 0)}


def test_a_hundred_are_two_queries(talk: tuple[Room, Room]) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert len(unread_of_all(member_ids=range(1, 101))) == 100
    assert len(captured) == 2
    assert unread_of_all(member_ids=[]) == {}
