"""ClamAV's daemon with a signature of the tests' own: what it finds harmful is a harmless sentence."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import HOST, Service, free_port, program, running, service_directory

HARMFUL = b"The tests call this sentence harmful."
LONGEST_BYTES = 1024 * 1024
CONFIGURATION = """\
Foreground yes
DatabaseDirectory {directory}
LocalSocket {directory}/socket
TCPAddr {host}
TCPSocket {port}
StreamMaxLength {longest}
"""


@dataclass
class Clamd(Service):
    directory: Path = Path()

    @property
    def url(self) -> str:
        return f"tcp://{HOST}:{self.port}"

    @property
    def unix_url(self) -> str:
        return f"unix://{self.directory}/socket"


@contextmanager
def private_clamd() -> Iterator[Clamd]:
    with service_directory("clamd") as directory:
        port = free_port()
        (directory / "tests.ndb").write_text(f"Tests.Harmful:0:*:{HARMFUL.hex()}\n")
        configuration = directory / "clamd.conf"
        configuration.write_text(
            CONFIGURATION.format(directory=directory, host=HOST, port=port, longest=LONGEST_BYTES)
        )
        command = [program("clamd", "clamav-daemon"), "-c", str(configuration)]
        with running(Clamd("clamd", command, port, directory / "log", directory=directory)) as service:
            yield service


@asynccontextmanager
async def asked_in_between(happens: Callable[[], Awaitable[object]]) -> AsyncIterator[str]:
    """The address of a scanner that finds nothing, and before it says so lets something happen."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\n")
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            await reader.readexactly(length)
        await happens()
        writer.write(b"stream: OK\n")
        writer.close()

    server = await asyncio.start_server(answer, HOST, 0)
    async with server:
        yield f"tcp://{HOST}:{server.sockets[0].getsockname()[1]}"
