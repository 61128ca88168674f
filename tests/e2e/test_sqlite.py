"""The embedded default: one process, SQLite, no Redis, no model."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import NO_LIMITS, Meet
from tests.e2e.living import live_through_a_life
from tests.e2e.processes import Process, environment, migrate, running, serve
from tests.factories import ALICE, BOB, CHARLIE

pytestmark = pytest.mark.e2e

MESSAGES, SURELY_STORED = 400, 100


@pytest.fixture(scope="module")
def server(logs: Path) -> Iterator[Process]:
    env = environment(database_url=f"sqlite:///{logs}/chat.sqlite3", **NO_LIMITS)
    migrate(env)
    process = serve(logs, env)
    with running(process):
        yield process


async def test_alice_and_bob_talk_on_sqlite(server: Process, meet: Meet, room_name: str) -> None:
    alice, bob, charlie = [meet(server, *who) for who in ((ALICE, "Alice"), (BOB, "Bob"), (CHARLIE, "Charlie"))]
    room = await alice.create_room(room_name)
    await bob.join(room)
    hers, his = await alice.listen(room), await bob.listen(room)

    await hers.say(room, "without anything else")
    await his.hear("chat", message="without anything else", seq=1)
    await his.send({"type": "typing", "roomId": room})
    await hers.hear("typing", memberId=BOB)
    await bob.delete(f"/room/group/{room}/leave")

    await his.hear("removed", roomId=room)
    assert await charlie.code("GET", f"/history/{room}") == "E-AU002"
    assert await bob.code("GET", f"/history/{room}") == "E-AU002"
    assert await hers.refusal("ask", roomId=room, message="is there a model?") == "E-A001"


async def test_what_becomes_of_messages_is_seen_on_sqlite_too(server: Process, meet: Meet, room_name: str) -> None:
    alice, bob = meet(server, ALICE, "Alice"), meet(server, BOB, "Bob")
    room = await alice.create_room(room_name)
    await bob.join(room)

    await live_through_a_life(alice, bob, room)


async def test_what_was_acknowledged_survives_a_crash(server: Process, meet: Meet, room_name: str) -> None:
    alice, bob = meet(server, ALICE, "Alice"), meet(server, BOB, "Bob")
    room = await alice.create_room(room_name)
    await bob.join(room)
    hers, his = await alice.connect(), await bob.connect()
    since = (await his.subscribe(room))["version"]
    for n in range(MESSAGES):
        await hers.post("chat", roomId=room, message=f"message no. {n}")
    await hers.wait_for_answers(SURELY_STORED)

    server.kill()
    await hers.gone()
    acknowledged = [answer["seq"] for answer in hers.answers if answer["type"] == "ack"]
    server.start()

    again = await bob.connect()
    assert (await again.subscribe(room, since=since))["recovered"]
    stored = await again.hear_until("chat", len(acknowledged))
    assert acknowledged == list(range(1, len(acknowledged) + 1))
    assert [message["seq"] for message in stored] == list(range(1, len(stored) + 1))
    assert [message["message"] for message in stored] == [f"message no. {n}" for n in range(len(stored))]
    assert (await again.say(room, "and on we go"))["seq"] > len(acknowledged)
