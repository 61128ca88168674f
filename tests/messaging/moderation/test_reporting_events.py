"""A report, and that somebody may need help, are told to the main server: once, and not by whom."""

import pytest
from django.utils import timezone

from messaging.care_models import Concern
from messaging.moderation import reporting
from messaging.moderation.concerns import raise_from_assistant
from messaging.moderation.reasons import Reason
from messaging.moderation_models import Report
from rooms.models import Room
from tests.endpoints import details, subscribe, waiting
from tests.factories import ALICE, BOB
from tests.messaging.moderation.reported import report
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(room: Room) -> Room:
    """Alice and Bob are in; Bob said one, two."""
    say(room, "one", "two", sender_id=BOB)
    subscribe("report", "concern")
    return room


def test_a_report_is_an_event_and_the_same_again_is_none(garden: Room) -> None:
    for _ in range(2):
        report(garden, by=ALICE, seq=1)
    assert waiting("kind", "room_id", "seq", "member_id") == [("report", garden.pk, 1, None)]
    assert details() == [{"reportId": Report.objects.get().pk}]


def test_what_the_filter_flags_is_one_too(garden: Room) -> None:
    for _ in range(2):
        reporting.report_by_filter(room_id=garden.pk, seq=2, found="x", now=timezone.now())
    assert waiting("kind", "seq") == [("report", 2)]


def test_who_worries_about_somebody_raises_a_concern_beside_the_report(garden: Room) -> None:
    for _ in range(2):
        report(garden, by=ALICE, seq=1, reason=Reason.SELF_HARM)
    assert waiting() == ["concern", "report"]
    assert details(kind="concern") == [{"concernId": Concern.objects.get().pk, "source": "report"}]


def test_a_question_that_no_model_would_answer_is_a_concern(garden: Room) -> None:
    for _ in range(2):
        raise_from_assistant(room_id=garden.pk, member_id=BOB, seq=1, now=timezone.now())
    assert [one["source"] for one in details()] == ["assistant"]
