"""The guide's examples that need a build: React, from the client's package."""

import shutil
from pathlib import Path

import pytest

from tests.e2e.conftest import Pair
from tests.e2e.people import Person
from tests.e2e.processes import PROJECT
from tests.e2e.test_chat_client import run
from tests.javascript import node
from tests.packaged import add_react, compile_typescript, make_project

pytestmark = pytest.mark.e2e

REACT = PROJECT / "docs/examples/react"
HOOK_LINES_MAX = 40
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


def test_its_hook_is_short() -> None:
    assert len((REACT / "useChat.ts").read_text().splitlines()) <= HOOK_LINES_MAX
