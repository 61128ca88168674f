"""A server whose collector is there, and one whose collector hangs: nobody but the traces notices."""

import json
import time
from pathlib import Path

from websockets.sync.client import connect

from tests.chatproject.chat_server import ChatServer, chat_server
from tests.collector import Collector, running_collector
from tests.e2e.processes import SHUTDOWN_S
from tests.servers import running
from tests.times import WAIT_S


def traced_server(directory: Path, migrated: Path, collector: Collector) -> ChatServer:
    server = chat_server(directory, migrated)
    server.environment |= {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.address, "OTEL_SERVICE_NAME": "talk"}
    return server


def ping(server: ChatServer) -> None:
    with connect(server.socket_url()) as alice:
        assert json.loads(alice.recv(WAIT_S))["type"] == "welcome"
        alice.send('{"type": "ping", "id": "1"}')
        assert json.loads(alice.recv(WAIT_S))["type"] == "pong"


def test_what_ended_before_the_stop_is_sent(tmp_path: Path, migrated: Path) -> None:
    with running_collector() as collector, running(traced_server(tmp_path, migrated, collector)) as server:
        ping(server)
        server.stop()
        assert [(span.name, span.service) for span in collector.spans] == [("frame ping", "talk")]


def test_a_collector_that_hangs_keeps_nobody_waiting_and_no_server_from_ending(
    tmp_path: Path, migrated: Path
) -> None:
    with running_collector() as collector, running(traced_server(tmp_path, migrated, collector)) as server:
        collector.lets_go.clear()
        ping(server)
        assert collector.was_called.wait(WAIT_S)
        ping(server)
        with server.get("/metrics") as answer:
            assert 'chat_spans_total{outcome="sent"} 0.0' in answer.read().decode()
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < SHUTDOWN_S
        assert "Traceback" not in server.log.read_text()
