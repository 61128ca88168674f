"""A removal, and what it hides with it."""

from datetime import UTC, datetime

import pytest

from messaging.store.removing import remove_and_hide
from rooms.models import Member
from rooms.moderation import ranks
from tests.factories import ALICE, BOB, make_group_room

NOON = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_without_hours_a_removal_hides_nothing(alice: Member, bob: Member) -> None:
    room = make_group_room("Garden", alice, bob)
    outcome, hidden = remove_and_hide(room_id=room.pk, member_id=BOB, reason="insults", by=ranks.staff(), now=NOON)
    assert (outcome.left is not None, list(hidden)) == (True, [])
    assert [place.member_id for place in room.participants.all()] == [ALICE]
