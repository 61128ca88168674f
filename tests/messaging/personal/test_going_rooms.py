"""Whoever deletes a room does not take away what a hold covers."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from messaging.moderation_models import HeldMessage
from messaging.personal_models import HeldRecord
from rooms.deleting import delete_room
from rooms.models import Participant, Room
from rooms.moderation.leaving import leave_for_good
from rooms.services import remove_participant
from tests.factories import ALICE, BOB
from tests.messaging.personal.test_holds import hold
from tests.messaging.store.doing import NOW, say

pytestmark = pytest.mark.django_db

SAID = ["하나", "둘", "셋", "기다린 말"]


def leave_it_empty(room: Room) -> None:
    for member_id in (ALICE, BOB):
        remove_participant(room_id=room.pk, member_id=member_id, is_own_doing=True)


def erase_the_last(room: Room) -> None:
    Participant.objects.filter(room=room).exclude(member_id=BOB).delete()
    leave_for_good(room_id=room.pk, member_id=BOB, now=NOW)


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
