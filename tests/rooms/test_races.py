"""The services of rooms when many call at the same moment, each in a thread and connection of its own."""

from functools import partial

import pytest
from django.utils import timezone

from chatproject.errors import MemberNotFound, RoomNameTaken, RoomNotFound
from rooms import private_rooms, services
from rooms.models import Member, Participant, Room
from rooms.services import RosterChange
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB, caller, make_group_room, make_member

pytestmark = pytest.mark.django_db(transaction=True)


def test_twenty_who_open_one_private_room_get_the_same(alice: Member, bob: Member, all_at_once: AllAtOnce) -> None:
    from_alice = partial(private_rooms.open_private_room, caller=caller(ALICE), other_member_id=BOB)
    from_bob = partial(private_rooms.open_private_room, caller=caller(BOB), other_member_id=ALICE)
    opened = all_at_once(*[from_alice, from_bob] * 10)
    assert {room for room, _change in opened} == {Room.objects.get()}
    assert sum(change is not None for _room, change in opened) == 1
    assert Participant.objects.count() == 2


def test_one_of_twenty_gets_the_room_name(alice: Member, all_at_once: AllAtOnce) -> None:
    outcomes = all_at_once(*[partial(services.create_group_room, caller=caller(ALICE), name="Garden")] * 20)
    assert sum(isinstance(outcome, Room) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, RoomNameTaken) for outcome in outcomes) == 19
    assert Participant.objects.count() == 1


def test_twenty_requests_of_one_newcomer_make_one_member(db: None, all_at_once: AllAtOnce) -> None:
    members = all_at_once(*[partial(services.mirror_member, caller=caller(ALICE, "Alice"))] * 20)
    assert set(members) == {Member.objects.get(nickname="Alice")}


def test_twenty_newcomers_of_one_nickname_all_get_in(db: None, all_at_once: AllAtOnce) -> None:
    newcomers = [partial(services.mirror_member, caller=caller(number, "Alice")) for number in range(1, 21)]
    nicknames = sorted(member.nickname for member in all_at_once(*newcomers))
    assert nicknames[0] == "Alice"
    assert all(nickname.startswith("Alice#") for nickname in nicknames[1:])
    assert Member.objects.count() == 20


def test_twenty_joins_count_twenty_roster_versions(alice: Member, all_at_once: AllAtOnce) -> None:
    room = make_group_room("Garden", alice)
    joins = [
        partial(
            services.join_group_room,
            caller=caller(number, f"Member {number}"),
            room_id=room.room_id,
            now=timezone.now(),
        )
        for number in range(101, 121)
    ]
    changes = all_at_once(*joins)
    assert sorted(change.roster_version for change in changes) == list(range(2, 22))
    room.refresh_from_db()
    assert room.roster_version == 21


def test_joining_twenty_times_at_once_is_joining_once(alice: Member, bob: Member, all_at_once: AllAtOnce) -> None:
    room = make_group_room("Garden", alice)
    changes = all_at_once(
        *[partial(services.join_group_room, caller=caller(BOB), room_id=room.room_id, now=timezone.now())] * 20
    )
    assert sum(change is not None for change in changes) == 1
    assert not [change for change in changes if isinstance(change, Exception)]


def test_of_many_who_leave_at_once_one_is_the_last(db: None, all_at_once: AllAtOnce) -> None:
    members = [make_member(number, f"Member {number}") for number in range(1, 11)]
    room = make_group_room("Garden", *members)
    leaves = [
        partial(services.leave_group_room, caller=caller(member.member_id), room_id=room.room_id)
        for member in members
    ]
    changes = all_at_once(*leaves)
    assert [change for change in changes if not isinstance(change, RosterChange)] == []
    assert not Room.objects.exists()


def test_joining_while_the_last_one_leaves_either_saves_the_room_or_finds_it_gone(
    alice: Member, bob: Member, all_at_once: AllAtOnce
) -> None:
    for round_number in range(10):
        room = make_group_room(f"Garden {round_number}", alice)
        left, joined = all_at_once(
            partial(services.leave_group_room, caller=caller(ALICE), room_id=room.room_id),
            partial(services.join_group_room, caller=caller(BOB), room_id=room.room_id, now=timezone.now()),
        )
        assert isinstance(left, RosterChange)
        if isinstance(joined, RoomNotFound):
            assert not Room.objects.filter(pk=room.pk).exists()
        else:
            assert isinstance(joined, RosterChange)
            assert [place.member_id for place in room.participants.all()] == [BOB]


def test_leaving_twice_at_once_is_leaving_once(alice: Member, bob: Member, all_at_once: AllAtOnce) -> None:
    room = make_group_room("Garden", alice, bob)
    outcomes = all_at_once(*[partial(services.leave_group_room, caller=caller(BOB), room_id=room.room_id)] * 2)
    assert sum(isinstance(outcome, RosterChange) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, MemberNotFound) for outcome in outcomes) == 1
