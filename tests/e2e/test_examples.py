"""The guide's examples that are more than a script: React, from the client's package, and a program in Python."""

import asyncio
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Pair
from tests.e2e.people import Person
from tests.e2e.processes import PROJECT
from tests.e2e.test_chat_client import GUIDE, run
from tests.javascript import node
from tests.packaged import add_react, compile_typescript, make_project

pytestmark = pytest.mark.e2e

REACT = PROJECT / "docs/examples/react"
BUILD = ("--skipLibCheck", "--module", "nodenext", "--jsx", "react-jsx", "Chat.tsx", "useChat.ts")


async def test_a_room_is_drawn_by_react(pair: Pair, alice: Person, bob: Person, room: int, tmp_path: Path) -> None:
    project = make_project(tmp_path)
    add_react(project)
    for source in (*REACT.iterdir(), Path(__file__).with_name("react.mjs")):
        shutil.copy(source, project)
    compile_typescript(*BUILD, at=project)

    printed = await run(
        *node(project / "react.mjs"),
        FIRST_SERVER=pair.first.address,
        SECOND_SERVER=pair.second.address,
        ALICE=alice.token,
        BOB=bob.token,
        ROOM_ID=str(room),
    )

    assert printed == "drawn\n"


async def test_a_program_in_python_answers_until_it_is_stopped(
    alice: Person, bob: Person, charlie: Person, room: int, tmp_path: Path
) -> None:
    [program] = re.findall(r"<!-- example: echo.py -->\n```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    (echo := tmp_path / "echo.py").write_text(program)
    env = {"PYTHONPATH": str(PROJECT / "docs/examples"), "PATH": os.environ.get("PATH", "")}
    listener = await bob.listen(room)

    command = [sys.executable, str(echo), alice.home]
    answering = await asyncio.create_subprocess_exec(*command, alice.token, str(room), env=env)
    try:
        assert (await listener.hear("chat"))["message"] == "안녕하세요!"
        said = await listener.say(room, "메아리")
        assert (await listener.hear("chat", replyTo=said["seq"]))["message"] == "메아리"
    finally:
        answering.kill()
        await answering.wait()
    refused = await run(*command, charlie.token, str(room), ends_well=False, **env)
    assert refused == "E-AU002: 이 채팅방에 참여하고 있지 않아요.\n"
