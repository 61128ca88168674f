"""Two deployments, each with a database of its own, that share a Redis: production and a staging beside it."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.conftest import NO_LIMITS, Meet
from tests.e2e.pair import wait_until_they_hear_each_other
from tests.e2e.processes import Process, environment, migrate, running, serve
from tests.factories import ALICE, BOB
from tests.servers import DatabaseServer, private_redis

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def neighbours(mariadb: DatabaseServer, logs: Path) -> Iterator[tuple[Process, Process, Process]]:
    """Two servers of production and one of staging. The second number of a Redis' address keeps nothing apart."""
    with private_redis() as redis, ExitStack() as stack:
        servers = []
        for number, count in enumerate((2, 1)):
            database_url = mariadb.create_database()
            stack.callback(mariadb.drop_database, database_url)
            env = environment(database_url=database_url, redis_url=f"{redis.url}/{number}", **NO_LIMITS)
            migrate(env)
            servers += [serve(logs, env) for _ in range(count)]
        first, second, staging = servers
        with running(first, second, staging):
            wait_until_they_hear_each_other(redis)
            yield first, second, staging


async def test_what_is_said_and_typed_in_one_deployment_stays_there(
    neighbours: tuple[Process, Process, Process], meet: Meet, room_name: str
) -> None:
    first, second, staging = neighbours
    alice, bob = meet(first, ALICE, "Alice"), meet(second, BOB, "Bob")
    tester, another = meet(staging, ALICE, "Alice"), meet(staging, BOB, "Bob")
    room, same_number = await alice.create_room(room_name), await tester.create_room(room_name)
    assert room == same_number  # and the versions of the two line up, too
    await bob.join(room)
    await another.join(room)
    hers, his, theirs = await alice.listen(room), await bob.listen(room), await tester.listen(room)

    await hers.send({"type": "typing", "roomId": room})
    await hers.say(room, "월급 이야기예요")
    await his.hear("typing", memberId=ALICE)
    await his.hear("chat", message="월급 이야기예요")
    await theirs.say(room, "test 1")  # of the same number

    await theirs.hear("chat", message="test 1")
    await his.say(room, "두 번째")
    await hers.hear("chat", message="두 번째")
    await theirs.catch_up()
    assert [frame["message"] for frame in theirs.all_heard("chat")] == ["test 1"]
    assert not theirs.all_heard("typing")
    for listener in (hers, his):
        assert [frame["message"] for frame in listener.all_heard("chat")] == ["월급 이야기예요", "두 번째"]
