"""That somebody may hurt themselves is noted in the transaction of what they said, and changes nothing of it."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from messaging.care_models import Concern
from messaging.models import Message
from messaging.moderation.screening import Verdict
from messaging.moderation.signals import FAILURE, Signal
from messaging.store import concerning
from messaging.store.concerning import FAILURE_AGAIN_AFTER, ONE_STORY
from messaging.store.services import Draft
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, make_group_room
from tests.messaging.store.doing import NOW, do, done, edit, say

pytestmark = pytest.mark.django_db

SIGNAL = Signal("words", 5)
A_MOMENT = timedelta(seconds=1)


@pytest.fixture
def room(room: Room) -> Room:
    Room.objects.update(is_counselling=True)
    return room


def raised() -> list[tuple[int, int | None, int | None, str, int | None]]:
    rows = Concern.objects.order_by("pk")
    return list(rows.values_list("room_id", "member_id", "seq", "source", "signal_id"))


def notice(room: Room, *, now: datetime = NOW, by: int = ALICE, signal: Signal = SIGNAL) -> bool:
    """Whether people hear of it: anew, or with what they heard before."""
    [stored] = say(room, "죽고 싶다", sender_id=by, now=now, signal=signal)
    return stored.noticed is not None


def test_it_is_stored_with_the_message_that_is_stored_as_any(room: Room) -> None:
    assert notice(room)

    assert raised() == [(room.pk, ALICE, 1, "words", 5)]
    concern = Concern.objects.get()
    assert (concern.raised_at, concern.state, concern.note) == (NOW, "open", "")
    assert Message.objects.get().contents == "죽고 싶다"


def test_in_other_rooms_nothing_is_noted(room: Room, alice: Member) -> None:
    kitchen = make_group_room("Kitchen", alice)

    assert not notice(kitchen)
    assert not notice(kitchen, signal=FAILURE)
    assert raised() == []


def test_a_message_in_a_batch_of_many_is_the_one_that_is_noted(room: Room) -> None:
    say(room, "하나", "둘", sender_id=BOB)
    notice(room)

    assert raised() == [(room.pk, ALICE, 3, "words", 5)]


def test_what_is_sent_again_is_noted_once(room: Room) -> None:
    draft = Draft(room.pk, ALICE, "죽고 싶다", "a" * 32, signal=SIGNAL)

    assert [done(draft)[0].noticed for _ in range(2)] == [SIGNAL, None]
    assert len(raised()) == 1


def test_what_somebody_goes_on_saying_is_one_story_until_somebody_looked(room: Room) -> None:
    notice(room)
    assert notice(room, now=NOW + A_MOMENT)
    assert len(raised()) == 1
    notice(room, now=NOW + A_MOMENT, by=BOB)
    assert len(raised()) == 2

    Concern.objects.update(state="seen")
    notice(room, now=NOW + 2 * A_MOMENT)
    assert len(raised()) == 3
    notice(room, now=NOW + ONE_STORY + 3 * A_MOMENT)
    assert len(raised()) == 4
    Concern.objects.update(card_closed_at=NOW)
    notice(room, now=NOW + ONE_STORY + 4 * A_MOMENT)
    assert len(raised()) == 5


def test_a_failure_is_told_once_in_a_room_while_it_lasts(room: Room, alice: Member) -> None:
    other = make_group_room("Attic", alice)
    Room.objects.update(is_counselling=True)
    for moment in range(5):
        notice(room, signal=FAILURE, now=NOW + moment * A_MOMENT, by=BOB if moment else ALICE)
    notice(other, signal=FAILURE)
    assert raised() == [(room.pk, ALICE, 1, "failure", None), (other.pk, ALICE, 1, "failure", None)]

    Concern.objects.update(state="closed")
    notice(room, signal=FAILURE, now=NOW + FAILURE_AGAIN_AFTER - A_MOMENT)
    assert len(raised()) == 2
    notice(room, signal=FAILURE, now=NOW + FAILURE_AGAIN_AFTER + A_MOMENT)
    assert len(raised()) == 3


def test_an_edit_is_noted_too_where_it_changes_something(room: Room) -> None:
    say(room, "안녕", sender_id=ALICE)
    [stored] = done(edit(room, 1, "죽고 싶다", by=ALICE, signal=SIGNAL))
    assert stored.noticed == SIGNAL
    done(edit(room, 1, "죽고 싶다", by=ALICE, signal=SIGNAL))

    assert raised() == [(room.pk, ALICE, 1, "words", 5)]


# --- beside the filter


HOLD, BLOCK = Verdict("hold", "filter", 1, "나쁜 말"), Verdict("block", "filter", 1, "나쁜 말")


def test_what_people_are_to_hear_of_waits_for_nobody(room: Room, alice: Member) -> None:
    kitchen = make_group_room("Kitchen", alice)
    drafts = [
        Draft(where.pk, BOB if where == room else ALICE, "죽고 싶다", uuid4().hex, signal=signal, verdict=HOLD)
        for where, signal in ((room, SIGNAL), (room, FAILURE), (kitchen, SIGNAL))
    ]

    assert [getattr(outcome, "code", "stored") for outcome in do(*drafts)] == ["stored", "E-MO006", "E-MO006"]
    assert raised() == [(room.pk, BOB, 1, "words", 5)]


def test_what_is_edited_so_is_not_held_up_either(room: Room) -> None:
    say(room, "안녕", sender_id=BOB)

    assert done(edit(room, 1, "죽고 싶다", by=BOB, signal=SIGNAL, verdict=HOLD))[0].noticed == SIGNAL


def test_what_is_refused_for_its_words_is_noted_without_it(room: Room) -> None:
    draft = Draft(room.pk, BOB, "죽고 싶다", uuid4().hex, signal=SIGNAL, verdict=BLOCK)

    assert [getattr(outcome, "code", "stored") for outcome in do(draft)] == ["E-MO007"]
    assert raised() == [(room.pk, BOB, None, "words", 5)]
    assert not Message.objects.exists()


# --- what fails


def test_a_concern_that_cannot_be_stored_keeps_no_message_back(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(concerning, "_COLUMNS", ("no_column",) * 8)

    [stored] = say(room, "죽고 싶다", sender_id=ALICE, signal=SIGNAL)
    assert (stored.message.seq, stored.noticed) == (1, None)
    assert "that somebody may need help was not stored" in caplog.text
    assert "죽고" not in caplog.text
