"""What a server that runs records for the main server: known at once to every process, whoever stored it."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone

from messaging.server import ChatServer
from messaging.store.services import store_batch
from messaging.wire.client_frames import Read
from rooms.models import Room
from rooms.moderation_models import Sanction
from tests.endpoints import subscribe, waiting
from tests.factories import ALICE, BOB, give_role
from tests.messaging.people import Person, eventually, in_thread, soon
from tests.messaging.store.doing import hide


async def test_an_endpoint_that_is_made_is_known_to_every_process_at_once(
    alice_here: Person, bob_there: Person, room: Room
) -> None:
    for person in (alice_here, bob_there):
        await eventually(lambda person=person: person.server.endpoints.current() is not None)  # type: ignore[misc]
    await alice_here.say(room.pk, "for nobody")
    await in_thread(subscribe)
    alice_here.server.tell_endpoints()
    for person in (alice_here, bob_there):
        await eventually(lambda person=person: person.server.endpoints.current())  # type: ignore[misc]
        await person.say(room.pk, "for the main server")
    await soon(bob_there.server.reads.mark(bob_there.session, Read(room_id=room.pk, seq=3)))
    await soon(alice_here.server.reads.mark(alice_here.session, Read(room_id=room.pk, seq=3)))
    assert await in_thread(partial(waiting, "kind", "seq", "member_id")) == [
        ("message", 2, None),
        ("message", 3, None),
        ("read", 3, ALICE),
    ]


async def test_what_is_said_before_it_is_known_who_subscribed_is_recorded(
    server: ChatServer, alice_listens: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.writer, "_subscribed", lambda: None)
    await in_thread(subscribe)
    await alice_listens.say(room.pk, "hello")
    assert await in_thread(waiting) == ["message"]


async def test_the_clock_lifts_what_hid_a_message_and_that_is_recorded(
    server: ChatServer, alice_listens: Person, room: Room
) -> None:
    await alice_listens.say(room.pk, "spam")

    def hide_it() -> datetime | None:
        now = timezone.now()
        give_role(room, BOB)
        store_batch([hide(room, 1, by=BOB, until=now + timedelta(milliseconds=50))], now=now)
        subscribe("sanction")
        return Sanction.objects.get().until

    until = await in_thread(hide_it)
    server.endpoints.look_now()
    await eventually(server.endpoints.current)
    server.timekeeper.hear([until])
    await alice_listens.sink.until(
        lambda: [one for one in alice_listens.sink.of_type("sanction") if one["lifted"]]
    )
    assert await in_thread(waiting) == ["sanction"]
