"""The table of rights, written down a second time as people are told it."""

import pytest

from chatproject.errors import ManagersOnly
from chatproject.room_errors import RankTooLow
from rooms.moderation import rights
from rooms.moderation.rights import RIGHTS, Act, Rank, may, require

NONE, MEMBER, MANAGER, OWNER, STAFF = Rank
FOR_MANAGERS = {
    Act.PIN,
    Act.CALL_EVERYONE,
    Act.STOP_ANSWER,
    Act.SPEAK_PAST_RULES,
    Act.SET_RULES,
    Act.ADMIT,
    Act.DECIDE_HELD,
    Act.SET_FILTER,
    Act.SEE_ACTS,
    Act.CARE,
}
FOR_OWNERS = {Act.SET_ROLES, Act.SET_ASSISTANT, Act.RENAME}
ONLY_BELOW = {Act.DELETE, Act.HIDE, Act.MUTE, Act.REMOVE, Act.DECIDE_CASES}
IN_PRIVATE_ROOMS = {Act.PIN, Act.STOP_ANSWER, Act.SET_ASSISTANT, Act.SPEAK_PAST_RULES}


def test_every_act_has_its_right() -> None:
    assert set(RIGHTS) == set(Act) == FOR_MANAGERS | FOR_OWNERS | ONLY_BELOW | {Act.LIFT, Act.INVITE}


@pytest.mark.parametrize("act", sorted(FOR_MANAGERS, key=str))
def test_managers_do_what_is_for_managers_and_whoever_stands_above_them(act: Act) -> None:
    assert [rank for rank in Rank if may(act, rank)] == [MANAGER, OWNER, STAFF]


@pytest.mark.parametrize("act", sorted(FOR_OWNERS, key=str))
def test_the_owner_does_what_is_for_owners_and_staff_may(act: Act) -> None:
    assert [rank for rank in Rank if may(act, rank)] == [OWNER, STAFF]


@pytest.mark.parametrize("act", sorted(ONLY_BELOW, key=str))
def test_a_rank_acts_only_on_those_below_it(act: Act) -> None:
    reached = {rank: [target for target in Rank if may(act, rank, target=target)] for rank in Rank}
    assert reached == {
        NONE: [],
        MEMBER: [],
        MANAGER: [NONE, MEMBER],
        OWNER: [NONE, MEMBER, MANAGER],
        STAFF: [NONE, MEMBER, MANAGER, OWNER, STAFF],
    }


def test_members_invite() -> None:
    assert [rank for rank in Rank if may(Act.INVITE, rank)] == [MEMBER, MANAGER, OWNER, STAFF]


def test_what_a_higher_rank_imposed_is_not_lifted() -> None:
    reached = {rank: [imposed for imposed in Rank if may(Act.LIFT, rank, target=imposed)] for rank in Rank}
    assert reached[MANAGER] == [NONE, MEMBER, MANAGER]
    assert reached[OWNER] == [NONE, MEMBER, MANAGER, OWNER]
    assert (reached[MEMBER], reached[STAFF]) == ([], list(Rank))


@pytest.mark.parametrize("act", Act)
def test_in_a_private_room_there_are_no_ranks(act: Act) -> None:
    allowed = [rank for rank in Rank if may(act, rank, is_group_chat=False)]
    assert allowed == (list(Rank)[1:] if act in IN_PRIVATE_ROOMS else [])


def test_who_is_refused_is_told_whether_a_higher_rank_might() -> None:
    for rank in (NONE, MEMBER):
        with pytest.raises(ManagersOnly):
            require(Act.MUTE, rank)
    for rank, target in ((MANAGER, MANAGER), (MANAGER, OWNER), (OWNER, STAFF)):
        with pytest.raises(RankTooLow):
            require(Act.MUTE, rank, target=target)
    with pytest.raises(RankTooLow):
        require(Act.SET_ROLES, MANAGER)
    with pytest.raises(ManagersOnly):
        require(Act.CALL_EVERYONE, STAFF, is_group_chat=False)
    require(Act.MUTE, OWNER, target=MANAGER)


def test_ranks_follow_from_roles_and_an_admin_stands_above_all_of_them() -> None:
    roles = {role: rights.rank_of(role, is_admin=False) for role in (None, "member", "manager", "owner")}
    assert roles == {None: NONE, "member": MEMBER, "manager": MANAGER, "owner": OWNER}
    assert {rights.rank_of(role, is_admin=True) for role in roles} == {STAFF}
