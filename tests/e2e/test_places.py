"""The number beside a message over three servers, one of which is killed: at the end a recount of the database."""

import json
from pathlib import Path

import pytest

from tests.e2e.conftest import Pair
from tests.e2e.processes import running, serve
from tests.e2e.test_chat_client import run
from tests.javascript import node
from tests.services import TEST_JWT_SECRET

pytestmark = pytest.mark.e2e


def recount(pair: Pair, room_id: int) -> dict[int, int]:
    """How many members have not read each message, its author left out."""
    name = pair.database_url.rpartition("/")[2]
    rows = pair.database.execute(
        f"SELECT m.seq, COUNT(p.user_id) FROM {name}.chat_messages m"
        f" LEFT JOIN {name}.chat_participants p ON p.chat_room_id = m.chat_room_id"
        " AND p.read_seq < m.seq AND p.user_id <> m.user_id"
        f" WHERE m.chat_room_id = {room_id} GROUP BY m.seq"
    )
    return {int(str(seq)): int(str(count)) for seq, count in rows}


async def test_the_numbers_survive_comings_goings_and_the_death_of_a_server(pair: Pair, room_name: str) -> None:
    doomed = serve(pair.directory, pair.env)
    with running(doomed):
        printed = await run(
            *node(Path(__file__).with_name("places.mjs")),
            FIRST_SERVER=pair.first.address,
            SECOND_SERVER=pair.second.address,
            DOOMED_SERVER=doomed.address,
            DOOMED_PID=str(doomed.pid),
            JWT_SECRET=TEST_JWT_SECRET,
            ROOM_NAME=room_name,
            SEED="11",
        )
    shown = json.loads(printed.splitlines()[-1])
    assert len(shown["numbers"]) > 20
    assert dict(map(tuple, shown["numbers"])) == recount(pair, shown["roomId"])
