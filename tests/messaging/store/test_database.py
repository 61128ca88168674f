"""The threads that own this process's database connections."""

import asyncio
import threading

import pytest
from django.db import InterfaceError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from chatproject.errors import NotInRoom, StoreUnavailable
from messaging.store.database import Database
from rooms.models import Member
from tests.messaging.people import TIMEOUT_S, eventually, soon
from tests.threads import join_database_threads


def thread_name() -> str:
    return threading.current_thread().name


def raw_connection() -> int:
    """Which connection to the database this thread has; makes one where there is none."""
    connection.ensure_connection()
    return id(connection.connection)


def database_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("database-")]


def wait_for(event: threading.Event) -> str:
    assert event.wait(TIMEOUT_S)
    return "over"


async def test_a_reader_hands_back_what_was_read(database: Database, alice: Member) -> None:
    found = await soon(database.run(lambda nickname: Member.objects.get(nickname=nickname), nickname="Alice"))
    assert found == alice


async def test_a_refusal_is_handed_back_as_it_is(database: Database) -> None:
    def refuse() -> None:
        raise NotInRoom

    with pytest.raises(NotInRoom):
        await soon(database.run(refuse))


async def test_readers_and_the_writer_have_threads_of_their_own(database: Database) -> None:
    assert (await soon(database.run(thread_name))).startswith("database-reader")
    assert (await soon(database.write_batch(thread_name))).startswith("database-writer")


async def test_a_slow_query_does_not_stop_another_nor_the_writer(database: Database) -> None:
    over = threading.Event()
    slow = asyncio.create_task(database.run(wait_for, over))
    assert await soon(database.run(thread_name))
    assert await soon(database.write_batch(thread_name))
    assert not slow.done()
    over.set()
    assert await soon(slow) == "over"


async def test_whoever_asks_is_told_in_time_that_the_store_does_not_answer(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.store.database.ANSWER_DEADLINE_S", 0.05)
    over = threading.Event()
    try:
        with pytest.raises(StoreUnavailable) as refusal:
            await soon(database.run(wait_for, over))
        assert refusal.value.retry_after
    finally:
        over.set()


async def test_while_the_store_hangs_nobody_waits_for_it_and_its_first_answer_ends_that(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.store.database.FAILS_SLOWLY_S", 0.0)
    database, over, called = Database(readers=1), threading.Event(), threading.Event()
    with monkeypatch.context() as hasty:
        hasty.setattr("messaging.store.database.ANSWER_DEADLINE_S", 0.05)
        with pytest.raises(StoreUnavailable):
            await soon(database.run(wait_for, over))

    for _ in range(3):
        with pytest.raises(StoreUnavailable):
            await soon(database.run(called.set))
    assert not called.is_set()
    assert await soon(database.write_batch(thread_name))  # the writer looks after itself

    over.set()
    await eventually(lambda: database._asking is None)
    assert await soon(database.run(thread_name))
    database.close()
    await asyncio.to_thread(join_database_threads)


async def test_a_refusal_that_came_at_once_makes_nobody_else_wait(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.store.database.FAILS_SLOWLY_S", TIMEOUT_S)  # at once, on a busy machine

    def fail() -> None:
        raise OperationalError(1213, "Deadlock found when trying to get lock")

    with pytest.raises(StoreUnavailable):
        await soon(database.run(fail))
    assert await soon(database.run(thread_name))


async def test_the_writer_has_no_deadline_here(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.store.database.ANSWER_DEADLINE_S", 0.0)
    assert await soon(database.write_batch(thread_name))


async def test_too_many_who_wait_are_refused_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.store.database.READS_WAITING_MAX", 3)
    over = threading.Event()
    waiting = [asyncio.create_task(database.run(wait_for, over)) for _ in range(3)]
    await asyncio.sleep(0)  # let them begin
    with pytest.raises(StoreUnavailable):
        await soon(database.run(thread_name))
    over.set()
    await soon(asyncio.gather(*waiting))
    assert await soon(database.run(thread_name))


@pytest.mark.parametrize("failure", [OperationalError, InterfaceError])
async def test_after_a_failure_the_connection_is_replaced(
    database: Database, failure: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await soon(database.write_batch(raw_connection))
    assert await soon(database.write_batch(raw_connection)) == before

    def fail() -> None:
        raise failure(2013, "Lost connection to server during query")

    with pytest.raises(failure):
        await soon(database.write_batch(fail))
    assert await soon(database.write_batch(lambda: connection.connection)) is None
    with pytest.raises(StoreUnavailable):
        await soon(database.run(fail))


async def test_a_connection_is_replaced_by_age(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await soon(database.write_batch(raw_connection))
    monkeypatch.setattr("messaging.store.database.CONNECTION_MAX_AGE_S", -1.0)
    assert await soon(database.write_batch(lambda: connection.connection)) is None


async def test_a_stopped_database_closes_every_connection(transactional_db: None) -> None:
    database = Database(readers=3)
    meeting = threading.Barrier(3, timeout=TIMEOUT_S)

    def connect() -> BaseDatabaseWrapper:
        connection.ensure_connection()
        meeting.wait()
        return connections["default"]

    wrappers = await soon(asyncio.gather(*[database.run(connect) for _ in range(3)]))
    database.close()
    await asyncio.to_thread(join_database_threads)
    assert len(set(map(id, wrappers))) == 3
    assert [wrapper.connection for wrapper in wrappers] == [None] * 3


async def test_a_stop_does_not_wait_for_ever_for_a_thread_that_hangs(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.store.database.ANSWER_DEADLINE_S", 0.05)
    database, over = Database(readers=2), threading.Event()
    with pytest.raises(StoreUnavailable):
        await soon(database.run(wait_for, over))
    database.close()
    await eventually(lambda: len(database_threads()) == 1)
    over.set()
    await asyncio.to_thread(join_database_threads)
