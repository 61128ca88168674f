"""Who is away is notified in their browser of what is said, once, whichever process stored it."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import pytest

from messaging.delivery.sessions import Session
from messaging.push import gathering
from messaging.push import pushes as module
from messaging.push.pushes import Pushes, pushes, topic_of
from messaging.server import ChatServer
from messaging.wire.client_frames import Delete, Read
from rooms.models import Member, Room
from tests.chatproject.outgoing.receiver import answers
from tests.factories import ALICE, BOB, make_private_room
from tests.messaging.people import Person, StartServer, connect, eventually, in_thread, soon
from tests.messaging.push.browsers import PUSH, Browser, PushService
from tests.messaging.push.people import endpoints, give_browser, want_texts

pytestmark = pytest.mark.django_db(transaction=True)

StartPushes = Callable[[ChatServer], Pushes]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for where, name, seconds in (
        (gathering, "FIRST_S", 0.05),
        (gathering, "AGAIN_S", 0.05),
        (gathering, "LATER_S", 0.1),
        (module, "TICK_S", 0.01),
    ):
        monkeypatch.setattr(where, name, seconds)


@pytest.fixture
async def start_pushes(service: PushService) -> AsyncIterator[StartPushes]:
    started: list[Pushes] = []

    def start(server: ChatServer) -> Pushes:
        server.pushes = pushes(
            database=server.database,
            looked_within=server.presence.looked_within,
            settings=PUSH,
            registry=server.metrics.registry,
            network=service.network,
            trust=service.trust,
        )
        server.pushes.start()
        started.append(server.pushes)
        return server.pushes

    yield start
    for one in started:
        await soon(one.stop())


@pytest.fixture
async def telephone(service: PushService, room: Room) -> Browser:
    """Alice's."""
    browser = Browser()
    await in_thread(partial(give_browser, ALICE, service.endpoint("alice"), browser=browser))
    return browser


@pytest.fixture
async def bob_speaks(server: ChatServer, room: Room, start_pushes: StartPushes) -> Person:
    start_pushes(server)
    return await connect(server, BOB)


def outcomes(server: ChatServer, outcome: str) -> float:
    return server.metrics.registry.get_sample_value("chat_pushes_total", {"outcome": outcome}) or 0.0


async def settled(server: ChatServer) -> None:
    """Nothing waits any more."""
    assert server.pushes is not None
    await eventually(lambda: server.pushes is not None and not server.pushes._news.is_set())
    await soon(server.pushes.delivery.settled())


async def test_alice_who_is_away_is_notified_once_of_what_bob_said(
    server: ChatServer, bob_speaks: Person, room: Room, telephone: Browser, service: PushService
) -> None:
    await bob_speaks.say(room.pk, "one")
    await bob_speaks.say(room.pk, "two")
    [taken] = await service.has_taken(1)
    await settled(server)
    assert len(service.receiver.taken) == 1
    assert telephone.read(taken) == {
        "memberId": ALICE,
        "roomId": room.pk,
        "seq": 2,
        "title": "Garden",
        "body": "2 new messages",
        "unread": 2,
        "language": "en",
    }
    assert taken.headers["urgency"] == "normal"
    await in_thread(want_texts, ALICE)
    await bob_speaks.say(room.pk, "three")
    [_first, taken] = await service.has_taken(2)
    assert (telephone.read(taken)["body"], telephone.read(taken)["unread"]) == ("Bob: three", 3)
    assert taken.headers["topic"] == service.receiver.taken[0].headers["topic"]


async def test_a_private_room_is_urgent_and_nobody_is_told_of_ones_own(
    server: ChatServer, bob_speaks: Person, telephone: Browser, service: PushService
) -> None:
    pair = await in_thread(lambda: make_private_room(Member.objects.get(pk=ALICE), Member.objects.get(pk=BOB)))
    await in_thread(partial(give_browser, BOB, service.endpoint("bob")))
    await bob_speaks.say(pair.pk, "psst")
    [taken] = await service.has_taken(1)
    await settled(server)
    assert [one.path for one in service.receiver.taken] == ["/wpush/alice"]
    assert (telephone.read(taken)["title"], taken.headers["urgency"]) == ("Bob", "high")


def test_a_push_service_learns_by_no_topic_who_talks_in_one_room(service: PushService) -> None:
    laptop, telephone = service.address("laptop", Browser()), service.address("telephone", Browser())
    assert topic_of(1, laptop) == topic_of(1, laptop) != topic_of(2, laptop)
    assert topic_of(1, laptop) != topic_of(1, telephone)


async def test_who_looks_is_left_alone_and_told_later_where_they_left_without_reading(
    server: ChatServer, bob_speaks: Person, room: Room, telephone: Browser, service: PushService
) -> None:
    looking = await connect(server, ALICE)
    server.presence.look(looking.session, is_on=True)
    await bob_speaks.say(room.pk, "one")
    await settled(server)
    await soon(server.reads.mark(looking.session, Read(room_id=room.pk, seq=1)))
    await bob_speaks.say(room.pk, "two")
    await settled(server)
    assert service.receiver.taken == []  # read, or still looking
    await bob_speaks.say(room.pk, "three")
    await look_later(server, looking.session)
    [taken] = await service.has_taken(1)
    assert telephone.read(taken)["seq"] == 3


async def look_later(server: ChatServer, session: Session) -> None:
    """They looked until a moment ago; and some seconds later still nothing is read."""
    asked: list[float] = []
    real = server.presence.looked_within

    async def looked_within(members: Any, seconds: float) -> set[int]:
        asked.append(seconds)
        return await real(members, seconds) if len(asked) == 1 else set(members) if seconds > 8 else set()

    assert server.pushes is not None
    server.pushes._looked_within = looked_within
    await eventually(lambda: len(asked) >= 3)
    assert asked == [30.0, 30.0, 8.0]


async def test_what_is_deleted_at_once_is_never_told(
    server: ChatServer, bob_speaks: Person, room: Room, telephone: Browser, service: PushService
) -> None:
    await bob_speaks.say(room.pk, "oh no")
    await soon(server.act(bob_speaks.session, Delete(room_id=room.pk, seq=1)))
    await settled(server)
    assert service.receiver.taken == []


async def test_a_browser_that_its_service_no_longer_knows_is_forgotten(
    server: ChatServer, bob_speaks: Person, room: Room, telephone: Browser, service: PushService
) -> None:
    service.receiver.behave = answers(410)
    await bob_speaks.say(room.pk, "hello")
    await service.has_taken(1)
    await settled(server)
    assert await in_thread(endpoints, ALICE) == []
    assert outcomes(server, "gone") == 1


async def test_of_two_processes_only_the_one_that_stored_it_tells(
    start_server: StartServer, start_pushes: StartPushes, room: Room, telephone: Browser, service: PushService
) -> None:
    here, there = await start_server(), await start_server()
    for server in (here, there):
        start_pushes(server)
    listener = await connect(there, BOB)
    await listener.subscribe(room.pk)
    speaker = await connect(here, BOB)
    await speaker.say(room.pk, "hello")
    await listener.hears("hello")
    await service.has_taken(1)
    await settled(here)
    await settled(there)
    assert (outcomes(here, "sent"), outcomes(there, "sent")) == (1, 0)
    assert len(service.receiver.taken) == 1


async def test_under_pressure_they_go_first(
    server: ChatServer, bob_speaks: Person, room: Room, telephone: Browser, service: PushService
) -> None:
    assert server.pushes is not None
    stored = await bob_speaks.say(room.pk, "hello")
    server.pushes.see([stored], is_behind=True)
    await service.has_taken(1)
    await settled(server)
    assert (outcomes(server, "dropped"), outcomes(server, "sent")) == (1, 1)


async def test_a_log_holds_no_address_of_a_browser(
    server: ChatServer,
    bob_speaks: Person,
    room: Room,
    telephone: Browser,
    service: PushService,
    caplog: pytest.LogCaptureFixture,
) -> None:
    service.receiver.behave = answers(400)
    await bob_speaks.say(room.pk, "hello")
    await service.has_taken(1)
    await settled(server)
    assert "took no notification" in caplog.text
    assert "wpush" not in caplog.text
