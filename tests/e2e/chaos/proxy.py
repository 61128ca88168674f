"""A TCP proxy on 127.0.0.1 that, when told to, swallows everything, is slow, cuts, loses or holds back messages.

It lives in a thread with a loop of its own, so that servers can go on talking through it between two tests.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.e2e.chaos.resp import RespReader, message_of
from tests.servers import HOST, free_port
from tests.times import WAIT_S

CHUNK_BYTES = 65_536

Judge = Callable[[bytes, bytes], bool]  # of a pub/sub message: its channel and its contents


class Proxy:
    """Between clients and 127.0.0.1:`target_port`. Everything about it may be called from any thread."""

    def __init__(self, target_port: int, *, reads_redis: bool = False) -> None:
        self._target_port, self.port = target_port, free_port()
        self.reads_redis = reads_redis  # else nothing is known of what is carried, and no message lost or held
        self.swallows = False  # connections stay, new ones are taken, nothing comes through in either direction
        self.delay_s = 0.0  # of each piece, in either direction
        self.loses: Judge = lambda _channel, _contents: False
        self.holds: Judge = lambda _channel, _contents: False  # back, until the next message has gone out
        self.lost, self.reordered = 0, 0
        self._carried: set[asyncio.WriteTransport] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name=f"proxy-{self.port}")

    # --- its life

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(WAIT_S), "the proxy does not start"

    def lead_to(self, target_port: int) -> None:
        """Carry the connections to come there; those that there are stay where they are."""
        self._target_port = target_port

    def cut(self) -> None:
        """Break off every connection that there is."""
        self._loop.call_soon_threadsafe(self._cut)

    def _cut(self) -> None:
        for transport in self._carried:
            transport.abort()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connect, HOST, self.port)
        self._ready.set()
        await self._over.wait()
        server.close()  # what is still carried ends with the loop

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._carried.add(writer.transport)
        try:
            await _Connection(self).carry(reader, writer)
        finally:
            writer.transport.abort()
            self._carried.discard(writer.transport)

    async def open_target(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(HOST, self._target_port)


class _Connection:
    """One that was swallowed from stays deaf for good, and open: its peers have to give it up themselves."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._was_swallowed = False
        self._held = b""

    def _is_deaf(self) -> bool:
        self._was_swallowed |= self._proxy.swallows
        return self._was_swallowed

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_deaf():
            await _drain(reader)
        with suppress(OSError):
            target_reader, target_writer = await self._proxy.open_target()
            back = asyncio.create_task(self._carry_back(target_reader, writer))
            try:
                await self._carry_forth(reader, target_writer)
            finally:
                back.cancel()
                target_writer.transport.abort()

    async def _carry_forth(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(CHUNK_BYTES):
            await asyncio.sleep(self._proxy.delay_s)
            if not self._is_deaf():
                writer.write(data)

    async def _carry_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        read = RespReader().feed if self._proxy.reads_redis else _as_it_comes
        with suppress(OSError):
            while data := await reader.read(CHUNK_BYTES):
                await asyncio.sleep(self._proxy.delay_s)
                for frame in read(data):
                    if not self._is_deaf():
                        self._judge(frame, writer)
        if not self._is_deaf():
            writer.transport.abort()

    def _judge(self, frame: bytes, writer: asyncio.StreamWriter) -> None:
        proxy = self._proxy
        message = message_of(frame) if proxy.reads_redis else None
        if message is None:
            writer.write(frame)
        elif proxy.loses(*message):
            proxy.lost += 1
        elif not self._held and proxy.holds(*message):
            self._held = frame
        else:
            proxy.reordered += bool(self._held)
            writer.write(frame + self._held)
            self._held = b""


def _as_it_comes(data: bytes) -> Iterator[bytes]:
    yield data


async def _drain(reader: asyncio.StreamReader) -> None:
    with suppress(OSError):
        while await reader.read(CHUNK_BYTES):
            pass


@contextmanager
def proxy_before(port: int, *, reads_redis: bool = False) -> Iterator[Proxy]:
    proxy = Proxy(port, reads_redis=reads_redis)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
