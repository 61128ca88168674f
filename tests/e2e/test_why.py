"""`manage.py why` beside two servers: Alice is at the first, Bob at the second, which is frozen in the end."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from tests.e2e.pair import Pair
from tests.e2e.people import Person
from tests.e2e.processes import PROJECT

pytestmark = pytest.mark.e2e


def ask(pair: Pair, *options: str) -> tuple[int, str]:
    command = [sys.executable, "manage.py", "why", *options]
    done = subprocess.run(command, cwd=PROJECT, env=pair.env, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


async def test_an_operator_learns_where_a_message_went_and_which_process_is_silent(
    pair: Pair, alice: Person, bob: Person, room: int
) -> None:
    hers, his = await alice.listen(room), await bob.listen(room)
    said = await hers.say(room, "우리 내일 봐요")
    await his.hear("chat")
    message, whose = f"--message={room}:{said['seq']}", f"--member={bob.member_id}"
    code, words = await asyncio.to_thread(ask, pair, whose, message)
    assert (code, words.split(":")[0]) == (0, "전달됐어요")
    assert "바로 건넸어요" in words
    assert "내일" not in words
    code, words = await asyncio.to_thread(ask, pair, whose, f"--message={room}:{said['seq'] + 1}", "--json")
    assert (code, json.loads(words)["because"]) == (1, "not-stored")

    os.kill(pair.second.pid, signal.SIGSTOP)
    try:
        said = await hers.say(room, "들려요?")
        code, words = await asyncio.to_thread(
            ask, pair, whose, f"--message={room}:{said['seq']}", "--json", "--wait=0.5"
        )
    finally:
        os.kill(pair.second.pid, signal.SIGCONT)
    found: dict[str, Any] = json.loads(words)
    assert (code, found["because"]) == (2, "silent")
    # a busy Redis may still know the commands before, who were there a moment ago
    [silent] = [one for one in found["processes"]["silent"] if f".{pair.second.pid}." in one]
    assert silent in found["says"]
    await his.hear("chat", message="들려요?")
