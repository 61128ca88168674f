"""Whom an act met may object: once, within six months; staff answer, and what is granted ends."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User

from chatproject.errors import InvalidInput
from chatproject.room_errors import AlreadyDecided, NothingThere, TooLateToObject
from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from rooms.moderation import imposing, objections, ranks
from rooms.moderation.objections import OBJECT_WITHIN
from rooms.moderation_models import Objection, Sanction
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB, make_group_room

NOON = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def muted(alice: Member, bob: Member) -> Sanction:
    """Bob is muted for a week in a room of Alice's."""
    room: Room = make_group_room("Garden", alice, bob)
    imposing.mute(
        room_id=room.pk, member_id=BOB, until=NOON + 7 * DAY, reason="flooding", by=ranks.staff(), now=NOON
    )
    return Sanction.objects.get()


def object_to(
    sanction: Sanction, *, member_id: int = BOB, words: str = "It was not me.", now: datetime = NOON
) -> Objection:
    return objections.object_to(sanction_id=sanction.pk, member_id=member_id, words=words, now=now)


def decide(objection: Objection, *, is_granted: bool, answer: str = "We looked again.") -> imposing.Outcome:
    acting = ranks.staff(User.objects.get_or_create(username="staff")[0].pk)
    return objections.decide(
        objection_id=objection.pk, is_granted=is_granted, answer=answer, acting=acting, now=NOON + DAY
    )


def test_bob_objects_and_the_log_knows(muted: Sanction) -> None:
    objection = object_to(muted, words="  It was not me. ")
    assert (objection.words, objection.made_at, objection.decision) == ("It was not me.", NOON, "")
    entry = AuditEntry.objects.order_by("-entry_id")[0]
    assert (entry.act, entry.actor_id, entry.member_id) == ("objection", BOB, BOB)
    assert "not me" not in entry.details + entry.reason  # what a member writes can be erased, the log cannot


@pytest.mark.parametrize("words", ["", "  ", "x" * 1_001, "\ud800", "a\x00"])
def test_an_objection_says_something(muted: Sanction, words: str) -> None:
    with pytest.raises(InvalidInput):
        object_to(muted, words=words)


def test_nobody_objects_to_what_met_another_or_is_not_there(muted: Sanction) -> None:
    with pytest.raises(NothingThere):
        object_to(muted, member_id=ALICE)
    muted.pk += 1
    with pytest.raises(NothingThere):
        object_to(muted)


def test_six_months_and_no_longer(muted: Sanction) -> None:
    with pytest.raises(TooLateToObject):
        object_to(muted, now=NOON + OBJECT_WITHIN)
    object_to(muted, now=NOON + OBJECT_WITHIN - timedelta(seconds=1))


def test_once_also_where_it_was_answered(muted: Sanction) -> None:
    decide(object_to(muted), is_granted=False)
    with pytest.raises(TooLateToObject):
        object_to(muted)


def test_what_is_granted_ends_and_bob_is_to_be_told(muted: Sanction) -> None:
    outcome = decide(object_to(muted), is_granted=True)
    assert [told.lifted for told in outcome.told] == [True]
    muted.refresh_from_db()
    assert muted.lifted_at == NOON + DAY
    objection = Objection.objects.get()
    assert (objection.decision, objection.answer, objection.decided_at) == (
        "granted",
        "We looked again.",
        NOON + DAY,
    )
    acts = list(AuditEntry.objects.order_by("entry_id").values_list("act", flat=True))
    assert acts == ["mute", "objection", "objection_decided", "mute_lifted"]


def test_what_is_upheld_stays(muted: Sanction) -> None:
    assert decide(object_to(muted), is_granted=False) == imposing.Outcome()
    muted.refresh_from_db()
    assert muted.lifted_at is None


def test_an_answer_has_a_reason_and_is_given_once(muted: Sanction) -> None:
    objection = object_to(muted)
    for answer in ("", " ", "x" * 501):
        with pytest.raises(InvalidInput):
            decide(objection, is_granted=True, answer=answer)
    decide(objection, is_granted=False)
    with pytest.raises(AlreadyDecided):
        decide(objection, is_granted=True)
    objection.pk += 1
    with pytest.raises(NothingThere):
        decide(objection, is_granted=True)


@pytest.mark.django_db(transaction=True)
def test_of_two_objections_at_once_one_is_made(muted: Sanction, all_at_once: AllAtOnce) -> None:
    outcomes = all_at_once(partial(object_to, muted), partial(object_to, muted))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Objection", "TooLateToObject"]
    assert Objection.objects.count() == 1


def test_what_is_granted_of_an_old_mute_leaves_the_mute_that_came_after(muted: Sanction) -> None:
    objection = object_to(muted)
    by = ranks.staff()
    terms: dict[str, Any] = {
        "room_id": muted.room_id,
        "member_id": BOB,
        "by": by,
        "now": NOON + timedelta(hours=1),
    }
    imposing.mute(**terms, until=NOON + 9 * DAY, reason="again")
    assert decide(objection, is_granted=True).told == ()
    newest = Sanction.objects.order_by("-sanction_id")[0]
    assert (newest.reason, newest.lifted_at) == ("again", None)
