"""Who reports too much: once a day, told when the next one may be, but for somebody in danger."""

import pytest

from chatproject.errors import TooManyRequests
from messaging.moderation_models import Report
from messaging.report_models import SlowedReporter
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.moderation.reported import DAY, HOUR, NOON, report
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db


@pytest.fixture
def slowed(room: Room) -> Room:
    say(room, "one", "two", "three", "four", "five", sender_id=BOB)
    SlowedReporter.objects.create(
        member_id=ALICE, reason="reports whatever Bob says", since=NOON, until=NOON + 3 * DAY
    )
    return room


def test_a_slowed_member_reports_once_a_day_and_is_told_when(slowed: Room) -> None:
    report(slowed, by=ALICE, seq=1)
    with pytest.raises(TooManyRequests) as refusal:
        report(slowed, by=ALICE, seq=2, now=NOON + 23 * HOUR)
    assert refusal.value.retry_after == HOUR.total_seconds()
    report(slowed, by=ALICE, seq=2, now=NOON + DAY)


def test_others_are_not_slowed_and_the_time_ends(slowed: Room) -> None:
    for seq in (1, 2):
        report(slowed, by=ALICE, seq=seq, now=NOON + 3 * DAY)
    for _time in range(2):
        report(slowed, by=BOB, member_id=ALICE)


def test_nobody_waits_who_worries_about_somebody(slowed: Room) -> None:
    for seq in (1, 2, 3):
        report(slowed, by=ALICE, seq=seq, reason="self_harm")
    assert Report.objects.count() == 3


def test_the_same_report_again_is_no_other_one(slowed: Room) -> None:
    assert report(slowed, by=ALICE, seq=1) == report(slowed, by=ALICE, seq=1)
