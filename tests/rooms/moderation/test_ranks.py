import pytest

from chatproject.errors import ManagersOnly, NotGroupRoom, NotInRoom, RoomNotFound
from chatproject.room_errors import RankTooLow
from rooms.models import Member, Room
from rooms.moderation.ranks import rank_in, ranks_in, require_right, staff, standing
from rooms.moderation.rights import Act, Rank
from tests.factories import ALICE, BOB, CHARLIE, caller, make_group_room, make_private_room
from tests.rooms.moderation.cast import DORA, EVE

pytestmark = pytest.mark.django_db
GONE = 99


def test_ranks_are_those_of_the_room_and_an_admin_has_one_everywhere(
    garden: Room, django_assert_num_queries: object
) -> None:
    make_group_room("Pond", Member.objects.get(pk=DORA))
    with django_assert_num_queries(2):  # type: ignore[operator]
        ranks = ranks_in(room_id=garden.pk, member_ids=[ALICE, BOB, CHARLIE, DORA, EVE, GONE])
    assert ranks == {
        ALICE: Rank.OWNER,
        BOB: Rank.MANAGER,
        CHARLIE: Rank.MEMBER,
        DORA: Rank.NONE,
        EVE: Rank.STAFF,
        GONE: Rank.NONE,
    }
    assert rank_in(room_id=garden.pk, member_id=BOB) is Rank.MANAGER
    assert rank_in(room_id=garden.pk, member_id=None) is Rank.NONE


def test_who_acts_has_the_rank_of_their_token(garden: Room) -> None:
    assert standing(room=garden, caller=caller(BOB)).rank is Rank.MANAGER
    assert standing(room=garden, caller=caller(BOB, role="ADMIN")).rank is Rank.STAFF
    assert standing(room=garden, caller=caller(EVE, role="ADMIN")).rank is Rank.STAFF
    with pytest.raises(NotInRoom):
        standing(room=garden, caller=caller(EVE))  # a token from before she became one
    with pytest.raises(NotInRoom):
        standing(room=garden, caller=caller(DORA))


def test_to_a_stranger_a_private_room_is_none_whatever_their_role(
    garden: Room, alice: Member, bob: Member
) -> None:
    private = make_private_room(alice, bob)
    for stranger in (caller(CHARLIE), caller(EVE, role="ADMIN")):
        with pytest.raises(RoomNotFound):
            require_right(Act.PIN, room=private, by=stranger)
    require_right(Act.PIN, room=private, by=caller(BOB))
    for one in (caller(ALICE), caller(ALICE, role="ADMIN")):
        with pytest.raises(NotGroupRoom):
            require_right(Act.MUTE, room=private, by=one)


def test_a_right_is_required_of_the_caller_over_the_target(garden: Room) -> None:
    acting = require_right(Act.MUTE, room=garden, by=caller(BOB), target=Rank.MEMBER)
    assert (acting.member_id, acting.rank) == (BOB, Rank.MANAGER)
    with pytest.raises(RankTooLow):
        require_right(Act.MUTE, room=garden, by=caller(BOB), target=Rank.OWNER)
    with pytest.raises(ManagersOnly):
        require_right(Act.SET_RULES, room=garden, by=caller(CHARLIE))


def test_staff_are_above_every_room_but_a_private_one_has_no_managers(garden: Room) -> None:
    assert require_right(Act.SET_ROLES, room=garden, by=staff(4)).rank is Rank.STAFF
    with pytest.raises(NotGroupRoom):
        require_right(Act.SET_ROLES, room=Room(is_group_chat=False), by=staff())


def test_the_log_names_members_and_staff(garden: Room) -> None:
    assert tuple(standing(room=garden, caller=caller(BOB)).logged) == ("member", BOB)
    assert [tuple(one.logged) for one in (staff(4), staff())] == [("staff", 4), ("staff", None)]
