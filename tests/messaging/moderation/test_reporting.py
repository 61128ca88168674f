"""Reporting: one open case for each subject, one report of each member, and who may report what."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from chatproject.errors import ChatError
from messaging.care_models import Concern
from messaging.models import Message
from messaging.moderation import cases, reporting
from messaging.moderation.reasons import Reason
from messaging.moderation_models import Case, Report
from rooms.models import Member, Participant, Room
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB, CHARLIE, make_member, make_private_room
from tests.messaging.moderation.reported import DAY, HOUR, NOON, STAFF, report
from tests.messaging.store.doing import delete, done, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(room: Room, charlie: Member) -> Room:
    """Alice, Bob and Charlie are in; Bob said one, two."""
    Participant.objects.create(room=room, member=charlie)
    say(room, "one", "two", sender_id=BOB)
    return room


def test_reports_of_one_message_are_one_case_until_it_is_decided(garden: Room) -> None:
    first = report(garden, by=ALICE, seq=1)
    again = report(garden, by=ALICE, seq=1, reason="spam")
    other = report(garden, by=CHARLIE, seq=1)
    assert (again.pk, again.reason) == (first.pk, "abuse")
    assert other.case == first.case
    assert report(garden, by=ALICE, seq=2).case != first.case
    assert report(garden, by=ALICE, member_id=BOB).case != first.case
    assert report(garden, by=ALICE).case.subject == Case.Subject.ROOM
    case = Case.objects.get(pk=first.case_id)
    cases.close(case, by=STAFF, outcome="dismissed", reason="fine", until=None, now=NOON)
    assert report(garden, by=ALICE, seq=1).case != first.case


def test_who_worries_about_somebody_raises_a_concern_whatever_they_reported_before(garden: Room) -> None:
    report(garden, by=ALICE, seq=1)
    assert not Concern.objects.exists()
    for _ in range(2):
        report(garden, by=ALICE, seq=1, reason=Reason.SELF_HARM)

    concern = Concern.objects.get()
    assert (concern.room_id, concern.member_id, concern.seq, concern.source) == (garden.pk, BOB, 1, "report")


def test_what_is_urgent_is_due_in_an_hour_also_when_it_joins_a_case(garden: Room, settings: Any) -> None:
    settings.REPORT_DUE_HOURS = 24
    case = report(garden, by=ALICE, seq=1).case
    assert (case.due_at, case.is_urgent) == (NOON + DAY, False)
    case = report(garden, by=CHARLIE, seq=1, reason=Reason.SELF_HARM, now=NOON + HOUR).case
    assert (case.due_at, case.is_urgent) == (NOON + 2 * HOUR, True)


@pytest.mark.parametrize(
    ("by", "about", "code"),
    [
        (999, {"seq": 1}, "E-AU002"),
        (ALICE, {"seq": 9}, "E-MS001"),
        (BOB, {"seq": 1}, "E-C001"),
        (BOB, {"member_id": BOB}, "E-C001"),
        (ALICE, {"member_id": 999}, "E-M001"),
        (ALICE, {"member_id": 777}, "E-M001"),
        (ALICE, {"seq": 1, "member_id": BOB}, "E-C001"),
        (ALICE, {"seq": 2}, "E-MS004"),
        (ALICE, {"seq": 3}, "E-MO005"),
        (ALICE, {"seq": 4}, "E-MS001"),
    ],
)
def test_who_may_report_what(garden: Room, by: int, about: dict[str, Any], code: str) -> None:
    make_member(999, "Stranger")
    say(garden, "three", sender_id=BOB)
    say(garden, "Dana came in", sender_id=None, kind="notice")
    done(delete(garden, 2, by=BOB))
    Message.objects.filter(room=garden, seq=3).update(hidden_at=NOON)
    with pytest.raises(ChatError) as refusal:
        report(garden, by=by, **about)
    assert refusal.value.code == code
    assert not Case.objects.exists()


def test_managers_do_not_judge_their_owner_their_room_or_a_private_room(garden: Room, bob: Member) -> None:
    Participant.objects.filter(room=garden, member_id=ALICE).update(role=Participant.Role.OWNER)
    assert report(garden, by=CHARLIE, member_id=ALICE).case.is_for_staff
    assert report(garden, by=CHARLIE).case.is_for_staff
    assert not report(garden, by=CHARLIE, member_id=BOB).case.is_for_staff
    private = make_private_room(bob, Member.objects.get(pk=ALICE))
    assert report(private, by=ALICE, member_id=BOB).case.is_for_staff


def test_what_the_filter_flags_is_a_case_once_with_its_evidence(garden: Room) -> None:
    for _time in range(2):
        reporting.report_by_filter(room_id=garden.pk, seq=1, found="one", now=NOON)
    reporting.report_by_filter(room_id=garden.pk, seq=99, found="gone", now=NOON)
    flagged = Report.objects.get()
    assert (flagged.source, flagged.reporter_id, flagged.words, flagged.case.seq) == ("filter", None, "one", 1)
    assert report(garden, by=ALICE, seq=1).case == flagged.case


def test_who_has_left_can_be_reported_for_what_they_said(garden: Room) -> None:
    Participant.objects.filter(room=garden, member_id=BOB).delete()
    assert report(garden, by=ALICE, member_id=BOB).case.member_id == BOB


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_reports_of_one_message_are_one_case(garden: Room, all_at_once: AllAtOnce) -> None:
    for number in range(6):
        Participant.objects.create(room=garden, member=make_member(100 + number, f"member {number}"))
    found = all_at_once(*[lambda n=number: report(garden, by=100 + n, seq=1) for number in range(6)])
    assert {one.case_id for one in found} == {Case.objects.get().pk}
    assert Report.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_no_report_slips_into_a_case_that_is_decided_at_that_moment(garden: Room, all_at_once: AllAtOnce) -> None:
    case = report(garden, by=ALICE, seq=1).case

    def decide() -> int:
        return decided(case.pk)

    heard, late = all_at_once(decide, lambda: report(garden, by=CHARLIE, seq=1))
    assert (heard == 2) == (late.case_id == case.pk)  # the reporters who are told are all of them


def decided(case_id: int) -> int:
    """How many reports were in it when it was decided."""
    with transaction.atomic():
        held = cases.hold(case_id=case_id, by=STAFF, now=NOON)
        cases.close(held, by=STAFF, outcome="dismissed", reason="…", until=None, now=NOON + timedelta(minutes=1))
        return held.reports.count()
