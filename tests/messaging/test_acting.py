"""Acts from outside of sockets where no server of sockets runs; beside one they are in `test_views_acts`."""

import pytest
from django.http import HttpRequest
from django.utils import timezone

from chatproject.errors import NotYourMessage
from messaging.acting import carry_out
from messaging.store.acts import REACTIONS_TOLD_EVERY
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.store.doing import delete, react, read, say

pytestmark = pytest.mark.django_db


def test_a_reaction_that_comes_too_soon_is_stored_after_its_wait(room: Room) -> None:
    say(room, "one", sender_id=ALICE)
    began = timezone.now()
    for by in (ALICE, BOB):
        carry_out(HttpRequest(), react(room, 1, by=by))
    assert read(room, 1).reactions[0].count == 2
    assert timezone.now() - began >= REACTIONS_TOLD_EVERY


def test_a_refusal_is_raised(room: Room) -> None:
    say(room, "one", sender_id=ALICE)
    with pytest.raises(NotYourMessage):
        carry_out(HttpRequest(), delete(room, 1, by=BOB))
