"""One run: clients in their rooms, load from all of them, and at the end the checker's word. Seeded."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import Random
from types import TracebackType
from typing import Any, Self

from tests.e2e.chaos.checker import Verdict, check
from tests.e2e.chaos.client import Client
from tests.e2e.chaos.cluster import Cluster
from tests.e2e.chaos.journal import Journal, Setback
from tests.e2e.chaos.node_client import Crowd, NodeClient
from tests.e2e.chaos.old_client import OldClient
from tests.e2e.conftest import make_http_client
from tests.e2e.lateness import watching_lateness
from tests.e2e.processes import WAIT_S


@dataclass(frozen=True)
class Size:
    sockets: int
    rooms: int
    rooms_each: int
    messages_per_second: int


ACTS_SHARE = 0.3  # of what is sent: edits, deletions, reactions, pins
OLD_SHARE = 0.05  # so many v1 sockets beside the others

SMALL = Size(sockets=20, rooms=6, rooms_each=3, messages_per_second=30)  # ten in a room; in a large one twelve
LARGE = Size(sockets=200, rooms=50, rooms_each=3, messages_per_second=200)


class Run:
    """The clients of one scenario, each with rooms of its own choice, on any of the servers.

    The clients are Python's or, `in_javascript`, those of the library for browsers. They reach the servers at
    `addresses`, by default their own.
    """

    def __init__(
        self,
        cluster: Cluster,
        *,
        size: Size,
        seed: int,
        in_javascript: bool = False,
        addresses: Sequence[str] = (),
    ) -> None:
        self.cluster, self.size = cluster, size
        self.random = Random(seed)
        self.clients: list[Client | NodeClient] = []
        self.old_clients: list[OldClient] = []
        self._in_javascript = in_javascript
        self._addresses = list(addresses) or [server.address for server in cluster.servers]
        self.surprises: list[dict[str, Any]] = []  # what no client foresaw
        self._things = AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self._load: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    # --- begin and end

    async def __aenter__(self) -> Self:
        """Return when everyone listens and the load has begun."""
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: self.surprises.append(context))
        self.lateness = await self._things.enter_async_context(watching_lateness())
        self.http = await self._things.enter_async_context(make_http_client())
        self.room_ids = await asyncio.to_thread(self.cluster.add_rooms, self.size.rooms)
        member_ids = await asyncio.to_thread(self.cluster.add_members, self.size.sockets)
        rooms_of = {member: self.random.sample(self.room_ids, self.size.rooms_each) for member in member_ids}
        await asyncio.to_thread(self.cluster.join, rooms_of)
        manager_of = {room_id: member for member, room_ids in rooms_of.items() for room_id in room_ids}
        await asyncio.to_thread(self.cluster.make_managers, manager_of)
        if self._in_javascript:
            crowd = await self._things.enter_async_context(Crowd(self._news.set, self.random))
            for number, (member_id, room_ids) in enumerate(rooms_of.items()):
                self.clients.append(crowd.add(member_id, f"Client {number}", room_ids, self._addresses))
        else:
            for member_id, room_ids in rooms_of.items():
                self.add_client(member_id, room_ids)
        for client in self.clients:
            client.actor.manages |= {room for room, who in manager_of.items() if who == client.journal.member_id}
        for member_id in member_ids[: int(self.size.sockets * OLD_SHARE)]:
            self._add_old_client(member_id, rooms_of[member_id][0])
        await self.until(self.all_are_present, "everyone's subscriptions")
        self.begin_load()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = [*self._tasks, *([self._load] if self._load else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._things.aclose()
        if error is None:
            assert not self.surprises, f"{len(self.surprises)} surprises: {self.surprises[:3]}"

    def add_client(self, member_id: int, room_ids: list[int], *, server: str = "") -> Client:
        """A Python client that begins to live now: at `server`, or at any, chosen anew for each connection."""
        client = Client(
            member_id=member_id,
            name=f"Client {len(self.clients)}",
            room_ids=room_ids,
            choose_server=lambda: server or self.random.choice(self._addresses),
            notify=self._news.set,
            random=self.random,
            http=self.http,
        )
        self.clients.append(client)
        self._tasks.append(asyncio.create_task(client.live()))
        return client

    def _add_old_client(self, member_id: int, room_id: int) -> None:
        client = OldClient(
            member_id=member_id,
            room_id=room_id,
            choose_server=lambda: self.random.choice(self._addresses),
            notify=self._news.set,
            random=self.random,
        )
        self.old_clients.append(client)
        self._tasks.append(asyncio.create_task(client.live()))

    @property
    def journals(self) -> list[Journal]:
        return [client.journal for client in self.clients]

    # --- load

    def begin_load(self) -> None:
        speakers = list(self.clients)
        self._load = asyncio.create_task(self._say_things(speakers))

    async def _say_things(self, speakers: list[Client | NodeClient]) -> None:
        """Anyone, in any of the own rooms, at an even pace whatever is answered. Some of it is done to what was
        said."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += 1 / self.size.messages_per_second
            await asyncio.sleep(due - loop.time())
            speaker = self.random.choice(speakers)
            room_id = self.random.choice(list(speaker.places))
            if self.random.random() >= ACTS_SHARE or not speaker.act(room_id):
                speaker.say(room_id)

    async def end_load(self) -> None:
        if self._load is not None:
            self._load.cancel()
            await asyncio.wait([self._load])
            self._load = None

    # --- waiting for what happens

    async def until(self, holds: Callable[[], bool], what: str) -> float:
        """Return how many seconds it took until that holds; looked at whenever a client has news."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(WAIT_S):
                while not holds():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"waited {WAIT_S} s for {what}; {self._describe_absent()}") from None
        return time.monotonic() - began

    def _describe_absent(self) -> str:
        ended = [task.exception() for task in self._tasks if task.done()]
        absent = [str(client) for client in self.clients if not client.is_present]
        return f"{len(absent)} absent: {absent[:3]}; ended: {ended[:3]}; surprises: {self.surprises[:3]}"

    async def until_acknowledged(self, more: int) -> None:
        """Return when so many more messages and acts than now are acknowledged."""
        wanted = self.count_acknowledged() + more
        await self.until(lambda: self.count_acknowledged() >= wanted, f"{more} acknowledgements")

    def count_acknowledged(self) -> int:
        answered = sum(act.code is not None for journal in self.journals for act in journal.acts)
        return answered + sum(len(journal.acknowledged) for journal in self.journals)

    def count_unacknowledged(self) -> int:
        sent = sum(len(journal.said) + len(journal.acts) for journal in self.journals)
        return sent - self.count_acknowledged()

    def all_are_present(self) -> bool:
        return all(client.is_present for client in self.clients)

    # --- the end

    # --- a database that goes backwards

    def expect_setback(self) -> None:
        """From now on the numbers of messages may mean others: what is refused for that is no surprise."""
        for client in self.clients:
            assert isinstance(client, Client)
            client.may_go_back = True

    async def until_begun_anew(self) -> str:
        """Return the epoch, once everyone is in another one than now, and complete."""
        before = {client.epoch for client in self.clients if isinstance(client, Client)}

        def epochs() -> set[str]:
            return {client.epoch for client in self.clients if isinstance(client, Client) and client.is_present}

        await self.until(
            lambda: self.all_are_present() and len(epochs()) == 1 and not epochs() & before, "an epoch"
        )
        for old in self.old_clients:
            old.journal.begin_anew()
        [epoch] = epochs()
        return epoch

    async def settle(self, setback: Setback | None = None) -> Verdict:
        """End the load, let everyone get what is on its way, and check. What does not come in time is a fault."""
        await self.end_load()
        try:
            await self.until(lambda: not any(c.unacknowledged for c in self.clients), "the last acknowledgements")
            versions = await asyncio.to_thread(self.cluster.read_versions, self.room_ids)
            await self.until(lambda: self._all_have(versions), "the last messages")
            last_seqs = await asyncio.to_thread(self.cluster.read_last_seqs, self.room_ids)
            await self.until(lambda: self._all_old_have(last_seqs), "the last messages on v1")
        except AssertionError as late:
            print(late)  # what is missing is for the checker to say
        for client in self.clients:
            await client.write_down_picture()
        store = await asyncio.to_thread(self.cluster.read_store, self.room_ids)
        old = [client.journal for client in self.old_clients]
        return await asyncio.to_thread(check, self.journals, store, old, setback)

    def _all_have(self, versions: dict[int, int]) -> bool:
        return self.all_are_present() and all(
            (place.version or 0) >= versions[room_id]
            for client in self.clients
            for room_id, place in client.places.items()
        )

    def _all_old_have(self, last_seqs: dict[int, int]) -> bool:
        """Those that heard anything since they came."""
        return all(
            client.newest is None or client.newest >= last_seqs[client.journal.room_id]
            for client in self.old_clients
        )
