"""What managers and staff do about a concern: each sees and closes what is theirs, once, and it is logged."""

from datetime import UTC, datetime

import pytest

from chatproject.errors import ChatError, ManagersOnly, NotInRoom
from chatproject.room_errors import AlreadyDecided, NothingThere
from messaging.care_models import Concern
from messaging.moderation.looking_after import Step, list_concerns, listed, look_after
from rooms.models import Member, Participant, Room
from rooms.moderation import ranks
from rooms.moderation.audit import entries_of
from tests.factories import ALICE, BOB, CHARLIE, caller, make_group_room

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def room(room: Room) -> Room:
    """Alice owns it."""
    Participant.objects.filter(member_id=ALICE).update(role="owner")
    return room


def concern(room: Room, **fields: object) -> Concern:
    usual = {"member_id": BOB, "seq": 1, "source": "words", "raised_at": NOW}
    return Concern.objects.create(room_id=room.pk, **{**usual, **fields})


def look(room: Room, number: int, step: Step = "seen", note: str = "", *, by: int = ALICE) -> Concern:
    return look_after(concern_id=number, room_id=room.pk, step=step, note=note, by=caller(by), now=NOW)


def test_a_manager_sees_who_it_is_says_so_and_closes_it_once(room: Room) -> None:
    number = concern(room).pk
    [entry] = list_concerns(room_id=room.pk, caller=caller(ALICE), state=None)
    assert (entry.concern.pk, entry.nickname) == (number, "Bob")

    seen = look(room, number, note="이야기하고 있어요")
    assert (seen.state, seen.seen_by, seen.seen_at, seen.closed_at) == ("seen", ALICE, NOW, None)
    closed = look(room, number, "closed", "괜찮대요")
    assert (closed.state, closed.note, closed.closed_at) == ("closed", "괜찮대요", NOW)
    with pytest.raises(AlreadyDecided):
        look(room, number)
    assert list_concerns(room_id=room.pk, caller=caller(ALICE), state=None) == []
    assert len(list_concerns(room_id=room.pk, caller=caller(ALICE), state="closed")) == 1
    entries = entries_of(room_id=room.pk, before=None, limit=9)
    logged = [(one.act, one.actor_id, one.member_id, one.seq) for one in entries]
    assert logged == [("concern_closed", ALICE, BOB, 1), ("concern_seen", ALICE, BOB, 1)]


@pytest.mark.parametrize(("who", "refusal"), [(BOB, ManagersOnly), (CHARLIE, NotInRoom)])
def test_nobody_else_sees_or_closes_it(room: Room, who: int, refusal: type[ChatError]) -> None:
    number = concern(room).pk
    for attempt in (
        lambda: look(room, number, by=who),
        lambda: list_concerns(room_id=room.pk, caller=caller(who), state=None),
    ):
        with pytest.raises(refusal):
            attempt()

    assert Concern.objects.get().state == "open"


def test_a_manager_of_another_room_finds_nothing(room: Room, alice: Member) -> None:
    kitchen = make_group_room("Kitchen", alice)
    Participant.objects.update(role="owner")

    with pytest.raises(NothingThere):
        look(kitchen, concern(room).pk)
    with pytest.raises(NothingThere):
        look(room, 999_999)


def test_staff_look_after_every_room_also_one_that_is_gone(room: Room) -> None:
    number = concern(room, member_id=None, seq=None, source="failure").pk
    Room.objects.all().delete()
    closed = look_after(concern_id=number, room_id=None, step="closed", note="", by=ranks.staff(None), now=NOW)

    assert (closed.state, closed.seen_by, listed(closed).nickname) == ("closed", None, None)


def test_a_manager_about_whom_it_is_neither_sees_nor_closes_it(room: Room) -> None:
    number = concern(room, member_id=ALICE).pk
    assert list_concerns(room_id=room.pk, caller=caller(ALICE), state=None) == []
    with pytest.raises(NothingThere):
        look(room, number, "closed")
