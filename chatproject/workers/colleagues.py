"""One worker among those of its supervisor: it tells the others what it counts, and asks them."""

import asyncio
import logging
import socket
from contextlib import suppress

import msgspec
from prometheus_client.registry import Collector

from chatproject.workers.figures import AllFigures, figures_of
from chatproject.workers.places import WORKERS_MAX, Place

logger = logging.getLogger(__name__)

ANSWER_MAX_S = 1.0  # of a worker that is stopped or stuck; who asks for metrics waits ten
ANSWER_MAX_BYTES = 8 * 1_048_576
READ_BYTES = 65_536


class Colleagues:
    """Started on the running loop of the worker whose `place` it is, and stopped with it."""

    def __init__(self, place: Place, registry: Collector) -> None:
        self._place, self._registry = place, registry
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        address = self._place.address(self._place.number)
        self._server = await asyncio.start_unix_server(self._answer, path=address)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def figures(self) -> AllFigures:
        """What all workers count now, this one among them."""
        numbers = [number for number in range(WORKERS_MAX) if number != self._place.number]
        asked = {number: found for number in numbers if (found := self._knock(number)) is not None}
        told = await asyncio.gather(*map(_read, asked.values()))
        figures = dict(zip(asked, told, strict=True))
        return AllFigures(figures | {self._place.number: figures_of(self._registry)})

    async def _answer(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(figures_of(self._registry))
        with suppress(OSError):
            await writer.drain()
        writer.close()

    def _knock(self, number: int) -> socket.socket | None:
        """A connection to that worker; None where there is no such one."""
        knocking = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        knocking.setblocking(False)
        try:
            knocking.connect(self._place.address(number))
        except BlockingIOError:  # so many wait for it that it takes no more
            pass
        except OSError:
            knocking.close()
            return None
        return knocking


async def _read(asked: socket.socket) -> bytes | None:
    """What it tells, None where that is nothing whole in time."""
    loop, told = asyncio.get_running_loop(), b""
    try:
        async with asyncio.timeout(ANSWER_MAX_S):
            while (piece := await loop.sock_recv(asked, READ_BYTES)) and len(told) < ANSWER_MAX_BYTES:
                told += piece
        msgspec.msgpack.decode(told)
    except (TimeoutError, OSError, msgspec.MsgspecError) as error:
        logger.warning("a worker does not tell what it counts: %s", type(error).__name__)
        return None
    finally:
        asked.close()
    return told
