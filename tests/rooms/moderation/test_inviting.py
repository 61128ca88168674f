"""Invitations: who makes them, what they open, and when they open nothing any more."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatproject.errors import (
    BlockedFromRoom,
    ChatError,
    InvalidInput,
    InviteEnded,
    ManagersOnly,
    NotGroupRoom,
    NotInRoom,
    RoomNotFound,
)
from chatproject.room_errors import NothingThere
from rooms.audit_models import AuditEntry
from rooms.invite_models import Invite
from rooms.models import Member, Participant, Room
from rooms.moderation import imposing, inviting, ranks
from rooms.moderation.inviting import end_invite, forget_ended_invites, invited_room, invites_of, make_invite
from rooms.moderation_models import JoinRequest
from rooms.services import RosterChange, join_group_room, remove_participant
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB, CHARLIE, caller, give_role, make_group_room, make_member, make_private_room

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
MODERATOR = 99


@pytest.fixture
def garden(alice: Member, bob: Member, charlie: Member) -> Room:
    room = make_group_room("Garden", alice, bob)
    give_role(room, ALICE)
    return room


def close(room: Room, joining: str = "approval") -> None:
    Room.objects.filter(pk=room.pk).update(joining=joining)


def invite(room: Room, *, by: int = ALICE, days: int = 7, uses: int = 0, **claims: Any) -> inviting.Made:
    return make_invite(room_id=room.pk, by=caller(by, **claims), days=days, uses=uses, now=NOW)


def come(room: Room, code: str, *, member_id: int = CHARLIE, now: datetime = NOW) -> object:
    return join_group_room(caller=caller(member_id), room_id=room.pk, now=now, invite=code)


def refusal(room: Room, code: str, **more: Any) -> type[ChatError]:
    with pytest.raises(ChatError) as refused:
        come(room, code, **more)
    return type(refused.value)


@pytest.mark.parametrize("joining", ["open", "code", "approval"])
def test_charlie_comes_in_by_a_managers_invitation_and_asks_no_more(garden: Room, joining: str) -> None:
    close(garden, joining)
    JoinRequest.objects.create(room=garden, member_id=CHARLIE, made_at=NOW)
    made = invite(garden)
    assert made.code not in str(Invite.objects.values_list())
    assert invited_room(code=made.code, now=NOW) == garden
    assert isinstance(come(garden, made.code), RosterChange)
    assert come(garden, made.code) is None  # in already: that is no use of it
    assert Invite.objects.get().used == 1
    assert JoinRequest.objects.get().admitted is True


def test_members_invite_into_open_rooms_only(garden: Room) -> None:
    made = invite(garden, by=BOB)
    close(garden)
    with pytest.raises(ManagersOnly):
        invite(garden, by=BOB)
    assert refusal(garden, made.code) is InviteEnded
    give_role(garden, BOB, "manager")
    assert isinstance(come(garden, made.code), RosterChange)


def test_who_is_out_invites_nobody(garden: Room) -> None:
    made = invite(garden, by=BOB)
    remove_participant(room_id=garden.pk, member_id=BOB)
    with pytest.raises(InviteEnded):
        invited_room(code=made.code, now=NOW)
    assert refusal(garden, made.code) is InviteEnded
    with pytest.raises(NotInRoom):
        invite(garden, by=BOB)


def test_a_moderator_invites_anywhere(garden: Room) -> None:
    make_member(MODERATOR, "Mo", role="ADMIN")
    close(garden)
    made = invite(garden, by=MODERATOR, role="ADMIN")
    assert isinstance(come(garden, made.code), RosterChange)


def test_it_ends_with_its_time_its_uses_and_its_maker(garden: Room) -> None:
    once = invite(garden, uses=1, days=1)
    assert refusal(garden, once.code, now=NOW + timedelta(days=1)) is InviteEnded
    come(garden, once.code)
    make_member(12, "Dana")
    assert refusal(garden, once.code, member_id=12) is InviteEnded
    other = invite(garden, by=BOB)
    Participant.objects.filter(member_id=BOB).delete()
    assert refusal(garden, other.code, member_id=12) is InviteEnded
    assert refusal(garden, "never was", member_id=12) is InviteEnded


def test_of_two_who_come_by_the_last_use_one_comes_in(
    transactional_db: None, garden: Room, all_at_once: AllAtOnce
) -> None:
    make_member(12, "Dana")
    code = invite(garden, uses=1).code
    came = all_at_once(*(lambda one=one: come(garden, code, member_id=one) for one in (CHARLIE, 12)))
    assert sorted(type(one).__name__ for one in came) == ["InviteEnded", "RosterChange"]


def test_it_opens_its_own_room_and_not_to_who_was_removed(garden: Room, alice: Member) -> None:
    kitchen, code = make_group_room("Kitchen", alice), invite(garden).code
    assert refusal(kitchen, code) is InviteEnded
    imposing.take_out(room_id=garden.pk, member_id=BOB, acting=ranks.staff(), now=NOW)
    assert refusal(garden, code, member_id=BOB) is BlockedFromRoom


def test_managers_see_and_end_all_and_others_their_own(garden: Room) -> None:
    alices, bobs = invite(garden).invite.pk, invite(garden, by=BOB).invite.pk

    def seen(by: int) -> list[int]:
        return [one.pk for one in invites_of(room_id=garden.pk, caller=caller(by), now=NOW)]

    assert (seen(ALICE), seen(BOB)) == ([bobs, alices], [bobs])
    with pytest.raises(NothingThere):
        end_invite(room_id=garden.pk, invite_id=alices, by=caller(BOB), now=NOW)
    end_invite(room_id=garden.pk, invite_id=bobs, by=caller(ALICE), now=NOW)
    assert (seen(ALICE), seen(BOB)) == ([alices], [])
    with pytest.raises(NotInRoom):
        seen(CHARLIE)
    logged = AuditEntry.objects.filter(room_id=garden.pk).order_by("number").values_list("act", "actor_id")
    assert list(logged) == [("invite", ALICE), ("invite", BOB), ("invite_ended", ALICE)]


def test_a_private_room_has_none(garden: Room, alice: Member, bob: Member) -> None:
    private = make_private_room(alice, bob)
    with pytest.raises(NotGroupRoom):
        invite(private)
    with pytest.raises(RoomNotFound):
        invite(private, by=CHARLIE)


def test_there_are_bounds(garden: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ({"days": 0}, {"days": 31}, {"uses": -1}, {"uses": 1_001}):
        with pytest.raises(InvalidInput):
            invite(garden, **wrong)
    monkeypatch.setattr(inviting, "OF_MEMBER_MOST", 1)
    invite(garden)
    with pytest.raises(InvalidInput):
        invite(garden)
    monkeypatch.setattr(inviting, "OF_ROOM_MOST", 1)
    with pytest.raises(InvalidInput):
        invite(garden, by=BOB)


def test_what_has_expired_is_forgotten(garden: Room) -> None:
    invite(garden, days=1)
    stays = invite(garden, days=2).invite
    forget_ended_invites(now=NOW + timedelta(days=1))
    assert list(Invite.objects.values_list("pk", flat=True)) == [stays.pk]
