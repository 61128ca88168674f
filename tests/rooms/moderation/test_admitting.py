from typing import Any

import pytest
from django.utils import timezone

from chatproject.errors import InvalidInput, ManagersOnly, NotGroupRoom
from chatproject.room_errors import AlreadyDecided, NothingThere
from rooms import services
from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from rooms.moderation.admitting import decide_request
from rooms.moderation.ranks import staff
from rooms.moderation_models import JoinRequest, Sanction
from rooms.services import RosterChange
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB, CHARLIE, caller, make_private_room
from tests.rooms.moderation.cast import DORA

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(garden: Room) -> Room:
    """Dora asks to come in."""
    Room.objects.update(joining="approval")
    services.join_group_room(caller=caller(DORA), room_id=garden.pk, now=timezone.now())
    return garden


def decide(room: Room, *, admit: bool = True, by: Any = BOB, **fields: Any) -> RosterChange | None:
    who = caller(by) if isinstance(by, int) else by
    return decide_request(room_id=room.pk, member_id=DORA, admit=admit, by=who, now=timezone.now(), **fields)


def test_whom_a_manager_lets_in_is_in(asked: Room) -> None:
    change = decide(asked)
    assert (change and change.member_id, change and change.roster_version) == (DORA, asked.roster_version + 1)
    assert asked.participants.filter(member_id=DORA, role="member").exists()
    request = JoinRequest.objects.get()
    assert (request.admitted, request.decided_by_id) == (True, BOB)
    entry = AuditEntry.objects.get(act="admit")
    assert (entry.actor_id, entry.member_id) == (BOB, DORA)


def test_whom_a_manager_turns_away_stays_out_with_the_reason(asked: Room) -> None:
    assert decide(asked, admit=False, reason=" 정원이 찼어요. ", by=staff(None)) is None
    assert not asked.participants.filter(member_id=DORA).exists()
    assert (JoinRequest.objects.get().reason, AuditEntry.objects.get().act) == ("정원이 찼어요.", "turn_away")


def test_nothing_is_decided_twice_nor_without_a_request(asked: Room) -> None:
    decide(asked, admit=False)
    with pytest.raises(AlreadyDecided):
        decide(asked)
    with pytest.raises(NothingThere):
        decide_request(room_id=asked.pk, member_id=99, admit=True, by=caller(BOB), now=timezone.now())


def test_members_decide_nothing(asked: Room, alice: Member, bob: Member) -> None:
    with pytest.raises(ManagersOnly):
        decide(asked, by=CHARLIE)
    with pytest.raises(NotGroupRoom):
        decide(make_private_room(alice, bob), by=ALICE)


def test_who_was_removed_since_is_let_in_once_that_is_lifted(asked: Room) -> None:
    sanction = Sanction.objects.create(room=asked, member_id=DORA, kind="remove", since=timezone.now())
    with pytest.raises(InvalidInput):
        decide(asked)
    sanction.lifted_at = timezone.now()
    sanction.save()
    assert decide(asked) is not None


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_at_once_one_decides(asked: Room, all_at_once: AllAtOnce) -> None:
    outcomes = all_at_once(lambda: decide(asked, by=ALICE), lambda: decide(asked, admit=False, by=BOB))
    assert sorted(isinstance(one, AlreadyDecided) for one in outcomes) == [False, True]
