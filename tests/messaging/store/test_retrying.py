"""Deadlocks and lost connections, made with real ones on MySQL or MariaDB."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from chatproject.errors import StoreUnavailable
from chatproject.outgoing.subscriptions import NOBODY
from messaging.metrics import Metrics
from messaging.models import Message
from messaging.store.database import Database
from messaging.store.services import Draft, Stored
from messaging.store.writer import MessageWriter
from rooms.models import Member, Participant, Room
from tests.factories import ALICE
from tests.messaging.people import TIMEOUT_S, held_by_another, in_thread, soon

pytestmark = pytest.mark.servers

WAITING = "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"
LOOK_INTERVAL_S = 0.12  # the server shows who waits from a copy that it keeps until nobody asked for 0.1 s
DEADLOCKS = "SELECT count FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'"


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[MessageWriter]:
    writer = MessageWriter(
        database=database, announce=lambda _batch: None, metrics=Metrics(), subscribed=lambda: NOBODY
    )
    writer.start()
    yield writer
    await soon(writer.stop())


def draft(room: Room, client_id: str = "") -> Draft:
    return Draft(room.pk, ALICE, "hello", client_id or uuid4().hex)


def fetch(query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]


def wait_for_waiting() -> int:
    """The connection that waits for a lock, once there is one."""
    ended, pause = threading.Timer(TIMEOUT_S, lambda: None), threading.Event()
    ended.start()
    try:
        pause.wait(LOOK_INTERVAL_S)  # an earlier look may have left a copy
        while not (waiting := fetch(WAITING)):
            assert ended.is_alive(), "nobody waited for a lock"
            pause.wait(LOOK_INTERVAL_S)
    finally:
        ended.cancel()
    return int(waiting[0])


def kill(connection_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("KILL %s", [connection_id])


async def stored_once(room: Room) -> bool:
    return await in_thread(lambda: list(Message.objects.filter(room=room).values_list("seq", flat=True)) == [1])


async def test_the_victim_of_a_deadlock_tries_again(writer: MessageWriter, room: Room) -> None:
    """A rival holds Alice's place and then wants the room; the writer holds the room and then wants her place."""
    before = await in_thread(fetch, DEADLOCKS)
    begun = threading.Event()

    def rival() -> None:
        with transaction.atomic():
            # more changed rows than the writer has: the lighter transaction is the victim
            Member.objects.bulk_create(Member(pk=1_000 + number, nickname=f"n{number}") for number in range(300))
            Participant.objects.filter(room=room, member_id=ALICE).update(read_seq=0)
            Participant.objects.filter(room=room, member_id=ALICE).update(read_seq=1)
            begun.set()
            wait_for_waiting()
            Room.objects.select_for_update().get(pk=room.pk)

    rivalry = asyncio.create_task(in_thread(rival))
    assert await asyncio.to_thread(begun.wait, TIMEOUT_S)
    stored = await soon(writer.save(draft(room)))
    await soon(rivalry)
    assert isinstance(stored, Stored)
    assert not stored.duplicate
    assert await stored_once(room)
    assert await in_thread(fetch, DEADLOCKS) > before


async def test_a_connection_that_is_killed_in_the_middle_is_replaced(writer: MessageWriter, room: Room) -> None:
    async with held_by_another(room.pk):
        future = writer.save(draft(room))
        await in_thread(lambda: kill(wait_for_waiting()))
    assert (await soon(future)).message.seq == 1
    assert await stored_once(room)


async def test_a_connection_that_was_killed_while_idle_is_replaced(
    writer: MessageWriter, database: Database, room: Room
) -> None:
    connection_id = await soon(database.write_batch(lambda: int(fetch("SELECT CONNECTION_ID()")[0])))
    await in_thread(kill, connection_id)
    assert (await soon(writer.save(draft(room)))).message.seq == 1
    assert await stored_once(room)


async def test_what_nobody_waits_for_any_more_is_not_tried_again(
    writer: MessageWriter, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("deadlines", "retrying"):
        monkeypatch.setattr(f"messaging.store.{module}.ANSWER_DEADLINE_S", LOOK_INTERVAL_S / 2)
    async with held_by_another(room.pk):
        with pytest.raises(StoreUnavailable):
            await soon(writer.save(draft(room)))
        connection_id = await in_thread(wait_for_waiting)
        await asyncio.sleep(LOOK_INTERVAL_S)  # its thread may have begun later than the sender to wait
        await in_thread(kill, connection_id)
    await soon(writer.settled())
    assert not await stored_once(room)


async def test_a_lost_answer_makes_no_second_message(writer: MessageWriter, room: Room) -> None:
    """The outcome of a commit whose connection is lost is unknown; the same draft again is the same message."""
    first = await soon(writer.save(draft(room, "a" * 32)))
    async with held_by_another(room.pk):
        again = writer.save(draft(room, "a" * 32))
        await in_thread(lambda: kill(wait_for_waiting()))
    assert (await soon(again)).duplicate
    assert again.result().message == first.message
    assert await stored_once(room)
