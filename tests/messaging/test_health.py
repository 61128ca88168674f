"""What operators and load balancers see of one process."""

from collections.abc import AsyncIterator

import httpx
import pytest
from django.db import connection
from django.test import Client

from chatproject.asgi import Process
from messaging.store.writer import REFUSAL_REMEMBERED_S
from rooms.models import Room
from tests.conftest import TimePasses
from tests.factories import ALICE
from tests.messaging.people import eventually, held_by_another
from tests.messaging.sockets.connected import opened_v2


@pytest.fixture
async def http(process: Process) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=process)  # type: ignore[arg-type]  # typed by another ASGI vocabulary
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def test_a_process_that_can_serve_is_ready(http: httpx.AsyncClient) -> None:
    answer = await http.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["data"] == {
        "state": "ready",
        "degraded": [],
        "database": "up",
        "relay": "up",
        "files": "up",
        "messagesWaiting": 0,
    }


async def test_a_store_of_files_that_is_away_is_named_and_keeps_nobody_out(
    http: httpx.AsyncClient, process: Process
) -> None:
    process.file_store.is_up = False
    answer = await http.get("/readyz")
    state = answer.json()["data"]
    assert (answer.status_code, state["state"], state["degraded"]) == (200, "degraded", ["files"])


async def test_who_cannot_store_as_fast_as_people_talk_says_so(
    http: httpx.AsyncClient, process: Process, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.store.writer.BEHIND_DRAFTS", 2)
    alice, writer = await opened_v2(process, ALICE, room.pk), process.chat_server.writer
    chat = {"type": "chat", "roomId": room.pk, "message": "hello"}
    async with held_by_another(room.pk):
        await alice.send(chat)
        await eventually(
            lambda: len(writer._in_hand) == 1 and not writer.waiting
        )  # the batch that waits for the room
        for _ in range(2):
            await alice.send(chat)
        await eventually(lambda: writer.waiting == 2)
        state = (await http.get("/readyz")).json()["data"]
        assert (state["state"], state["degraded"], state["messagesWaiting"]) == ("degraded", ["writer"], 2)
    assert [(await alice.gets("ack"))["seq"] for _ in range(3)] == [1, 2, 3]


async def test_a_database_that_stores_nothing_is_named_until_it_stores_again(
    http: httpx.AsyncClient, process: Process, room: Room
) -> None:
    alice = await opened_v2(process, ALICE, room.pk)
    chat = {"type": "chat", "roomId": room.pk, "message": "hello"}
    await process.chat_server.database.write_batch(store_nothing_on_this_connection)

    await alice.send(chat)
    refusal = await alice.gets("error")
    assert (refusal["code"], refusal["retryAfter"]) == ("E-S002", 1.0)
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()["data"]["state"]) == (200, "degraded")
    assert answer.json()["data"]["degraded"] == ["database"]

    await alice.send(chat)  # on another connection
    assert (await alice.gets("ack"))["seq"] == 1
    assert (await http.get("/readyz")).json()["data"]["degraded"] == []


async def test_a_refused_message_is_forgotten_where_nobody_speaks(
    http: httpx.AsyncClient, process: Process, room: Room, time_passes: TimePasses
) -> None:
    alice = await opened_v2(process, ALICE, room.pk)
    await process.chat_server.database.write_batch(store_nothing_on_this_connection)
    await alice.send({"type": "chat", "roomId": room.pk, "message": "hello"})
    await alice.gets("error")
    assert process.chat_server.writer.is_refused

    time_passes(REFUSAL_REMEMBERED_S)

    assert "database" not in (await http.get("/readyz")).json()["data"]["degraded"]


def store_nothing_on_this_connection() -> None:
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON" if is_sqlite else "SET SESSION TRANSACTION READ ONLY")


async def test_before_its_end_it_wants_no_new_clients(http: httpx.AsyncClient, process: Process) -> None:
    process.chat_server.is_stopping = True
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "E-S002")
    assert (await http.get("/v1/healthz")).status_code == 200  # but it lives


async def test_the_metrics_count_what_happened(http: httpx.AsyncClient, process: Process, room: Room) -> None:
    alice = await opened_v2(process, ALICE, room.pk)
    await alice.send({"type": "chat", "roomId": room.pk, "message": "hello"})
    await alice.gets("chat")
    await alice.send({"type": "chat", "roomId": room.pk, "message": " "})
    await alice.gets("error")

    answer = await http.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    lines = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    assert lines["chat_sockets"] == "1.0"
    assert lines["chat_rooms_listened_to"] == "1.0"
    assert lines['chat_frames_received_total{type="chat"}'] == "1.0"
    assert lines['chat_refusals_total{code="E-C001"}'] == "1.0"
    assert lines["chat_deliveries_total"] == "1.0"
    assert lines['chat_frames_sent_total{kind="change"}'] == "1.0"
    assert lines['chat_frames_sent_total{kind="answer"}'] == "4.0"  # welcome, subscribed, ack, error
    assert lines["chat_batch_messages_count"] == "1.0"
    assert lines["chat_acknowledgement_seconds_count"] == "1.0"
    assert "hello" not in answer.text


def test_outside_asgi_there_is_nothing_to_ask(client: Client) -> None:
    assert client.get("/readyz").status_code == 404
    assert client.get("/metrics").json()["code"] == "E-C006"
