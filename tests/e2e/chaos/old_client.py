"""A client of the replaced server's WebSocket: it hears one room's new messages, and comes back when cut off."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from random import Random
from urllib.parse import urlencode

from tests.e2e.chaos.journal import OldJournal
from tests.e2e.chaos.lean_socket import HandshakeRefused, LeanSocket
from tests.e2e.secrecy import make_token

PAUSE_S = 0.5


class OldClient:
    """Only listens. `choose_server` says where to connect next; `notify` hears of news."""

    def __init__(
        self,
        *,
        member_id: int,
        room_id: int,
        choose_server: Callable[[], str],
        notify: Callable[[], None],
        random: Random,
    ) -> None:
        self.journal = OldJournal(f"Old client {member_id}", room_id)
        self._query = urlencode({"access": make_token(member_id), "roomId": room_id})
        self._choose_server, self._notify, self._random = choose_server, notify, random

    @property
    def newest(self) -> int | None:
        """The highest seq that came on the present connection; None where none did, or there is none."""
        if not self.journal.is_open:
            return None
        return max((seq for seq, _text in self.journal.visits[-1]), default=None)

    async def live(self) -> None:
        """Connect, and again whenever the connection ends; until cancelled."""
        while True:
            with suppress(OSError, TimeoutError, HandshakeRefused):
                await self._visit()
            await asyncio.sleep(PAUSE_S * self._random.uniform(0.5, 1.0))

    async def _visit(self) -> None:
        ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        heard: list[tuple[int, str]] = []
        socket = LeanSocket(on_text=partial(self._hear, heard), on_close=partial(_settle, ended))
        self.journal.visits.append(heard)
        try:
            await socket.open(f"{self._choose_server()}/v1/chat/connect?{self._query}")
            self.journal.is_open = True
            room_id = self.journal.room_id
            socket.send(json.dumps({"type": "subscribe", "roomId": room_id}).encode())
            await ended
        finally:
            self.journal.is_open = False
            socket.abort()

    def _hear(self, heard: list[tuple[int, str]], text: bytes) -> None:
        frame = json.loads(text)
        heard.append((frame["seq"], frame["message"]))
        self._notify()


def _settle(ended: asyncio.Future[int], code: int) -> None:
    if not ended.done():
        ended.set_result(code)
