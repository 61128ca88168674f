"""Acts from outside of sockets where no server of sockets runs; beside one they are in `test_views_acts`."""

from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.http import HttpRequest
from django.utils import timezone

from chatproject.errors import NotYourMessage, TooManyRequests
from messaging.acting import carry_out, take_turn
from messaging.limits import Limits
from messaging.store.acts import REACTIONS_TOLD_EVERY
from rooms.models import Room
from rooms.moderation.ranks import staff
from tests.factories import ALICE, BOB, caller
from tests.messaging.people import StartServer
from tests.messaging.store.doing import delete, react, read, say

pytestmark = pytest.mark.django_db(transaction=True)


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


async def test_over_http_a_manager_does_no_more_than_a_member_says(start_server: StartServer) -> None:
    """Rules, roles, codes and filters, which each process reads and each listener hears of."""
    request: Any = SimpleNamespace(scope={"chat_server": await start_server(limits=Limits(sends_per_second=1))})
    turn = sync_to_async(take_turn, thread_sensitive=False)
    for _again in range(3):
        await turn(request, caller(ALICE))
    with pytest.raises(TooManyRequests):
        await turn(request, caller(ALICE))
    await turn(request, staff())
