"""Alice and Bob share rooms, Charlie none with them: who may know who is online."""

from typing import Any

import pytest
from django.utils import timezone

from messaging.presence.knowing import Known, known_to, who_is_told
from rooms.models import Member, MemberPreferences, Room
from rooms.moderation.blocked_members import block
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_private_room

pytestmark = pytest.mark.django_db

ALL = [ALICE, BOB, CHARLIE]


@pytest.fixture
def room(alice: Member, bob: Member, charlie: Member) -> Room:
    make_group_room("Elsewhere", charlie)
    return make_group_room("Garden", alice, bob)


@pytest.mark.usefixtures("room")
def test_whoever_shares_a_room_may_know(alice: Member) -> None:
    assert known_to(member_id=ALICE, others=[BOB, CHARLIE, 999]) == Known({BOB}, set())
    assert who_is_told(member_id=ALICE, others=[BOB, CHARLIE, 999]) == {BOB}
    assert known_to(member_id=CHARLIE, others=ALL) == Known({CHARLIE}, set())
    assert known_to(member_id=ALICE, others=[]) == Known(set(), set())


def test_a_private_room_counts(alice: Member, bob: Member) -> None:
    make_private_room(alice, bob)

    assert known_to(member_id=ALICE, others=[BOB]) == Known({BOB}, set())


def test_a_counselling_room_does_not(room: Room) -> None:
    Room.objects.filter(pk=room.pk).update(is_counselling=True)

    assert known_to(member_id=ALICE, others=ALL) == Known(set(), set())
    assert who_is_told(member_id=ALICE, others=ALL) == set()


@pytest.mark.usefixtures("room")
def test_who_hides_is_shown_as_away(bob: Member) -> None:
    MemberPreferences.objects.create(member=bob, hides_presence=True)

    assert known_to(member_id=ALICE, others=ALL) == Known({ALICE, BOB}, {BOB})


@pytest.mark.usefixtures("room")
def test_to_whom_one_blocks_it_is_as_if_one_hid() -> None:
    block(member_id=BOB, blocked_id=ALICE, now=timezone.now())

    assert known_to(member_id=ALICE, others=[BOB]) == Known({BOB}, {BOB})
    assert who_is_told(member_id=BOB, others=[ALICE]) == set()
    assert known_to(member_id=BOB, others=[ALICE]) == Known({ALICE}, set())
    assert who_is_told(member_id=ALICE, others=[BOB]) == {BOB}


@pytest.mark.usefixtures("room")
def test_where_it_is_off_nobody_knows_of_anybody(settings: Any) -> None:
    settings.PRESENCE = False

    assert known_to(member_id=ALICE, others=ALL) == Known(set(), set())
    assert who_is_told(member_id=ALICE, others=ALL) == set()
