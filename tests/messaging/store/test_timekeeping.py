"""Hidden messages are shown again when their time has come: then, once, whoever knows of it, whatever was down."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import pytest

from chatproject.errors import StoreUnavailable
from messaging.store import timekeeping
from messaging.store.acts import HideAct
from messaging.store.database import Database
from messaging.store.drafts import Stored
from messaging.store.services import store_batch
from messaging.store.timekeeping import Timekeeper
from rooms.audit_models import AuditEntry
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.people import eventually, in_thread, soon
from tests.messaging.store.doing import A_WHILE, NOW, done, hide, read, role, say
from tests.times import POLL_S

pytestmark = pytest.mark.django_db(transaction=True)

HIDDEN = NOW + A_WHILE


class Clock:
    """Stands still until it is moved. `looks`: how often somebody asked it."""

    def __init__(self) -> None:
        self.now, self.looks = HIDDEN, 0

    def __call__(self) -> datetime:
        self.looks += 1
        return self.now


class Process:
    """One process's timekeeper, and what its writer stored."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.clock, self._database = clock, database
        self.fails = False
        self.tries = 0
        self.keeper = Timekeeper(database=database, save=self._save, clock=clock)

    async def _save(self, act: HideAct) -> Stored:
        self.tries += 1
        if self.fails:
            raise StoreUnavailable
        [outcome] = await self._database.run(store_batch, [act], now=self.clock.now)
        assert isinstance(outcome, Stored)
        return outcome


StartProcess = Callable[[], Process]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def start(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StartProcess]:
    monkeypatch.setattr(timekeeping, "LOOK_INTERVAL_S", POLL_S)  # a clock that is moved tells nobody
    monkeypatch.setattr(timekeeping, "RETRY_S", POLL_S)
    started: list[Process] = []

    def start() -> Process:
        process = Process(database, clock)
        started.append(process)
        process.keeper.start()
        return process

    yield start
    for process in started:
        await soon(process.keeper.stop())


async def hidden_for(room: Room, *hours: int) -> None:
    def hide_them() -> None:
        role(room, owner=ALICE)
        say(room, *map(str, hours), sender_id=BOB)
        for seq, hour in enumerate(hours, start=1):
            done(hide(room, seq, by=ALICE, until=HIDDEN + timedelta(hours=hour)), now=HIDDEN)

    await in_thread(hide_them)


async def shown(room: Room) -> list[int]:
    return await in_thread(
        lambda: [seq for seq in range(1, room.messages.count() + 1) if read(room, seq).hidden_at is None]
    )


async def until_shown(room: Room, seqs: list[int]) -> None:
    while await shown(room) != seqs:  # noqa: ASYNC110 - the database tells nobody
        await asyncio.sleep(POLL_S)


async def test_each_is_shown_at_its_own_time_and_logged_once_by_two_processes(
    room: Room, clock: Clock, start: StartProcess
) -> None:
    await hidden_for(room, 2, 1)
    one, other = start(), start()
    clock.now += timedelta(hours=1, microseconds=-1)
    looks = clock.looks
    await eventually(lambda: clock.looks > looks + 20)
    assert await shown(room) == []
    assert one.tries == other.tries == 0
    clock.now += timedelta(microseconds=1)
    await soon(until_shown(room, [2]))
    clock.now += timedelta(hours=5)
    await soon(until_shown(room, [1, 2]))
    ends = await in_thread(
        lambda: list(AuditEntry.objects.filter(actor_kind="clock").values_list("seq", flat=True))
    )
    assert set(ends) == {1, 2}
    assert len(ends) == 2


async def test_what_ended_while_nothing_ran_is_shown_at_the_start(
    room: Room, clock: Clock, start: StartProcess
) -> None:
    await hidden_for(room, 1, 1, 9)
    clock.now += timedelta(days=1)
    start()
    await soon(until_shown(room, [1, 2, 3]))


async def test_a_store_that_is_away_delays_it_and_no_more(room: Room, clock: Clock, start: StartProcess) -> None:
    await hidden_for(room, 1)
    process = start()
    process.fails = True
    clock.now += timedelta(hours=1)
    await eventually(lambda: process.tries >= 2)
    process.fails = False
    await soon(until_shown(room, [1]))


async def test_what_is_hidden_for_less_than_until_the_next_look_ends_in_time(
    room: Room, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the real clock: who hides it says so, and no look would come in this test's time."""
    monkeypatch.setattr(timekeeping, "LOOK_INTERVAL_S", 3_600.0)
    await in_thread(lambda: role(room, owner=ALICE))
    await in_thread(lambda: say(room, "하나", sender_id=BOB))
    late: list[float] = []

    async def save(act: HideAct) -> Stored:
        late.append((timekeeping.now_utc() - until).total_seconds())
        [outcome] = await database.run(store_batch, [act], now=timekeeping.now_utc())
        assert isinstance(outcome, Stored)
        return outcome

    keeper = Timekeeper(database=database, save=save)
    keeper.start()
    try:
        now = timekeeping.now_utc()
        until = now + timedelta(seconds=1)
        [hidden] = await in_thread(lambda: done(hide(room, 1, by=ALICE, until=until), now=now))
        assert hidden.ends_at == until
        keeper.hear([hidden.ends_at, None])
        await soon(until_shown(room, [1]))
    finally:
        await soon(keeper.stop())
    assert 0 <= late[0] < 0.5
