"""Events are sent by servers themselves, or by a process apart."""

import asyncio
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.chatproject.chat_server import ROOT, ChatServer, chat_server
from tests.chatproject.outgoing.outbox import holder, put_test_event
from tests.chatproject.outgoing.receiver import receiving, verify
from tests.messaging.people import eventually, soon
from tests.servers import HOST, Service, free_port, running

SENT = 'chat_events_sent_total{kind="test"} 1.0'


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "chat.sqlite3"


@pytest.fixture
def server(tmp_path: Path, migrated: Path) -> ChatServer:
    """Not started yet."""
    server = chat_server(tmp_path, migrated)
    server.environment["EVENTS_ALLOWED_NETWORKS"] = "127.0.0.0/8"
    return server


def metrics(port: int) -> str:
    with urllib.request.urlopen(f"http://{HOST}:{port}/metrics") as answer:
        text: str = answer.read().decode()
    return text


async def test_a_server_sends_what_waits_and_leaves_the_rest_to_others_when_it_ends(
    server: ChatServer, database: Path
) -> None:
    async with receiving() as receiver:
        put_test_event(database, url=receiver.url)
        with running(server):
            [taken] = await soon(receiver.has_taken(1))
            assert verify(taken)
            await eventually(lambda: SENT in metrics(server.port))
            await asyncio.to_thread(server.stop)

    assert holder(database) == ""
    assert receiver.url not in server.log.read_text()


async def test_where_servers_send_none_a_command_does(server: ChatServer, database: Path, tmp_path: Path) -> None:
    server.environment["SEND_EVENTS"] = "0"
    port = free_port()
    command = [sys.executable, str(ROOT / "manage.py"), "send_events", "--metrics-port", str(port)]
    apart = Service("sender", command, port, tmp_path / "sender.log", server.environment)
    async with receiving() as receiver:
        put_test_event(database, url=receiver.url)
        with running(server):
            server.get("/readyz")
            with running(apart):
                [taken] = await soon(receiver.has_taken(1))
                assert verify(taken)
                await eventually(lambda: SENT in metrics(port))
                await asyncio.to_thread(apart.stop)
            assert SENT not in metrics(server.port)

    assert holder(database) == ""
