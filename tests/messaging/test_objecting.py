"""Answers to objections: what is granted ends at once and is told, what is not stays, and neither twice."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from chatproject.room_errors import AlreadyDecided
from messaging import acting, objecting, sanctioning
from messaging.models import Message
from messaging.store.acts import HideAct
from messaging.wire.client_frames import Mute
from messaging.wire.times import wire_time
from rooms.models import Participant, Room
from rooms.moderation import objections, ranks
from rooms.moderation_models import Objection, Sanction
from tests.conftest import AllAtOnce
from tests.factories import BOB
from tests.messaging.reported_room import fill

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def garden(room: Room) -> Room:
    return fill(room)


def muted(garden: Room) -> Objection:
    end = wire_time(timezone.now() + timedelta(days=1))
    asked = Mute(room_id=garden.pk, member_id=BOB, until=end, reason="…")
    sanctioning.carry_out(HttpRequest(), asked, by=ranks.staff())
    return objected()


def hidden(garden: Room, *, days: int | None = None) -> Objection:
    until = None if days is None else timezone.now() + timedelta(days=days)
    kind = {"kind": "measure"} if days else {}
    act = HideAct(room_id=garden.pk, seq=1, member_id=None, is_admin=True, reason="…", until=until, **kind)  # type: ignore[arg-type]
    acting.carry_out(HttpRequest(), act)
    return objected()


def objected() -> Objection:
    sanction = Sanction.objects.get()
    return objections.object_to(sanction_id=sanction.pk, member_id=BOB, words="아니에요", now=timezone.now())


def answer(objection: Objection, *, is_granted: bool) -> None:
    objecting.answer(
        HttpRequest(),
        objection_id=objection.pk,
        is_granted=is_granted,
        words="다시 살펴봤어요.",
        by=ranks.staff(User.objects.get_or_create(username="staff")[0].pk),
        now=timezone.now(),
    )
    objection.refresh_from_db()


def test_a_mute_ends_when_the_objection_is_granted(garden: Room) -> None:
    objection = muted(garden)
    answer(objection, is_granted=True)
    assert (objection.decision, objection.answer) == ("granted", "다시 살펴봤어요.")
    assert Sanction.objects.get().lifted_at is not None
    assert Participant.objects.get(room=garden, member_id=BOB).muted_until is None


@pytest.mark.parametrize("days", [None, 30])
def test_a_hidden_message_is_shown_again(garden: Room, days: int | None) -> None:
    objection = hidden(garden, days=days)
    answer(objection, is_granted=True)
    assert Sanction.objects.get().lifted_at is not None
    assert Message.objects.get(room=garden).hidden_at is None
    assert not objecting.is_still_hidden(Sanction.objects.get(), timezone.now())


def test_what_is_upheld_stays_with_its_answer(garden: Room) -> None:
    objection = hidden(garden)
    answer(objection, is_granted=False)
    assert objection.decision == "upheld"
    assert Message.objects.get(room=garden).hidden_at is not None


def test_an_objection_is_answered_once(garden: Room, all_at_once: AllAtOnce) -> None:
    objection = muted(garden)
    answers = all_at_once(lambda: answer(objection, is_granted=True), lambda: answer(objection, is_granted=False))
    assert [type(one) for one in answers if one is not None] == [AlreadyDecided]
    assert (Sanction.objects.get().lifted_at is not None) == (Objection.objects.get().decision == "granted")
