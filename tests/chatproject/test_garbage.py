"""How seldom a process that serves looks for garbage. What the looks cost is measured: `docs/benchmarks`."""

import gc
import socket
from collections.abc import Iterator

import pytest
import uvicorn

from chatproject.garbage import MIDDLE, OLD, YOUNG
from chatproject.serving import GracefulServer
from tests.servers import HOST


@pytest.fixture(autouse=True)
def _thresholds() -> Iterator[None]:
    """As they were before."""
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)


async def serve_nothing(_scope: object, _receive: object, _send: object) -> None:
    """An application that nobody asks anything."""


async def test_when_a_process_has_started_what_it_loaded_is_looked_through_no_more() -> None:
    loaded: list[object] = []
    circle: list[object] = [loaded]
    loaded.append(circle)
    config = uvicorn.Config(serve_nothing, lifespan="off", log_config=None)
    config.load()
    server = GracefulServer(config)
    server.lifespan = config.lifespan_class(config)
    with socket.create_server((HOST, 0)) as listener:
        await server.startup(sockets=[listener])
        for each in server.servers:
            each.close()

    assert not any(each is loaded for each in gc.get_objects())
    assert gc.get_threshold() == (YOUNG, MIDDLE, OLD)
    assert gc.isenabled()
