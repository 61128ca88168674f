"""The card of whom somebody is concerned about, until they put it away."""

from datetime import UTC, datetime

import pytest

from messaging.care_models import Concern
from messaging.moderation.cards import close_cards, open_card
from tests.factories import ALICE, BOB

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def concern(member_id: int, **fields: object) -> Concern:
    usual = {"source": "words", "raised_at": NOW}
    return Concern.objects.create(room_id=1, member_id=member_id, **{**usual, **fields})


def test_the_newest_is_shown_until_it_is_put_away_or_closed() -> None:
    first, second = concern(ALICE), concern(ALICE, state="seen")
    assert open_card(member_id=ALICE) == second
    assert open_card(member_id=BOB) is None
    second.state = "closed"
    second.save()
    assert open_card(member_id=ALICE) == first
    close_cards(member_id=BOB, now=NOW)
    assert open_card(member_id=ALICE) == first
    close_cards(member_id=ALICE, now=NOW)

    assert open_card(member_id=ALICE) is None


def test_a_failure_is_about_nobody() -> None:
    concern(ALICE, source="failure")

    assert open_card(member_id=ALICE) is None
