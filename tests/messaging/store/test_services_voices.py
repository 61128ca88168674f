"""Who may say and do something now, with a database: repeats, edits, reactions, and coming back."""

from datetime import datetime, timedelta

import pytest

from messaging.store.services import Draft
from rooms import services
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, caller
from tests.messaging.store.doing import A_WHILE, NOW, codes, delete, do, edit, react, role, say

pytestmark = pytest.mark.django_db

LATER = NOW + A_WHILE


@pytest.fixture
def room(room: Room) -> Room:
    """Alice owns it, Bob is in and said one thing."""
    role(room, owner=ALICE)
    say(room, "하나", sender_id=ALICE)
    say(room, "둘", sender_id=BOB)
    return room


def mute(until: datetime) -> None:
    Participant.objects.filter(member_id=BOB).update(muted_until=until)


def answers(*drafts: Draft, now: datetime = LATER) -> list[tuple[object, float | None]]:
    return [
        (getattr(outcome, "code", None) or outcome.duplicate, getattr(outcome, "retry_after", None))  # type: ignore[union-attr]
        for outcome in do(*drafts, now=now)
    ]


def test_a_repeat_is_answered_and_never_refused(room: Room) -> None:
    draft, other = Draft(room.pk, BOB, "셋", "a" * 32), Draft(room.pk, BOB, "넷", "b" * 32)
    assert answers(draft) == [(False, None)]
    mute(LATER + timedelta(minutes=10))
    assert answers(draft, other) == [(True, None), ("E-MO002", 600.0)]
    mute(LATER)
    Room.objects.update(is_read_only=True)
    assert answers(draft, other) == [(True, None), ("E-MO004", None)]
    Room.objects.update(is_read_only=False, slow_s=30)
    third = Draft(room.pk, BOB, "다섯", "c" * 32)
    assert answers(draft, other, other, third) == [(True, None), (False, None), (True, None), ("E-MO003", 30.0)]
    assert answers(third, now=LATER + timedelta(seconds=29.5)) == [("E-MO003", 0.5)]
    assert answers(third, now=LATER + timedelta(seconds=30)) == [(False, None)]


def test_who_is_muted_changes_nothing_but_takes_away_what_is_theirs(room: Room) -> None:
    assert codes(react(room, 1, by=BOB), now=LATER) == ["Stored"]
    mute(LATER + timedelta(minutes=10))
    acts = [edit(room, 2, "이", by=BOB), react(room, 1, "thumb", by=BOB)]
    assert codes(*acts) == ["E-MO002"] * 2
    assert codes(edit(room, 2, "둘", by=BOB), react(room, 1, by=BOB)) == ["Stored"] * 2  # repeats
    assert codes(react(room, 1, by=BOB, on=False), delete(room, 2, by=BOB), now=LATER + A_WHILE) == ["Stored"] * 2


def test_in_a_read_only_room_members_react_and_managers_write(room: Room) -> None:
    Room.objects.update(is_read_only=True)
    acts = [edit(room, 2, "이", by=BOB), react(room, 1, by=BOB), edit(room, 1, "일", by=ALICE)]
    assert codes(*acts) == ["E-MO004", "Stored", "Stored"]


def test_who_leaves_and_comes_back_waits_as_long(room: Room, bob: Member) -> None:
    Room.objects.update(slow_s=60)
    assert answers(Draft(room.pk, BOB, "셋", "a" * 32)) == [(False, None)]
    services.leave_group_room(caller=caller(BOB), room_id=room.pk)
    services.join_group_room(caller=caller(BOB), room_id=room.pk, now=LATER)
    assert answers(Draft(room.pk, BOB, "넷", "b" * 32), now=LATER + timedelta(seconds=20)) == [("E-MO003", 40.0)]
    assert answers(Draft(room.pk, BOB, "넷", "b" * 32), now=LATER + timedelta(seconds=60)) == [(False, None)]
