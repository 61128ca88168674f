import pytest
from django.utils import timezone

from chatproject.errors import (
    ChatError,
    InvalidInput,
    ManagersOnly,
    MemberNotFound,
    NotGroupRoom,
    NotInRoom,
    RoomNotFound,
)
from chatproject.room_errors import RankTooLow, TooManyManagers
from chatproject.tokens import Caller
from rooms.audit_models import AuditEntry
from rooms.models import Member, Participant, Room
from rooms.moderation import roles
from rooms.moderation.ranks import Acting, staff
from rooms.moderation.rights import MANAGERS_MOST
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB, CHARLIE, caller, make_group_room, make_member, make_private_room
from tests.rooms.moderation.cast import DORA, EVE, roles_in

pytestmark = pytest.mark.django_db


def set_role(room: Room, member_id: int, role: str, *, by: Caller | Acting) -> int | None:
    return roles.set_role(room_id=room.pk, member_id=member_id, role=role, by=by, now=timezone.now())


def said_of_roles(room: Room) -> list[tuple[str, int | None, int | None, str]]:
    entries = AuditEntry.objects.filter(room_id=room.pk, act="role").order_by("number")
    return [(one.actor_kind, one.actor_id, one.member_id, one.details) for one in entries]


def test_the_owner_makes_and_unmakes_managers(garden: Room) -> None:
    version = garden.roster_version
    assert set_role(garden, CHARLIE, "manager", by=caller(ALICE)) == version + 1
    assert set_role(garden, BOB, "member", by=caller(ALICE)) == version + 2
    assert roles_in(garden) == {ALICE: "owner", BOB: "member", CHARLIE: "manager"}
    assert said_of_roles(garden) == [
        ("member", ALICE, CHARLIE, '{"before": "member", "role": "manager"}'),
        ("member", ALICE, BOB, '{"before": "manager", "role": "member"}'),
    ]


def test_who_is_that_already_changes_nothing(garden: Room) -> None:
    assert set_role(garden, BOB, "manager", by=caller(ALICE)) is None
    garden.refresh_from_db()
    assert (garden.roster_version, said_of_roles(garden)) == (3, [])


def test_the_room_is_handed_over_and_who_owned_it_manages_it(garden: Room) -> None:
    set_role(garden, CHARLIE, "owner", by=caller(ALICE))
    assert roles_in(garden) == {ALICE: "manager", BOB: "manager", CHARLIE: "owner"}
    assert len(said_of_roles(garden)) == 2
    with pytest.raises(RankTooLow):
        set_role(garden, CHARLIE, "member", by=caller(ALICE))


def put_managers_in(room: Room, number: int) -> list[int]:
    ids = [100 + one for one in range(number)]
    for one in ids:
        Participant.objects.create(room=room, member=make_member(one, f"M{one}"), role="manager")
    return ids


def test_a_room_has_ten_managers_at_most(garden: Room) -> None:
    [*_some, last] = put_managers_in(garden, MANAGERS_MOST - 1)
    with pytest.raises(TooManyManagers):
        set_role(garden, CHARLIE, "manager", by=caller(ALICE))
    set_role(garden, CHARLIE, "owner", by=caller(ALICE))
    assert roles_in(garden)[ALICE] == "member"  # there is no place for one more
    set_role(garden, last, "owner", by=caller(CHARLIE))
    assert roles_in(garden)[CHARLIE] == "manager"  # in the place that became free


def test_an_owner_does_not_step_down_without_a_successor(garden: Room) -> None:
    for role in ("manager", "member"):
        for by in (caller(ALICE), caller(EVE, role="ADMIN"), staff()):
            with pytest.raises(InvalidInput):
                set_role(garden, ALICE, role, by=by)


def test_a_manager_may_stop_being_one(garden: Room) -> None:
    set_role(garden, BOB, "member", by=caller(BOB))
    assert roles_in(garden)[BOB] == "member"


def test_nobody_else_sets_roles(garden: Room, alice: Member, bob: Member) -> None:
    refusals: list[tuple[int, type[ChatError]]]
    refusals = [(BOB, RankTooLow), (CHARLIE, ManagersOnly), (DORA, NotInRoom)]
    for who, error in refusals:
        for role in ("owner", "manager", "member"):
            if (who, role) != (BOB, "member"):
                with pytest.raises(error):
                    set_role(garden, who, role, by=caller(who))
    private = make_private_room(alice, bob)
    refusals = [(ALICE, NotGroupRoom), (CHARLIE, RoomNotFound)]
    for who, error in refusals:
        with pytest.raises(error):
            set_role(private, BOB, "member", by=caller(who))
    with pytest.raises(NotGroupRoom):
        set_role(private, BOB, "owner", by=staff())


def test_admins_and_staff_set_roles_in_rooms_they_are_not_in(garden: Room) -> None:
    set_role(garden, CHARLIE, "owner", by=caller(EVE, role="ADMIN"))
    set_role(garden, ALICE, "owner", by=staff(4))
    assert roles_in(garden) == {ALICE: "owner", BOB: "manager", CHARLIE: "manager"}
    assert [(kind, who) for kind, who, *_rest in said_of_roles(garden)] == [("member", EVE)] * 2 + [
        ("staff", 4)
    ] * 2


def test_only_who_is_in_the_room_has_a_role_there(garden: Room) -> None:
    for who in (DORA, 99):
        with pytest.raises(MemberNotFound):
            set_role(garden, who, "manager", by=caller(ALICE))
    with pytest.raises(InvalidInput):
        set_role(garden, BOB, "king", by=caller(ALICE))
    with pytest.raises(RoomNotFound):
        set_role(Room(pk=99), BOB, "member", by=caller(ALICE))


# --- who follows


def leave(room: Room, *member_ids: int) -> None:
    Participant.objects.filter(room=room, member_id__in=member_ids).delete()


def heir_of(room: Room) -> int | None:
    if roles.mend_ownership(room_id=room.pk, now=timezone.now()) is None:
        return None
    return Participant.objects.get(room=room, role="owner").member_id


def test_the_longest_serving_manager_follows_an_owner_who_is_gone(garden: Room) -> None:
    Participant.objects.filter(room=garden, member_id=CHARLIE).update(role="manager")
    leave(garden, ALICE)
    assert heir_of(garden) == BOB
    assert said_of_roles(garden) == [("clock", None, BOB, '{"before": "manager", "role": "owner"}')]
    assert heir_of(garden) is None  # that is settled


def test_where_there_is_no_manager_the_longest_serving_member_follows(garden: Room) -> None:
    Participant.objects.create(room=garden, member_id=DORA)
    leave(garden, ALICE, BOB)
    assert roles.rooms_without_owner([garden.pk]) == [garden.pk]
    assert heir_of(garden) == CHARLIE
    assert roles.rooms_without_owner([garden.pk]) == []


def test_a_room_taken_over_is_nobodys_until_staff_name_an_owner(alice: Member, bob: Member) -> None:
    room = make_group_room("Old", alice, bob)
    assert (roles.rooms_without_owner([room.pk]), heir_of(room)) == ([], None)
    set_role(room, BOB, "owner", by=staff())
    leave(room, BOB)
    assert heir_of(room) == ALICE  # from then on it is somebody's


def test_an_empty_room_waits_for_somebody(garden: Room) -> None:
    leave(garden, ALICE, BOB, CHARLIE)
    assert (roles.rooms_without_owner([garden.pk]), heir_of(garden)) == ([], None)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_are_made_owner_at_once_one_is(garden: Room, all_at_once: AllAtOnce) -> None:
    all_at_once(
        lambda: set_role(garden, BOB, "owner", by=caller(ALICE)),
        lambda: set_role(garden, CHARLIE, "owner", by=caller(ALICE)),
    )
    assert sorted(roles_in(garden).values()).count("owner") == 1
