"""The bare floor: a WebSocket server with one room that writes prepared bytes to every socket.

Run: `python -m tests.load.floor PORT`. Its frames are as long as ours, so that the kernel has the same to do.
"""

import asyncio
import sys
from typing import cast

import uvloop

from tests.load.dialects import stamp_in, text_of
from tests.websocket import TEXT

UPGRADE = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
OUR_FRAME_BYTES = 282

_everyone: dict[asyncio.Transport, None] = {}


class Connection(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._is_open = cast("asyncio.Transport", transport), False

    def connection_lost(self, exc: Exception | None) -> None:
        _everyone.pop(self._transport, None)

    def data_received(self, data: bytes) -> None:
        if not self._is_open:
            self._is_open = True
            self._transport.write(UPGRADE)
            _everyone[self._transport] = None
            return
        payload = b'{"type":"chat","message":"%s"' % text_of(stamp_in(data)).encode()
        payload = payload.ljust(OUR_FRAME_BYTES) + b"}"
        frame = bytes([TEXT, 126]) + len(payload).to_bytes(2, "big") + payload
        for transport in _everyone:
            transport.write(frame)


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
