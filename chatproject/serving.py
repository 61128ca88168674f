"""uvicorn's server with an end that loses nothing and floods nobody.

First it is not ready any more, then it takes no new connections, then the sockets are told goodbye in slices; what
a socket sent before its goodbye is acknowledged first. All of it fits into the 10 s that container runtimes give.

Workers import this module before Django is set up, so it imports nothing at the top
that needs it.
"""

import asyncio
import errno
import logging
import random
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

import uvicorn
from uvicorn.supervisors import multiprocess

from chatproject.garbage import rarely_collect
from chatproject.workers.places import Place, free_number, new_house

if TYPE_CHECKING:
    from messaging.sockets.transport import ChatWebSocketProtocol
    from messaging.store.writer import MessageWriter

NOTICE_S = 1.0  # for whoever asks /readyz to send its clients elsewhere
GOODBYE_S = 3.0  # the goodbyes are spread over this
SLICES = 30
SLICE_MIN_SOCKETS = 20  # fewer are no flood
SETTLE_S = 1.0  # how much later a goodbye may come where the database is slow
NO_SUCH_ADDRESS = (
    errno.EADDRNOTAVAIL,
    errno.EAFNOSUPPORT,
)  # "localhost" is ::1 too, even on machines without IPv6

logger = logging.getLogger(__name__)


class GracefulServer(uvicorn.Server):
    """One per process, beside the application that `chatproject.asgi` builds there. `place`: of one of several."""

    def __init__(self, config: uvicorn.Config, place: Place | None = None) -> None:
        super().__init__(config)
        self._place = place

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        from chatproject.asgi import application

        await super().startup(sockets)
        if self._place is not None:
            await application.join(self._place)
        rarely_collect()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        from chatproject.asgi import application

        chat_server = application.chat_server
        chat_server.is_stopping = True
        if self._chats():
            # answers of the assistant end while their listeners still hear it
            await asyncio.gather(asyncio.sleep(NOTICE_S), application.assistant.end_answers())
            self._stop_listening(sockets)
            await self._say_goodbye(chat_server.writer)
        await super().shutdown(sockets)

    def _stop_listening(self, sockets: list[socket.socket] | None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()

    async def _say_goodbye(self, writer: "MessageWriter") -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        for chats in _slices(self._chats()):
            for chat in chats:
                chat.stop_reading()
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due + SETTLE_S):
                    await writer.settled()
            for chat in chats:
                chat.shutdown()
            due += GOODBYE_S / SLICES
            await asyncio.sleep(due - loop.time())

    def _chats(self) -> "list[ChatWebSocketProtocol]":
        from messaging.sockets.transport import ChatWebSocketProtocol

        connections = self.server_state.connections
        return [connection for connection in connections if isinstance(connection, ChatWebSocketProtocol)]


def _slices(chats: "list[ChatWebSocketProtocol]") -> "Iterator[list[ChatWebSocketProtocol]]":
    """All of them in at most SLICES slices, mixed: the members of one room do not all go at once."""
    random.shuffle(chats)
    size = max(SLICE_MIN_SOCKETS, -(-len(chats) // SLICES))
    for start in range(0, len(chats), size):
        yield chats[start : start + size]


class GracefulProcess(multiprocess.Process):
    """A worker of uvicorn's supervisor that runs our server."""

    house = ""  # of all of them; in the supervisor
    _by_number: ClassVar[dict[int, "GracefulProcess"]] = {}  # there too

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket]) -> None:
        taken = [number for number, one in self._by_number.items() if one.process.exitcode is None]
        self._place = Place(self.house, free_number(taken))
        super().__init__(config, sockets)
        self._by_number[self._place.number] = self

    @property
    def server(self) -> uvicorn.Server:
        if self._server is None:
            self._server = GracefulServer(self.config, self._place)
        return self._server


def run(config: uvicorn.Config, listeners: list[socket.socket]) -> None:
    """Serve in this process, or in `config.workers` of them under uvicorn's supervisor, until a signal ends it."""
    for listener in listeners:
        logger.info("listening on %s port %d", *listener.getsockname()[:2])
    if config.workers > 1:
        GracefulProcess.house = new_house()
        multiprocess.Process = GracefulProcess  # type: ignore[misc]  # the supervisor has no parameter for it
        multiprocess.Multiprocess(config, sockets=listeners).run()
    else:
        GracefulServer(config).run(sockets=listeners)


def listening_sockets(host: str, port: int) -> list[socket.socket]:
    """One for each address that `host` is; "::" is all of IPv4 as well, where the system has both. Raises OSError.

    uvicorn itself binds other addresses for one worker than for several.
    """
    host = host.removeprefix("[").removesuffix("]")
    if host == "::" and socket.has_dualstack_ipv6():
        return [socket.create_server((host, port), family=socket.AF_INET6, dualstack_ipv6=True)]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    listeners, failures = [], []
    for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
        try:
            listeners.append(socket.create_server(address, family=family))
        except OSError as error:
            if error.errno not in NO_SUCH_ADDRESS:
                raise
            failures.append(error)
    if not listeners:
        raise failures[0]
    return listeners
