"""How much waits for managers: what is open, and not what is decided or for staff."""

import pytest

from messaging.care_models import Concern
from messaging.moderation import cases
from messaging.moderation.waiting import managers_of, waiting_in
from messaging.moderation_models import HeldMessage
from messaging.wire.room_frames import Moderation
from rooms.models import Room
from rooms.moderation_models import JoinRequest
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.moderation.reported import NOON, STAFF, case_about
from tests.messaging.reported_room import DANA, fill

pytestmark = pytest.mark.django_db


def test_what_is_open_is_counted_for_owner_and_managers(room: Room) -> None:
    garden = fill(room)
    case_about(garden, by=CHARLIE)  # for staff
    case_about(garden, by=CHARLIE, seq=1)
    decided = case_about(garden, by=CHARLIE, member_id=BOB)
    cases.close(decided, by=STAFF, outcome="dismissed", reason="…", until=None, now=NOON)
    for state, client_id in (("waiting", "a"), ("released", "b")):
        HeldMessage.objects.create(
            room=garden, sender_id=BOB, contents="…", client_id=client_id, why="flood", state=state, held_at=NOON
        )
    JoinRequest.objects.create(room=garden, member_id=BOB, made_at=NOON)
    JoinRequest.objects.create(room=garden, member_id=BOB, made_at=NOON, admitted=False)
    Concern.objects.create(room_id=garden.pk, source="words", raised_at=NOON, state="closed")
    assert waiting_in(room_id=garden.pk) == Moderation(room_id=garden.pk, held=1, cases=1, requests=1)
    assert set(managers_of(room_id=garden.pk)) == {ALICE, DANA}
