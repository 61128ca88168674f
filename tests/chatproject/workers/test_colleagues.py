"""Workers of one house, which ask each other over real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing

import pytest
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from chatproject.workers.colleagues import Colleagues
from chatproject.workers.places import Place, new_house

HOUSE = new_house()


@pytest.fixture
async def three() -> AsyncIterator[list[Colleagues]]:
    async with AsyncExitStack() as stack:
        workers = []
        for number in (0, 1, 3):  # one in the middle is gone
            registry = CollectorRegistry()
            Gauge("chat_sockets", "Sockets.", registry=registry).set(10 + number)
            worker = Colleagues(Place(HOUSE, number), registry)
            await worker.start()
            stack.push_async_callback(worker.stop)
            workers.append(worker)
        yield workers


async def text_of(worker: Colleagues) -> str:
    return generate_latest(await worker.figures()).decode()


async def test_whichever_is_asked_tells_of_all(three: list[Colleagues]) -> None:
    texts = await asyncio.gather(*map(text_of, three))
    assert len(set(texts)) == 1
    for number in (0, 1, 3):
        assert f'chat_sockets{{worker="{number}"}} {10 + number}.0' in texts[0]
    assert 'worker="2"' not in texts[0]


async def test_one_that_is_stuck_is_told_and_keeps_nobody_waiting(three: list[Colleagues]) -> None:
    place = Place(HOUSE, 2)
    with closing(socket.socket(socket.AF_UNIX)) as stuck:
        stuck.bind(place.address(2))
        stuck.listen(1)
        async with asyncio.timeout(5):
            text = await text_of(three[0])
    assert 'chat_worker_up{worker="2"} 0.0' in text
    assert 'chat_sockets{worker="1"} 11.0' in text
