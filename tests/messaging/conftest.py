"""Fixtures of these tests: the cast, ChatServers as if each were a process, two of them with a lossy layer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest
from channels.layers import channel_layers
from django.conf import settings as django_settings

from chatproject.asgi import Process
from messaging.limits import Limits
from messaging.server import ChatServer
from messaging.store.database import Database
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, make_group_room
from tests.messaging.lossy import LossyLayer
from tests.messaging.people import (
    NO_LIMITS,
    TIMEOUT_S,
    Person,
    StartServer,
    connect,
    soon,
)
from tests.messaging.site import Site
from tests.threads import join_database_threads

# --- the cast: Alice and Bob are in the room, Charlie is a stranger


@pytest.fixture
def room(alice: Member, bob: Member, charlie: Member) -> Room:
    return make_group_room("Garden", alice, bob)


# --- servers


@pytest.fixture(autouse=True)
def _no_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the sweep would find later, hides what is broken now. So a subscription waits for a slow layer, too."""
    monkeypatch.setattr("messaging.delivery.repair.SWEEP_INTERVAL_S", 10 * TIMEOUT_S)
    monkeypatch.setattr("messaging.delivery.relay.JOIN_WAIT_S", TIMEOUT_S)


@pytest.fixture
async def start_server(transactional_db: None, layer_aliases: Sequence[str]) -> AsyncIterator[StartServer]:
    """Starts ChatServers, each as if it were a process, connected by this run's layer; stops them at the end."""
    servers: list[ChatServer] = []

    async def start(
        limits: Limits = NO_LIMITS, aliases: Sequence[str] | None = None, database: Database | None = None
    ) -> ChatServer:
        if aliases is None:
            aliases = [layer_aliases[len(servers) % len(layer_aliases)]]
        server = ChatServer(database=database or Database(readers=2), layer_aliases=aliases, limits=limits)
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        await soon(server.stop())
    await asyncio.to_thread(join_database_threads)


@pytest.fixture
async def database(transactional_db: None) -> AsyncIterator[Database]:
    database = Database(readers=2)
    yield database
    database.close()
    await asyncio.to_thread(join_database_threads)


@pytest.fixture
async def server(start_server: StartServer) -> ChatServer:
    return await start_server()


@pytest.fixture
def layer_aliases(settings: Any) -> Iterator[Sequence[str]]:
    """In memory one layer that all servers share; on Redis each server has its own connections, as processes."""
    if not django_settings.REDIS_URLS:
        channel_layers.backends.pop("default", None)
        yield ["default"]
        return
    (config,) = django_settings.CHANNEL_LAYERS.values()
    aliases = [f"server-{number}" for number in range(3)]
    settings.CHANNEL_LAYERS = dict.fromkeys(aliases, config)
    yield aliases


@pytest.fixture
def lossy(layer_aliases: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> LossyLayer:
    """The layer between the servers that are started with `aliases=["lossy"]`."""
    layer = LossyLayer()
    monkeypatch.setitem(channel_layers.backends, "lossy", layer)
    return layer


@pytest.fixture
async def alice_listens(server: ChatServer, room: Room) -> Person:
    person = await connect(server, ALICE)
    await person.subscribe(room.pk)
    return person


@pytest.fixture
async def bob_listens(server: ChatServer, room: Room) -> Person:
    person = await connect(server, BOB)
    await person.subscribe(room.pk)
    return person


StartProcess = Callable[..., Process]


@pytest.fixture
async def start_process(transactional_db: None, settings: Any) -> AsyncIterator[StartProcess]:
    """Builds the ASGI application of a process, by settings that a test may change; stops it at the end.

    It checks no files: what arrived stays so for a test to see.
    """
    settings.FILES = replace(settings.FILES, checks=False)
    processes: list[Process] = []

    def start(**changed: Any) -> Process:
        for name, value in changed.items():
            setattr(settings, name, value)
        processes.append(Process())
        return processes[-1]

    yield start
    for process in processes:
        await soon(process.stop())
    await asyncio.to_thread(join_database_threads)


@pytest.fixture
async def process(start_process: StartProcess) -> Process:
    return start_process(LIMIT_SENDS_PER_SECOND=0)


@pytest.fixture
async def site(process: Process) -> AsyncIterator[Site]:
    async with AsyncExitStack() as clients:
        site = Site(process, clients)
        await site.start()
        yield site
        await site.stop()


# --- two servers and a lossy layer between them: Alice listens at one, Bob at the other


@pytest.fixture
def quick_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.delivery.repair.SWEEP_INTERVAL_S", 0.1)


@pytest.fixture
async def here(start_server: StartServer, lossy: LossyLayer) -> ChatServer:
    return await start_server(aliases=["lossy"])


@pytest.fixture
async def there(start_server: StartServer, lossy: LossyLayer) -> ChatServer:
    return await start_server(aliases=["lossy"])


@pytest.fixture
async def alice_here(here: ChatServer, room: Room) -> Person:
    person = await connect(here, ALICE)
    await person.subscribe(room.pk)
    return person


@pytest.fixture
async def bob_there(there: ChatServer, room: Room) -> Person:
    person = await connect(there, BOB)
    await person.subscribe(room.pk)
    return person
