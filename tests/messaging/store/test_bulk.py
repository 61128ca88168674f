"""What a member said lately is hidden at once: theirs alone, of that room, of those hours, and so many at most."""

from datetime import timedelta

import pytest
from django.db import transaction

from messaging.models import Message
from messaging.store import bulk
from messaging.store.bulk import hide_said_since
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, make_group_room
from tests.messaging.store.doing import A_WHILE, NOW, delete, done, hide, role, say

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LATER = NOW + A_WHILE


@pytest.fixture
def room(room: Room, alice: Member, bob: Member) -> Room:
    """Alice owns it. Of what Bob said in the last hour 2, 4 and 5 stand."""
    role(room, owner=ALICE)
    say(room, "old", sender_id=BOB, now=NOW - 2 * HOUR)
    say(room, "two", "three", "four", "five", sender_id=BOB)
    say(room, "hers", sender_id=ALICE)
    say(make_group_room("Kitchen", alice, bob), "elsewhere", sender_id=BOB)
    done(delete(room, 3, by=BOB))
    return room


def hide_all(room: Room) -> list[int]:
    hidden = hide_said_since(hide(room, 0, by=ALICE), author_id=BOB, since=NOW - HOUR, now=LATER)
    return [stored.message.seq for stored in hidden]


def test_all_that_stands_of_those_hours_is_hidden(room: Room) -> None:
    with transaction.atomic():
        assert hide_all(room) == [5, 4, 2]
    hidden = Message.objects.exclude(hidden_at=None).order_by("seq")
    assert list(hidden.values_list("room_id", "seq")) == [(room.pk, 2), (room.pk, 4), (room.pk, 5)]
    assert hide_all(room) == []


def test_so_many_at_most_and_the_newest_of_them(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "HIDDEN_AT_ONCE_MAX", 2)
    monkeypatch.setattr(bulk, "ACTS_PER_BATCH", 1)
    assert hide_all(room) == [5, 4]


def test_nothing_of_it_stays_where_the_callers_transaction_fails(room: Room) -> None:
    with transaction.atomic():
        assert hide_all(room)
        transaction.set_rollback(True)
    assert not Message.objects.exclude(hidden_at=None).exists()
