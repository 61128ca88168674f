"""The form of a decision offers what can be decided, and for how long."""

import pytest

from messaging.admin_decision import DecisionForm
from rooms.models import Room
from tests.factories import BOB, CHARLIE
from tests.messaging.moderation.reported import case_about
from tests.messaging.reported_room import fill

pytestmark = pytest.mark.django_db


def test_it_offers_what_the_case_is_about(room: Room) -> None:
    garden = fill(room)
    offered = {
        about: [value for value, _label in DecisionForm(None, case=case).fields["outcome"].choices]  # type: ignore[attr-defined]
        for about, case in (
            ("message", case_about(garden, by=CHARLIE, seq=1)),
            ("member", case_about(garden, by=CHARLIE, member_id=BOB)),
            ("room", case_about(garden, by=CHARLIE)),
        )
    }
    assert offered == {
        "message": ["dismissed", "hidden", "measure", "muted", "removed", "cared"],
        "member": ["dismissed", "muted", "removed", "cared"],
        "room": ["dismissed", "cared"],
    }


def test_lengths_are_in_words(room: Room) -> None:
    form = DecisionForm(None, case=case_about(fill(room), by=CHARLIE, member_id=BOB))
    lengths = dict(form.fields["minutes"].choices)  # type: ignore[attr-defined]
    assert (lengths[10], lengths[1_440], lengths[0]) == ("10분", "1일", "해제할 때까지")
    assert "hide" not in form.fields
