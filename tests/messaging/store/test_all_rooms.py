"""What the main server sees of rooms: all of them, in as many queries as one takes."""

from typing import Any

import pytest

from messaging.models import Message
from messaging.store.all_rooms import rooms_page
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, give_role, make_private_room
from tests.messaging.store.test_mentions import draft, store

pytestmark = pytest.mark.django_db


def test_a_room_says_who_keeps_it_and_when_somebody_spoke_last(room: Room) -> None:
    give_role(room, ALICE)
    give_role(room, BOB, "manager")
    [quiet], following = rooms_page()
    assert (quiet.name, quiet.owner_id, quiet.manager_ids, quiet.member_count) == ("Garden", ALICE, [BOB], 2)
    assert (quiet.said_at, following) == (None, None)
    store(draft(room, "one"), draft(room, "two"))
    [[spoken], _following] = rooms_page()
    assert spoken.said_at == Message.objects.get(seq=2).created_at


def test_many_rooms_take_no_more_queries_than_one(
    room: Room, charlie: Member, django_assert_num_queries: Any
) -> None:
    make_private_room(Member.objects.get(pk=ALICE), charlie)
    for number in range(3):
        Room.objects.create(name=f"Room {number}")
    with django_assert_num_queries(5):
        assert len(rooms_page()[0]) == 5
