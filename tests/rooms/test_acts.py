"""Staff put members in and take them out: who was taken out stays out, until staff say otherwise."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from chatproject.errors import BlockedFromRoom, MemberNotFound, NotGroupRoom, RoomNotFound
from chatproject.tokens import Role
from rooms import acts, services
from rooms.models import Member, Room
from rooms.moderation_models import Sanction
from rooms.services import RosterChange
from tests.factories import ALICE, BOB, CHARLIE, caller, make_group_room, make_private_room

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # in Seoul
UNKNOWN = 2**63 - 1


@pytest.fixture
def staff_id(db: None) -> int:
    return User.objects.create_user("staff", is_staff=True).pk


@pytest.fixture
def garden(alice: Member, bob: Member) -> Room:
    return make_group_room("Garden", alice, bob)


def take_bob_out(room: Room, staff_id: int, **terms: object) -> RosterChange | None:
    return acts.take_out(room_id=room.pk, member_id=BOB, staff_id=staff_id, now=NOON, **terms)  # type: ignore[arg-type]


def join(room: Room, member_id: int = BOB, *, now: datetime = NOON, role: Role = "USER") -> RosterChange | None:
    return services.join_group_room(caller=caller(member_id, role=role), room_id=room.pk, now=now)


def test_bob_is_out_and_stays_out(garden: Room, staff_id: int) -> None:
    change = take_bob_out(garden, staff_id, reason="insulted Alice")
    assert change == RosterChange(garden.pk, BOB, "Bob", 3, was_removed=True)
    with pytest.raises(BlockedFromRoom):
        join(garden, now=NOON + timedelta(days=365))
    block = Sanction.objects.get()
    assert (block.member_id, block.room_id, block.reason) == (BOB, garden.pk, "insulted Alice")
    assert (block.staff_id, block.since, block.until, block.lifted_at) == (staff_id, NOON, None, None)


def test_a_token_that_says_admin_does_not_undo_what_staff_did(garden: Room, staff_id: int) -> None:
    take_bob_out(garden, staff_id)
    with pytest.raises(BlockedFromRoom):
        join(garden, role="ADMIN")


def test_a_block_holds_for_one_member_in_one_room(
    garden: Room, alice: Member, staff_id: int, charlie: Member
) -> None:
    kitchen = make_group_room("Kitchen", alice)
    take_bob_out(garden, staff_id)
    assert join(kitchen) is not None
    assert join(garden, CHARLIE) is not None
    room, _change = services.open_private_room(caller=caller(BOB), other_member_id=ALICE)
    assert room.participants.count() == 2


def test_bob_who_leaves_by_himself_may_come_back(garden: Room) -> None:
    services.leave_group_room(caller=caller(BOB), room_id=garden.pk)
    assert join(garden) is not None


def test_a_block_with_an_end_says_when_and_ends(garden: Room, staff_id: int) -> None:
    take_bob_out(garden, staff_id, until=NOON + timedelta(hours=1))
    with pytest.raises(BlockedFromRoom) as refusal:
        join(garden, now=NOON + timedelta(minutes=59))
    assert "13:00" in str(refusal.value.message) or "1:00" in str(refusal.value.message)
    assert join(garden, now=NOON + timedelta(hours=1)) is not None


def test_putting_bob_in_again_lifts_the_block(garden: Room, staff_id: int) -> None:
    take_bob_out(garden, staff_id)
    change = acts.put_in(room_id=garden.pk, member_id=BOB, staff_id=staff_id, now=NOON)
    assert change is not None
    services.leave_group_room(caller=caller(BOB), room_id=garden.pk)
    assert join(garden) is not None
    block = Sanction.objects.get()
    assert (block.lifted_by_staff_id, block.lifted_at) == (staff_id, NOON)


def test_lifting_the_block_lets_bob_come_but_puts_him_nowhere(garden: Room, staff_id: int) -> None:
    take_bob_out(garden, staff_id)
    acts.let_in_again(room_id=garden.pk, member_id=BOB, staff_id=staff_id, now=NOON)
    assert not garden.participants.filter(member_id=BOB).exists()
    assert join(garden) is not None


def test_blocking_anew_takes_the_place_of_what_held(garden: Room, staff_id: int) -> None:
    take_bob_out(garden, staff_id, until=NOON + timedelta(days=365))
    assert take_bob_out(garden, staff_id, reason="until tomorrow", until=NOON + timedelta(days=1)) is None
    assert join(garden, now=NOON + timedelta(days=2)) is not None
    assert Sanction.objects.count() == 2


def test_who_left_a_moment_before_being_taken_out_is_kept_out_too(garden: Room, staff_id: int) -> None:
    services.leave_group_room(caller=caller(BOB), room_id=garden.pk)
    assert take_bob_out(garden, staff_id) is None
    with pytest.raises(BlockedFromRoom):
        join(garden)


def test_the_last_one_out_takes_room_and_block_along(alice: Member, staff_id: int) -> None:
    room = make_group_room("Garden", alice)
    acts.take_out(room_id=room.pk, member_id=ALICE, staff_id=staff_id, now=NOON)
    assert not Room.objects.exists()
    assert not Sanction.objects.exists()


def test_nobody_is_taken_out_of_a_private_room_or_put_into_one(alice: Member, bob: Member, staff_id: int) -> None:
    room = make_private_room(alice, bob)
    for act in (acts.take_out, acts.put_in, acts.let_in_again):
        with pytest.raises(NotGroupRoom):
            act(room_id=room.pk, member_id=BOB, staff_id=staff_id, now=NOON)


def test_there_is_nothing_to_do_where_nobody_is(garden: Room, staff_id: int) -> None:
    with pytest.raises(MemberNotFound):
        acts.take_out(room_id=garden.pk, member_id=UNKNOWN, staff_id=staff_id, now=NOON)
    with pytest.raises(RoomNotFound):
        acts.take_out(room_id=UNKNOWN, member_id=BOB, staff_id=staff_id, now=NOON)
