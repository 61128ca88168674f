"""REST of where people help, and of the card that its member alone sees."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from messaging.care_models import Concern
from rooms.models import Member
from tests.factories import ALICE, BOB, token_for
from tests.messaging.care import ship

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shipped(alice: Member, bob: Member) -> None:
    ship()


def call(method: str, path: str, member_id: int) -> Any:
    answer = Client().generic(method, f"/v1/chat{path}", headers={"access": token_for(member_id)})
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def test_where_people_help_is_for_everybody() -> None:
    shown = call("GET", "/help-lines", BOB)

    assert [line["number"] for line in shown["lines"]] == ["109", "109", "1388", "119"]
    assert shown["lines"][0]["checkedOn"] == "2026-02-13"
    assert shown["text"]


def test_the_card_stays_until_its_member_puts_it_away_and_nobody_else_has_it() -> None:
    concern = Concern.objects.create(room_id=4, member_id=ALICE, source="words", raised_at=datetime.now(UTC))
    for _ in range(2):
        card = call("GET", "/me/care", ALICE)
        assert (card["concernId"], card["roomId"], len(card["lines"])) == (concern.pk, 4, 4)
    assert call("GET", "/me/care", BOB)["concernId"] is None
    assert call("DELETE", "/me/care", BOB) is None
    assert call("GET", "/me/care", ALICE)["concernId"] == concern.pk
    assert call("DELETE", "/me/care", ALICE) is None

    assert call("GET", "/me/care", ALICE)["concernId"] is None
    concern.refresh_from_db()
    assert (concern.state, concern.card_closed_at is None) == ("open", False)
