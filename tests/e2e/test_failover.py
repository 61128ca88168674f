"""The database's server becomes a copy of another one that takes over: told at once, and found by itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from tests.e2e.chaos.proxy import Proxy, proxy_before
from tests.e2e.conftest import NO_LIMITS, Meet
from tests.e2e.processes import Process, environment, migrate, running, serve
from tests.factories import ALICE, BOB
from tests.servers import HOST, DatabaseServer, private_mariadb

pytestmark = pytest.mark.e2e


class Pair(NamedTuple):
    """Two servers, the second one a copy of the first, and the address that leads to the one in charge."""

    first: DatabaseServer
    second: DatabaseServer
    address: Proxy

    def hand_over(self) -> None:
        """What an orderly failover does: the first server is read-only, the second has all of it and is not."""
        self.first.execute("SET GLOBAL read_only = 1")
        [(position,)] = self.first.execute("SELECT @@gtid_binlog_pos")
        assert self.second.execute(f"SELECT MASTER_GTID_WAIT('{position}', 60)") == ((0,),)
        self.second.execute("STOP SLAVE")
        self.second.execute("SET GLOBAL read_only = 0")


@pytest.fixture(scope="module")
def pair_of_databases() -> Iterator[Pair]:
    with (
        private_mariadb("--log-bin=log", "--server-id=1", durable=False) as first,
        private_mariadb("--read-only", "--server-id=2", durable=False) as second,
    ):
        assert first.service is not None
        assert second.service is not None
        second.execute(
            f"CHANGE MASTER TO MASTER_HOST = '{HOST}', MASTER_PORT = {first.service.port}, MASTER_USER = 'root',"
            " MASTER_USE_GTID = slave_pos"
        )
        second.execute("START SLAVE")
        with proxy_before(first.service.port) as address:
            yield Pair(first, second, address)


@pytest.fixture(scope="module")
def server(pair_of_databases: Pair, logs: Path) -> Iterator[Process]:
    first = pair_of_databases.first
    name = first.create_database().rpartition("/")[2]
    first.execute("CREATE USER chat IDENTIFIED BY 'chat'")  # root may write to a read-only server
    first.execute(f"GRANT ALL ON {name}.* TO chat")
    url = f"mysql://chat:chat@{HOST}:{pair_of_databases.address.port}/{name}"
    env = environment(database_url=url, **NO_LIMITS)
    migrate(env)
    process = serve(logs, env)
    with running(process):
        yield process


async def test_who_speaks_is_told_at_once_and_heard_by_the_server_that_took_over(
    pair_of_databases: Pair, server: Process, meet: Meet, http: httpx.AsyncClient, room_name: str
) -> None:
    alice, bob = meet(server, ALICE, "Alice"), meet(server, BOB, "Bob")
    room = await alice.create_room(room_name)
    await bob.join(room)
    hers = await alice.listen(room)
    await hers.say(room, "said before")

    pair_of_databases.hand_over()

    refusal = await hers.ask("chat", roomId=room, message="nobody stores this")
    assert (refusal["code"], refusal["retryAfter"] > 0) == ("E-S002", True)
    state = await http.get(f"{server.address}/readyz")
    assert (state.status_code, state.json()["data"]["database"]) == (200, "read-only")
    assert state.json()["data"]["degraded"] == ["database"]
    assert await alice.code("POST", "/room/group/create", roomName=f"{room_name}2") == "E-S002"
    assert await alice.get(f"/history/{room}")  # reading goes on
    with_ticket = await alice.knock_with(await alice.ticket())  # that it was used cannot be stored
    assert (await with_ticket.hear("error"))["code"] == "E-S002"
    assert await with_ticket.closed() == 1012
    await alice.connect()

    assert pair_of_databases.second.service is not None
    pair_of_databases.address.lead_to(pair_of_databases.second.service.port)  # as a name that is found anew

    assert (await hers.say(room, "said afterwards"))["seq"] == 2
    assert (await http.get(f"{server.address}/readyz")).json()["data"]["degraded"] == []
    his = await bob.connect()
    await his.subscribe(room, since=0)
    assert [message["message"] for message in await his.hear_until("chat", 2)] == [
        "said before",
        "said afterwards",
    ]
