"""The JavaScript client with two real servers: what people do with it, and the example of its guide."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.e2e.conftest import Pair
from tests.e2e.people import Person
from tests.e2e.processes import PROJECT
from tests.factories import ALICE, BOB, CHARLIE
from tests.javascript import node
from tests.servers import HOST
from tests.services import TEST_JWT_SECRET

pytestmark = pytest.mark.e2e

RUN_TIMEOUT_S = 120.0
GUIDE = PROJECT / "docs" / "client.md"
CAST = [(ALICE, "Alice"), (BOB, "Bob"), (CHARLIE, "Charlie")]


async def run(*command: str, ends_well: bool = True, **env: str) -> str:
    """What it printed, once it ended so."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=PROJECT,
        env={"PATH": os.environ.get("PATH", ""), **env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(RUN_TIMEOUT_S):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert (process.returncode == 0) is ends_well, output.decode()
    return output.decode()


@asynccontextmanager
async def going_back(pair: Pair) -> AsyncIterator[int]:
    """A port for who says a room's number and a seq: it closes when the database is what it was at that seq."""

    async def go_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        room_id, seq = map(int, (await reader.readline()).split())
        await asyncio.to_thread(pair.go_back, room_id, seq=seq)
        writer.close()

    async with await asyncio.start_server(go_back, HOST, 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_people_use_the_client(pair: Pair) -> None:
    async with going_back(pair) as port:
        await run(
            *node("--test", Path(__file__).with_name("chat_client.test.mjs")),
            FIRST_SERVER=pair.first.address,
            SECOND_SERVER=pair.second.address,
            GO_BACK_PORT=str(port),
            JWT_SECRET=TEST_JWT_SECRET,
            CAST=json.dumps(CAST),
        )


def write_hello(folder: Path) -> Path:
    """The guide's program."""
    [program] = re.findall(r"<!-- example: hello.mjs -->\n```js\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    hello = folder / "hello.mjs"
    hello.write_text(program.replace('from "./', f'from "{PROJECT}/'))
    return hello


async def test_the_example_of_the_guide_says_hello(
    pair: Pair, alice: Person, bob: Person, room: int, tmp_path: Path
) -> None:
    hello = write_hello(tmp_path)
    listener = await bob.listen(room)

    printed = await run(*node(hello, pair.first.address, alice.token, str(room)))

    assert (await listener.hear("chat"))["message"] == "안녕하세요!"
    assert "1 Alice: 안녕하세요! (sent)" in printed
    assert "- closed closed" in printed


async def test_who_is_refused_is_told_why_and_the_example_ends(
    pair: Pair, alice: Person, charlie: Person, room: int, tmp_path: Path
) -> None:
    hello, server = write_hello(tmp_path), pair.first.address

    stranger = await run(*node(hello, server, charlie.token, str(room)), ends_well=False)
    unknown = await run(*node(hello, server, "nonsense", str(room)), ends_well=False)

    assert "이 채팅방에 참여하고 있지 않아요." in stranger
    assert "- closed closed" in stranger
    assert "- closed signed-out" in unknown
    assert len(unknown.splitlines()[-1]) > len("signed-out")
