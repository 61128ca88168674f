"""The stand-in for Gemini on a free port, clients of ours for it, and a room with people in it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import uuid4

import pytest
import stamina
import uvicorn
from channels.layers import channel_layers

from assistant.prompting.prompts import Prompt
from assistant.providers.gemini import Gemini
from assistant.providers.language_model import LanguageModel
from assistant.providers.provider import Answer
from assistant.standin.server import StandIn
from chatproject.errors import ChatError
from messaging.store.database import Database
from messaging.store.services import Draft, Stored, store_messages
from messaging.wire.protocol import MessageObject
from rooms.models import Room
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_member
from tests.messaging.lossy import LossyLayer
from tests.threads import join_database_threads

TIMEOUT_S = 20.0  # the model's deadline too: shorter than the pause that the scenario 429-long asks for
SEND_BUFFER_BYTES = 65_536
KEY = "a-key-that-nobody-may-ever-see"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
QUESTION = "[Bob]: 안녕\n>[Alice]: 점심 추천해 줘"
PROMPT = Prompt(rules="be kind", transcript=QUESTION, speaker="(도우미):")

T = TypeVar("T")
MakeGemini = Callable[..., LanguageModel]


@asynccontextmanager
async def serving(application: Any) -> AsyncIterator[str]:
    """Serve an ASGI application over real HTTP, in this event loop; yields its address."""
    config = uvicorn.Config(application, lifespan="off", ws="none", log_config=None, access_log=False)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    listener = socket.create_server(("127.0.0.1", 0))
    # or the kernel takes megabytes from us that nobody reads
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    await server.startup(sockets=[listener])
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        for listening in server.servers:
            listening.close()
        for connection in list(server.server_state.connections):
            connection.transport.abort()
        if server.server_state.tasks:  # they end by themselves now that everybody hung up
            await asyncio.wait(server.server_state.tasks, timeout=TIMEOUT_S)


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    """Retries come at once; how often is as in production."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield


@pytest.fixture(autouse=True)
def _short_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who hangs behind the end of an answer is left soon."""
    monkeypatch.setattr("assistant.providers.upstream.MORE_WORDS_S", 1.0)


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def standin() -> StandIn:
    return StandIn()


@pytest.fixture
async def gemini_url(standin: StandIn) -> AsyncIterator[str]:
    async with serving(standin) as url:
        yield url


@pytest.fixture
async def make_gemini(gemini_url: str) -> AsyncIterator[MakeGemini]:
    """Makes clients of the stand-in: `make_gemini("503")` meets the scenario 503, and has no fallback model."""
    clients = []

    def make(scenario: str = "ok", *, key: str = KEY, fallback: str = "", url: str = gemini_url) -> LanguageModel:
        client = LanguageModel(
            Gemini(key=key, base_url=url),
            model=f"standin-{scenario}",
            fallback_model=f"standin-{fallback}" if fallback else "",
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.close()


async def ask(model: LanguageModel, shown: list[str] | None = None, *, deadline_s: float = TIMEOUT_S) -> Answer:
    """The answer to PROMPT: in one piece, or as a stream where `shown` is to hear it."""
    if shown is None:
        return await model.generate(PROMPT, deadline_s=deadline_s)
    return await model.stream(PROMPT, deadline_s=deadline_s, show=shown.append)


async def failing(
    model: LanguageModel, shown: list[str] | None = None, *, deadline_s: float = TIMEOUT_S
) -> ChatError:
    """What whoever asks is told."""
    with pytest.raises(ChatError) as caught:
        await ask(model, shown, deadline_s=deadline_s)
    return caught.value


@pytest.fixture
def room(transactional_db: None) -> Room:
    """Alice and Bob are in it; Charlie is a member of the community and must see nothing."""
    alice, bob = make_member(ALICE, "Alice"), make_member(BOB, "Bob")
    make_member(CHARLIE, "Charlie")
    return make_group_room("점심", alice, bob)


def said(seq: int, nickname: str, text: str, **other: Any) -> MessageObject:
    """A message as the room's history shows it; Alice and Bob have their own member numbers."""
    fields: dict[str, Any] = {
        "room_id": 1,
        "seq": seq,
        "version": seq,
        "kind": "member",
        "sender_id": {"Alice": ALICE, "Bob": BOB}.get(nickname, CHARLIE),
        "nick_name": nickname,
        "message": text,
        "created_at": "2026-11-22T09:00:00.123456Z",
        "client_id": None,
        "reply_to": None,
        "edited_at": None,
        "deleted_at": None,
    }
    return MessageObject(**(fields | other))


def say(room: Room, member_id: int, text: str) -> int:
    """Store a message as the server does; its number in the room."""
    [stored] = store_messages([Draft(room.room_id, member_id, text, uuid4().hex)], now=datetime.now(UTC))
    assert isinstance(stored, Stored)
    return stored.message.seq


async def on_a_thread(function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    """Call what uses the database from a test that runs on the event loop."""
    database = Database(readers=1)
    try:
        return await database.run(function, *args, **kwargs)
    finally:
        database.close()


@pytest.fixture
def read() -> Iterator[Callable[..., Any]]:
    """A thread for what uses the database, as drafts and summaries want it."""
    database = Database(readers=1)
    yield database.run
    database.close()


# --- processes


@pytest.fixture
def lossy(monkeypatch: pytest.MonkeyPatch) -> LossyLayer:
    """The layer between the houses."""
    layer = LossyLayer()
    monkeypatch.setitem(channel_layers.backends, "lossy", layer)
    return layer


@pytest.fixture
async def open_house(
    lossy: LossyLayer, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Any]:
    """Opens houses (see `tests.assistant.houses`), each as if it were a process, with these models.

    A house that closes may take its time; that a process ends in time is proven with real ones.
    """
    from tests.assistant.houses import House

    monkeypatch.setattr("assistant.room.answers.STOP_TIMEOUT_S", TIMEOUT_S)
    houses: list[House] = []

    async def open_one(model: LanguageModel) -> House:
        houses.append(House(model, alias="lossy"))
        houses[-1].open()
        await asyncio.wait_for(houses[-1].server.relay.join(0), TIMEOUT_S)  # hears the others from here on
        return houses[-1]

    yield open_one
    for house in houses:
        await asyncio.wait_for(house.close(), TIMEOUT_S)
    await asyncio.to_thread(join_database_threads)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heartbeats, and the sweeps after them, come at once."""
    monkeypatch.setattr("assistant.room.leases.HEARTBEAT_INTERVAL_S", 0.05)
