"""Who comes into a room and goes is told to the main server, once it is committed."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatproject.errors import MemberNotFound, RoomNameTaken, WrongJoinCode
from rooms import services
from rooms.deleting import delete_room
from rooms.models import Member, Room
from rooms.moderation import admitting, imposing, ranks
from rooms.moderation.sanctions import Kind
from rooms.private_rooms import open_private_room
from tests.conftest import AllAtOnce
from tests.endpoints import details, subscribe, waiting
from tests.factories import ALICE, BOB, CHARLIE, caller, make_group_room

pytestmark = pytest.mark.django_db(transaction=True)

STAFF = ranks.staff()


def told() -> list[Any]:
    """Who came and went, and whether it was done to them."""
    rows = waiting("kind", "room_id", "member_id")
    return [(*row, *(found or {}).values()) for row, found in zip(rows, details(), strict=True)]


@pytest.fixture
def garden(alice: Member, bob: Member, charlie: Member) -> Room:
    room = make_group_room("Garden", alice, bob)
    subscribe("joined", "left")
    return room


def test_who_makes_a_room_is_in_it_and_nobody_is_in_one_that_was_not_made(garden: Room) -> None:
    made = services.create_group_room(caller=caller(ALICE), name="Kitchen")
    with pytest.raises(RoomNameTaken):
        services.create_group_room(caller=caller(ALICE), name="Kitchen")
    private, _change = open_private_room(caller=caller(ALICE), other_member_id=CHARLIE)
    open_private_room(caller=caller(CHARLIE), other_member_id=ALICE)
    assert told() == [
        ("joined", made.pk, ALICE),
        ("joined", private.pk, ALICE),
        ("joined", private.pk, CHARLIE),
    ]


def test_charlie_comes_once_and_goes_once(garden: Room) -> None:
    now = timezone.now()
    for _ in range(2):
        services.join_group_room(caller=caller(CHARLIE), room_id=garden.pk, now=now)
    services.leave_group_room(caller=caller(CHARLIE), room_id=garden.pk)
    with pytest.raises(MemberNotFound):
        services.leave_group_room(caller=caller(CHARLIE), room_id=garden.pk)
    assert told() == [("joined", garden.pk, CHARLIE), ("left", garden.pk, CHARLIE, False)]


def test_who_is_refused_or_waits_has_not_come(garden: Room) -> None:
    Room.objects.update(joining="code", join_code="ABCD")
    now = timezone.now()
    with pytest.raises(WrongJoinCode):
        services.join_group_room(caller=caller(CHARLIE), room_id=garden.pk, now=now, code="DCBA")
    Room.objects.update(joining="approval")
    services.join_group_room(caller=caller(CHARLIE), room_id=garden.pk, now=now)
    assert told() == []
    admitting.decide_request(room_id=garden.pk, member_id=CHARLIE, admit=True, by=STAFF, now=now)
    assert told() == [("joined", garden.pk, CHARLIE)]


def test_who_is_taken_out_and_put_in_again(garden: Room) -> None:
    now = timezone.now()
    imposing.remove(room_id=garden.pk, member_id=BOB, reason="spam", by=STAFF, now=now)
    imposing.put_in(room_id=garden.pk, member_id=BOB, acting=STAFF, now=now)
    assert told() == [("left", garden.pk, BOB, True), ("joined", garden.pk, BOB)]


def test_with_a_room_that_is_deleted_everybody_goes(garden: Room) -> None:
    delete_room(room_id=garden.pk)
    assert told() == [("left", garden.pk, ALICE, True), ("left", garden.pk, BOB, True)]


def test_of_all_who_ask_at_the_same_moment_one_comes(garden: Room, all_at_once: AllAtOnce) -> None:
    def join() -> Any:
        return services.join_group_room(caller=caller(CHARLIE), room_id=garden.pk, now=timezone.now())

    all_at_once(*[join] * 4)
    assert told() == [("joined", garden.pk, CHARLIE)]


# --- sanctions


def test_a_sanction_is_told_when_it_is_imposed_changed_and_lifted_not_when_it_is_repeated(garden: Room) -> None:
    subscribe("sanction")
    now = timezone.now()
    whom: dict[str, Any] = {"room_id": garden.pk, "member_id": BOB, "by": STAFF, "now": now}
    until = now + timedelta(hours=1)
    for _ in range(2):
        outcome = imposing.mute(**whom, until=until, reason="flooding")
    [mute] = outcome.told
    for _ in range(2):
        imposing.change_terms(sanction_id=mute.sanction_id, reason="spam", until=until, acting=STAFF, now=now)
    for _ in range(2):
        imposing.lift(**whom, kind=Kind.MUTE)
    told = [{"sanctionId": mute.sanction_id, "lifted": is_lifted} for is_lifted in (False, False, True)]
    assert details(kind="sanction") == told
    assert set(waiting("room_id", "member_id", kind="sanction")) == {(garden.pk, BOB)}


def test_a_removal_is_told_before_the_member_is_out(garden: Room) -> None:
    subscribe("sanction")
    imposing.remove(room_id=garden.pk, member_id=BOB, reason="spam", by=STAFF, now=timezone.now())
    assert waiting() == ["sanction", "left"]
