"""Alice blocks Bob: the list she keeps of them, and that nothing begins between the two."""

from datetime import UTC, datetime
from functools import partial

import pytest

from chatproject.errors import CannotWrite, InvalidInput, MemberNotFound
from rooms import private_rooms, services
from rooms.models import Member, Room
from rooms.moderation import blocked_members
from rooms.moderation_models import MemberBlock
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB, CHARLIE, caller, make_group_room, make_member, make_private_room

NOON, ONE = datetime(2026, 11, 29, 12, tzinfo=UTC), datetime(2026, 11, 29, 13, tzinfo=UTC)


def block(member_id: int, blocked_id: int, now: datetime = NOON) -> list[int]:
    return list(blocked_members.block(member_id=member_id, blocked_id=blocked_id, now=now))


def test_the_newest_comes_first_with_a_name_and_a_time(alice: Member, bob: Member, charlie: Member) -> None:
    assert block(ALICE, BOB) == [BOB]
    assert block(ALICE, CHARLIE, ONE) == [BOB, CHARLIE]
    assert blocked_members.blocked_by(member_id=ALICE) == [(CHARLIE, "Charlie", ONE), (BOB, "Bob", NOON)]
    assert blocked_members.blocked_by(member_id=BOB) == []


def test_blocking_again_changes_nothing_and_unblocking_ends_it(alice: Member, bob: Member) -> None:
    block(ALICE, BOB)
    assert block(ALICE, BOB, ONE) == [BOB]
    assert blocked_members.blocked_by(member_id=ALICE)[0].since == NOON
    for _again in range(2):
        assert blocked_members.unblock(member_id=ALICE, blocked_id=BOB) == []


@pytest.mark.parametrize(("one", "other"), [(ALICE, BOB), (BOB, ALICE)])
def test_no_private_room_begins_between_them_whoever_wants_it(
    alice: Member, bob: Member, charlie: Member, one: int, other: int
) -> None:
    block(ALICE, BOB)
    with pytest.raises(CannotWrite):
        private_rooms.open_private_room(caller=caller(one), other_member_id=other)
    assert not Room.objects.exists()
    private_rooms.open_private_room(caller=caller(one), other_member_id=CHARLIE)
    blocked_members.unblock(member_id=ALICE, blocked_id=BOB)
    private_rooms.open_private_room(caller=caller(one), other_member_id=other)


def test_the_room_that_they_have_stays_open_to_both(alice: Member, bob: Member) -> None:
    room = make_private_room(alice, bob)
    block(ALICE, BOB)
    for one, other in ((ALICE, BOB), (BOB, ALICE)):
        assert private_rooms.open_private_room(caller=caller(one), other_member_id=other) == (room, None)


def test_they_stay_in_their_group_rooms_and_come_into_others(alice: Member, bob: Member) -> None:
    block(ALICE, BOB)
    garden = make_group_room("Garden", alice)
    assert services.join_group_room(caller=caller(BOB), room_id=garden.pk, now=NOON) is not None


def test_nobody_blocks_themselves_nor_somebody_who_is_not_there(alice: Member) -> None:
    with pytest.raises(InvalidInput):
        block(ALICE, ALICE)
    with pytest.raises(MemberNotFound):
        block(ALICE, BOB)


def test_there_is_an_end_to_whom_one_blocks(alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocked_members, "BLOCKED_MOST", 2)
    for member_id in (21, 22, 23):
        make_member(member_id, f"Member {member_id}")
    block(ALICE, 21)
    block(ALICE, 22)
    with pytest.raises(InvalidInput):
        block(ALICE, 23)
    assert block(ALICE, 22) == [21, 22]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_not_one_too_many(
    alice: Member, all_at_once: AllAtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocked_members, "BLOCKED_MOST", 1)
    for member_id in range(21, 27):
        make_member(member_id, f"Member {member_id}")
    outcomes = all_at_once(*(partial(block, ALICE, member_id) for member_id in range(21, 27)))
    assert sum(isinstance(outcome, InvalidInput) for outcome in outcomes) == 5
    assert MemberBlock.objects.count() == 1


@pytest.mark.parametrize("gone", [ALICE, BOB])
def test_with_either_of_them_the_block_goes(alice: Member, bob: Member, gone: int) -> None:
    block(ALICE, BOB)
    Member.objects.filter(pk=gone).delete()
    assert not MemberBlock.objects.exists()
