"""Who asked about a private room stands in its log."""

import pytest
from django.utils import timezone

from messaging.inquiry.facts import read_facts
from messaging.inquiry.looks import record_look
from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from rooms.moderation.audit import Actor
from tests.factories import BOB, make_group_room, make_private_room

pytestmark = pytest.mark.django_db


def look(room: Room) -> None:
    facts = read_facts(room_id=room.pk, seq=1, member_id=BOB)
    record_look(facts, by=Actor.staff(None), at=timezone.now())


def test_a_look_at_a_private_room_is_logged_and_at_a_group_room_is_not(alice: Member, bob: Member) -> None:
    look(make_group_room("Garden", alice, bob))
    assert not AuditEntry.objects.exists()
    private = make_private_room(alice, bob)
    look(private)
    assert list(AuditEntry.objects.values_list("room_id", "act", "member_id")) == [
        (private.pk, "delivery_asked", BOB)
    ]
