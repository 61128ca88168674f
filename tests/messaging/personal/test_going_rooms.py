"""Whoever deletes a room does not take away what a hold covers."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from messaging.files.ending.ends import HOLD_LOOKED_AT_AGAIN, end_due
from messaging.files.ending.straying import mend_some
from messaging.moderation_models import HeldMessage
from messaging.personal.ending_holds import end_some_records
from messaging.personal.erasing.parts import Erased
from messaging.personal.erasing.places import PLACES
from messaging.personal_models import HeldRecord
from rooms.deleting import delete_room
from rooms.models import Participant, Room
from rooms.services import remove_participant
from tests.factories import ALICE, BOB
from tests.messaging.files.having import have_file
from tests.messaging.personal.test_holds import hold
from tests.messaging.store.doing import NOW, say

pytestmark = pytest.mark.django_db

SAID = ["하나", "둘", "셋", "기다린 말"]


def leave_it_empty(room: Room) -> None:
    for member_id in (ALICE, BOB):
        remove_participant(room_id=room.pk, member_id=member_id, is_own_doing=True)


def erase_the_last(room: Room) -> None:
    Participant.objects.filter(room=room).exclude(member_id=BOB).delete()
    while PLACES.take(Erased(1, BOB, NOW)) is not None:
        pass


@pytest.mark.parametrize("delete", [lambda room: delete_room(room_id=room.pk), leave_it_empty, erase_the_last])
def test_a_room_that_is_deleted_leaves_to_holds_what_they_cover(
    room: Room, delete: Callable[[Room], None]
) -> None:
    say(room, *SAID[:3], sender_id=BOB)
    say(room, "앨리스의 말", sender_id=ALICE)
    waits = {"why": "filter", "client_id": "a" * 32, "held_at": NOW, "seq": 5}
    HeldMessage.objects.create(room=room, sender_id=BOB, contents=SAID[3], **waits)
    hold(timedelta(days=36_500), member_id=BOB)
    delete(room)
    assert not Room.objects.filter(pk=room.pk).exists()
    assert {json.loads(one.contents)["text"] for one in HeldRecord.objects.all()} == set(SAID)


def test_a_file_that_waits_for_a_manager_lies_there_as_long_as_a_hold(room: Room) -> None:
    file = have_file(room, BOB, is_held=True)
    held = hold(timedelta(days=36_500), member_id=BOB)
    delete_room(room_id=room.pk)
    mend_some(after=0, now=NOW)
    assert end_due(now=NOW).removed == {}
    file.refresh_from_db()
    assert (file.state, file.expires_at) == ("gone", NOW + HOLD_LOOKED_AT_AGAIN)
    end_some_records(now=held.until)
    assert list(end_due(now=held.until).removed) == [file.pk]
