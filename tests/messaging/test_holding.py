"""A message is held, decided and told of, at two live servers."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncRequestFactory
from django.utils import timezone

from chatproject.room_errors import MessageHeld
from messaging import holding
from messaging.file_models import File
from messaging.moderation_models import HeldMessage
from messaging.server import ChatServer
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB, caller
from tests.messaging.files.having import have_file
from tests.messaging.moderation.rules import make_rule
from tests.messaging.people import Person, connect, soon


@pytest.fixture
def garden(room: Room) -> Room:
    make_rule("시발", room=room)
    Participant.objects.filter(room=room, member_id=ALICE).update(role="owner")
    return room


async def decide(server: ChatServer, room: Room, held_id: int, *, release: bool, reason: str = "") -> HeldMessage:
    """As a request of Alice's at that process does."""
    request = AsyncRequestFactory().put("/")
    request.scope = {**request.scope, "chat_server": server}
    decided = partial(holding.decide, request, room_id=room.pk, held_id=held_id, by=caller(ALICE))
    return await soon(sync_to_async(decided)(release=release, reason=reason))


async def hold(bob: Person, room: Room, text: str = "시발", **fields: Any) -> int:
    with pytest.raises(MessageHeld) as held:
        await bob.say(room.pk, text, **fields)
    assert held.value.held_id is not None
    return held.value.held_id


async def test_what_is_held_comes_where_it_is_let_go(
    garden: Room, alice_here: Person, bob_there: Person, here: ChatServer
) -> None:
    held_id = await hold(bob_there, garden, assisted=True)
    told = await alice_here.gets("moderation")
    assert (told["roomId"], told["held"]) == (garden.pk, 1)
    assert bob_there.sink.of_type("moderation") == []
    await alice_here.say(garden.pk, "meanwhile")
    decided = await decide(here, garden, held_id, release=True)
    assert decided.seq == 2
    for person in (alice_here, bob_there):
        await person.hears("meanwhile", "시발")
        assert [chat.get("assisted") for chat in person.sink.of_type("chat")] == [None, True]
    told = await bob_there.gets("held")
    assert (told["heldId"], told["state"], told["seq"]) == (held_id, "released", 2)
    await alice_here.sink.until(lambda: len(alice_here.sink.of_type("moderation")) == 2)
    assert alice_here.sink.of_type("held") == []


async def test_what_is_held_comes_with_its_files_as_they_are_by_then(
    garden: Room, bob_there: Person, alice_here: Person, here: ChatServer
) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    have = partial(have_file, garden, BOB, state="checking", expires_at=tomorrow)
    cat, log, lost = [await sync_to_async(have)() for _ in range(3)]
    with pytest.raises(MessageHeld) as refusal:
        await bob_there.say(garden.pk, "시발", attachments=(cat.pk, log.pk, lost.pk))
    await File.objects.filter(pk=cat.pk).aupdate(state="ready", size=90)
    await File.objects.filter(pk=log.pk).aupdate(state="refused", reason="infected")
    await File.objects.filter(pk=lost.pk).adelete()
    assert refusal.value.held_id is not None
    await decide(here, garden, refusal.value.held_id, release=True)
    said = await alice_here.gets("chat")
    assert [(one["fileId"], one.get("state"), one["size"]) for one in said["attachments"]] == [
        (cat.pk, None, 90),
        (log.pk, "refused", 1_000),
        (lost.pk, "gone", 1_000),
    ]
    assert await File.objects.filter(seq=1, is_held=False).acount() == 2


async def test_all_sockets_of_the_author_hear_of_a_rejection_and_nobody_of_the_message(
    garden: Room, alice_here: Person, bob_there: Person, here: ChatServer
) -> None:
    elsewhere = await connect(here, BOB)
    held_id = await hold(bob_there, garden)
    await decide(here, garden, held_id, release=False, reason="욕설이에요.")
    for person in (bob_there, elsewhere):
        decided = await person.gets("held")
        assert (decided["state"], decided["reason"]) == ("rejected", "욕설이에요.")
    assert alice_here.heard() == []
