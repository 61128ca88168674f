"""A second server holds a copy of the database: it answers reads, and one day takes over, found by itself."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from messaging.store.my_rooms import ROOMS_FOR_REPLICA
from tests.e2e.chaos.proxy import Proxy, proxy_before
from tests.e2e.conftest import NO_LIMITS, Meet
from tests.e2e.living import act
from tests.e2e.processes import POLL_S, WAIT_S, Process, environment, manage, migrate, running, serve
from tests.factories import ALICE, BOB
from tests.servers import HOST, DatabaseServer, private_mariadb

pytestmark = pytest.mark.e2e


class Pair(NamedTuple):
    """Two servers, the second one a copy of the first, and the address that leads to the one in charge."""

    first: DatabaseServer
    second: DatabaseServer
    address: Proxy

    def let_copy_catch_up(self) -> None:
        self.second.execute("START SLAVE")
        [(position,)] = self.first.execute("SELECT @@gtid_binlog_pos")
        assert self.second.execute(f"SELECT MASTER_GTID_WAIT('{position}', 60)") == ((0,),)

    def hand_over(self) -> None:
        """What an orderly failover does: the first server is read-only, the second has all of it and is not."""
        self.first.execute("SET GLOBAL read_only = 1")
        self.let_copy_catch_up()
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
    assert pair_of_databases.second.service is not None
    copy = f"mysql://chat:chat@{HOST}:{pair_of_databases.second.service.port}/{name}"
    env = environment(database_url=url, DATABASE_READ_URL=copy, **NO_LIMITS)
    migrate(env)
    pair_of_databases.let_copy_catch_up()
    process = serve(logs, env)
    with running(process):
        yield process


class Reads(NamedTuple):
    """Who answered the reads of a server so far."""

    copy: int
    primary_behind: int
    primary_away: int


async def reads_of(server: Process, http: httpx.AsyncClient) -> Reads:
    metrics = (await http.get(f"{server.address}/metrics")).text
    names = ("replica", "primary_behind", "primary_away")
    found = [re.search(f'chat_replica_reads_total{{answered="{name}"}} ([0-9]+)', metrics) for name in names]
    return Reads(*(int(one[1]) if one else 0 for one in found))


async def test_a_copy_answers_reads_and_nobody_reads_less_than_they_wrote_or_heard(
    pair_of_databases: Pair, server: Process, meet: Meet, http: httpx.AsyncClient, room_name: str
) -> None:
    alice, bob = meet(server, ALICE, "Alice"), meet(server, BOB, "Bob")
    room, quiet = await alice.create_room(room_name), await alice.create_room(f"{room_name}, quiet")
    await bob.join(room)
    for number in range(ROOMS_FOR_REPLICA):  # one after the other: a slow disk would refuse a crowd
        await bob.create_room(f"{room_name} {number}")
    hers = await alice.listen(room)
    await hers.say(room, "dumplings for lunch?")
    await hers.say(room, "or soup?")
    pair_of_databases.let_copy_catch_up()

    before = await reads_of(server, http)
    assert [one["seq"] for one in await bob.get(f"/history/{room}")] == [1, 2]
    assert [one["seq"] for one in (await bob.get("/search", q="dumpl"))["messages"]] == [1]
    assert (await bob.get("/my/rooms"))[0]["lastMessage"]["seq"] == 2
    assert await reads_of(server, http) == before._replace(copy=before.copy + 3)

    pair_of_databases.second.execute("STOP SLAVE")
    await hers.say(room, "dumplings it is")
    await act(hers, "delete", room, 2)
    assert [one["message"] for one in await bob.get(f"/history/{room}")] == [
        "dumplings for lunch?",
        "",
        "dumplings it is",
    ]
    assert [one["seq"] for one in (await bob.get("/search", q="dumpl", roomId=room))["messages"]] == [3, 1]
    assert (await bob.get("/my/rooms"))[0]["lastMessage"]["message"] == "dumplings it is"
    assert await alice.get(f"/history/{quiet}") == []
    assert await reads_of(server, http) == Reads(before.copy + 4, before.primary_behind + 3, before.primary_away)
    await bob.delete(f"/room/group/{room}/leave")
    assert await bob.code("GET", f"/history/{room}") == "E-AU002"

    pair_of_databases.let_copy_catch_up()
    assert [one["seq"] for one in await alice.get(f"/history/{room}")][:3] == [1, 2, 3]
    assert (await reads_of(server, http)).copy == before.copy + 5


async def test_a_copy_that_hangs_makes_one_wait_and_nobody_fail(
    pair_of_databases: Pair, server: Process, meet: Meet, http: httpx.AsyncClient, room_name: str
) -> None:
    alice = meet(server, ALICE, "Alice")
    room = await alice.create_room(room_name)
    pair_of_databases.let_copy_catch_up()
    before = await reads_of(server, http)

    assert pair_of_databases.second.service is not None
    with pair_of_databases.second.service.paused():
        for _ in range(3):
            assert await alice.get(f"/history/{room}") == []

    assert await reads_of(server, http) == before._replace(primary_away=before.primary_away + 3)
    assert server.read_log().count("the read replica is not asked, the primary answers all") == 1
    async with asyncio.timeout(WAIT_S):
        while "the read replica is asked again" not in server.read_log():
            assert await alice.get(f"/history/{room}") == []
            await asyncio.sleep(POLL_S)


READ_BESIDE_ANOTHER_COMMUNITY = """
from django.utils import timezone
from chatproject.database.replica import replica
from messaging.models import Deployment, Message
from messaging.store.selectors import history
from rooms.models import Member, Participant, Room
now = timezone.now()
for alias, version in (("default", 0), ("replica", 1)):
    Deployment.objects.using(alias).create(name=str(version) * 32)
    member = Member.objects.using(alias).create(member_id=7, nickname="Alice")
    room = Room.objects.using(alias).create(name="lunch", is_group_chat=True, version=version)
    Participant.objects.using(alias).create(member=member, room=room)
said = {"kind": "member", "contents": "of another community", "created_at": now, "updated_at": now}
Message.objects.using("replica").create(room=room, sender=member, seq=1, version=1, **said)
print(history(room_id=room.pk, member_id=7, limit=9), replica.is_asked)
"""


def test_what_is_no_copy_of_the_database_is_never_read(pair_of_databases: Pair) -> None:
    ours, other = (pair_of_databases.first.create_database() for _ in range(2))
    for url in (ours, other):
        migrate(environment(database_url=url))
    env = environment(database_url=ours, DATABASE_READ_URL=other)

    told = manage(env, "shell", "--no-imports", "-c", READ_BESIDE_ANOTHER_COMMUNITY)

    assert told.strip() == "[] False"


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
