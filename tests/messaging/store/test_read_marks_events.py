"""Read marks are told to who subscribed to them: each move once, under the rooms' locks."""

from collections.abc import Sequence
from functools import partial

import pytest

from chatproject.outgoing.subscriptions import read_subscribed
from messaging.store.read_marks import MarkAsked, mark_read, mark_read_together
from rooms.models import Participant, Room
from tests.conftest import AllAtOnce
from tests.endpoints import subscribe, waiting
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def garden(room: Room) -> Room:
    say(room, "one", "two", "three", sender_id=ALICE)
    return room


def told() -> Sequence[tuple[int, int]]:
    return waiting("member_id", "seq", kind="read")


def test_a_mark_that_moves_is_told_and_moves(garden: Room) -> None:
    subscribe("read")
    for seq in (2, 1, 2, None, 99):
        mark_read(room_id=garden.pk, member_id=BOB, seq=seq)
    assert told() == [(BOB, 2), (BOB, 3)]
    assert Participant.objects.get(room=garden, member_id=BOB).read_seq == 3


def test_together_as_one_by_one(garden: Room) -> None:
    subscribe("read")
    asked = [MarkAsked(garden.pk, BOB, 1), MarkAsked(garden.pk, BOB, 2), MarkAsked(garden.pk, CHARLIE, 1)]
    marks = mark_read_together(asked, subscribed=read_subscribed())
    assert [marks[one].seq for one in asked[:2]] == [2, 2]
    assert asked[2] not in marks
    assert told() == [(BOB, 2)]


def test_who_did_not_subscribe_to_them_is_told_nothing(garden: Room) -> None:
    subscribe("message")
    mark_read(room_id=garden.pk, member_id=BOB)
    assert told() == []


def test_of_two_who_move_a_mark_at_the_same_moment_one_is_told(garden: Room, all_at_once: AllAtOnce) -> None:
    subscribe("read")
    all_at_once(*[partial(mark_read, room_id=garden.pk, member_id=BOB)] * 4)
    assert told() == [(BOB, 3)]
