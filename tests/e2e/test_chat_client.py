"""The JavaScript client with two real servers: what people do with it, and the example of its guide."""

import asyncio
import json
import os
import re
from pathlib import Path

import pytest

from tests.e2e.conftest import Pair
from tests.e2e.people import Person
from tests.e2e.processes import PROJECT
from tests.factories import ALICE, BOB, CHARLIE
from tests.javascript import node
from tests.services import TEST_JWT_SECRET

pytestmark = pytest.mark.e2e

RUN_TIMEOUT_S = 120.0
GUIDE = PROJECT / "docs" / "client.md"
CAST = [(ALICE, "Alice"), (BOB, "Bob"), (CHARLIE, "Charlie")]


async def run(*command: str, **env: str) -> str:
    """What it printed, once it ended well."""
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
    assert process.returncode == 0, output.decode()
    return output.decode()


async def test_people_use_the_client(pair: Pair) -> None:
    await run(
        *node("--test", Path(__file__).with_name("chat_client.test.mjs")),
        FIRST_SERVER=pair.first.address,
        SECOND_SERVER=pair.second.address,
        JWT_SECRET=TEST_JWT_SECRET,
        CAST=json.dumps(CAST),
    )


async def test_the_example_of_the_guide_says_hello(
    pair: Pair, alice: Person, bob: Person, room: int, tmp_path: Path
) -> None:
    [program] = re.findall(r"<!-- example: hello.mjs -->\n```js\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    hello = tmp_path / "hello.mjs"
    hello.write_text(program.replace('from "./', f'from "{PROJECT}/'))
    listener = await bob.listen(room)

    printed = await run(*node(hello, pair.first.address, alice.token, str(room)))

    assert (await listener.hear("chat"))["message"] == "안녕하세요!"
    assert "1 Alice: 안녕하세요! (sent)" in printed
    assert "- closed closed" in printed
