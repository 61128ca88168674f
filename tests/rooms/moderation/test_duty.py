"""Which managers are told that somebody in their room may need help."""

from datetime import UTC, datetime

import pytest

from chatproject.errors import ManagersOnly, NotGroupRoom
from rooms.models import Member, Participant, Room
from rooms.moderation.audit import entries_of
from rooms.moderation.duty import set_duty
from tests.factories import ALICE, BOB, caller, make_group_room, make_private_room

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_a_manager_goes_off_duty_and_comes_back_and_both_are_logged(alice: Member, bob: Member) -> None:
    room = make_group_room("Garden", alice, bob)
    Participant.objects.filter(room=room, member=alice).update(role="manager")

    def put(on_duty: bool) -> int | None:
        return set_duty(room_id=room.pk, caller=caller(ALICE), on_duty=on_duty, now=NOW)

    assert put(True) is None
    assert put(False) == room.roster_version + 1
    assert not Participant.objects.get(room=room, member=alice).on_duty
    assert Participant.objects.get(room=room, member=bob).on_duty
    assert put(True) == room.roster_version + 2
    acts = [entry.act for entry in entries_of(room_id=room.pk, before=None, limit=5)]
    assert acts == ["duty_taken", "duty_left"]


def test_who_manages_nothing_has_no_duty(alice: Member, bob: Member) -> None:
    rooms: list[tuple[Room, type[Exception]]] = [
        (make_group_room("Garden", bob), ManagersOnly),
        (make_private_room(alice, bob), NotGroupRoom),
    ]
    for room, refusal in rooms:
        with pytest.raises(refusal):
            set_duty(room_id=room.pk, caller=caller(BOB), on_duty=False, now=NOW)
