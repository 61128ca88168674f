"""A removal, and what it hides with it: both or neither."""

from datetime import timedelta

import pytest
from django.db import connection

from chatproject.errors import ManagersOnly
from messaging.models import Message
from messaging.store.removing import remove_and_hide
from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from rooms.moderation import audit, ranks
from rooms.moderation.imposing import Outcome
from rooms.moderation_models import Sanction
from tests.factories import ALICE, BOB, caller
from tests.messaging.store.doing import NOW as NOON
from tests.messaging.store.doing import role, say

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def garden(room: Room) -> Room:
    """Alice owns it; Bob said something two hours ago and two things just now, Alice one."""
    role(room, owner=ALICE)
    say(room, "old", sender_id=BOB, now=NOON - 2 * HOUR)
    say(room, "buy", "now", sender_id=BOB, now=NOON)
    say(room, "hers", sender_id=ALICE, now=NOON)
    return room


def remove(room: Room, *, hours: int, by: int = ALICE) -> tuple[Outcome, list[int]]:
    outcome, hidden = remove_and_hide(
        room_id=room.pk, member_id=BOB, reason="spam", by=caller(by), now=NOON, hide_hours=hours
    )
    assert all(not stored.told for stored in hidden)
    return outcome, [stored.message.seq for stored in hidden]


def hidden_seqs() -> list[int]:
    return list(Message.objects.exclude(hidden_at=None).order_by("seq").values_list("seq", flat=True))


def test_without_hours_a_removal_hides_nothing(garden: Room) -> None:
    outcome, hidden = remove(garden, hours=0)
    assert (outcome.left is not None, hidden, hidden_seqs()) == (True, [], [])


def test_what_the_removed_said_in_those_hours_is_hidden_for_the_same_reason(garden: Room) -> None:
    outcome, hidden = remove(garden, hours=1)
    assert [place.member_id for place in garden.participants.all()] == [ALICE]
    assert sorted(hidden) == hidden_seqs() == [2, 3]
    assert [told.act for told in outcome.told] == ["remove"]
    kinds = list(Sanction.objects.order_by("sanction_id").values_list("kind", "reason", "member_id"))
    assert kinds == [("remove", "spam", BOB), ("hide", "spam", BOB), ("hide", "spam", BOB)]
    acts = list(AuditEntry.objects.order_by("number").values_list("act", "actor_id"))
    assert acts == [("remove", ALICE), ("hide", ALICE), ("hide", ALICE)]
    assert list(audit.breaks()) == []


def test_staff_hide_in_their_own_name(garden: Room) -> None:
    remove_and_hide(room_id=garden.pk, member_id=BOB, reason="spam", by=ranks.staff(), now=NOON, hide_hours=24)
    assert hidden_seqs() == [1, 2, 3]
    assert set(AuditEntry.objects.values_list("actor_kind", flat=True)) == {"staff"}


def test_who_may_not_remove_hides_nothing(garden: Room) -> None:
    with pytest.raises(ManagersOnly):
        remove_and_hide(room_id=garden.pk, member_id=ALICE, reason="spam", by=caller(BOB), now=NOON, hide_hours=24)
    assert (hidden_seqs(), Sanction.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_where_the_hiding_fails_nobody_is_removed(garden: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        assert connection.in_atomic_block
        raise RuntimeError

    monkeypatch.setattr("messaging.store.removing.hide_said_since", fail)
    with pytest.raises(RuntimeError):
        remove(garden, hours=1)
    assert garden.participants.filter(member_id=BOB).exists()
    assert not AuditEntry.objects.exists()


def test_the_last_one_out_takes_what_was_said_along(alice: Member, garden: Room) -> None:
    garden.participants.filter(member=alice).delete()
    outcome, hidden = remove_and_hide(
        room_id=garden.pk, member_id=BOB, reason="spam", by=ranks.staff(), now=NOON, hide_hours=1
    )
    assert (outcome.left is not None, hidden, Room.objects.count()) == (True, [], 0)
