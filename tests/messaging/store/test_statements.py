"""The hand-written SQL: what it finds, what it locks, that it names every value once."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from messaging.models import Message
from messaging.store import statements
from messaging.store.statements import MessageRow, OneTransaction, RoomNumbers, Statement, run
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, make_group_room

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)


def row(room: Room, seq: int, sender_id: int | None, client_id: str) -> MessageRow:
    return MessageRow(room.pk, seq, seq, "member", sender_id, "hello", client_id, None)


def test_rooms_are_locked_in_the_order_of_their_ids(room: Room, alice: Member) -> None:
    kitchen = make_group_room("Kitchen", alice)
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        [found] = run(statements.lock_rooms([kitchen.pk, 999_999, room.pk]))
    assert found == {room.pk: RoomNumbers(0, 0, 2), kitchen.pk: RoomNumbers(0, 0, 1)}
    locking = next(query["sql"] for query in queries if "last_seq" in query["sql"])
    assert "ORDER BY chat_room_id" in locking
    assert locking.endswith("FOR UPDATE") == (connection.vendor == "mysql")


def test_messages_are_found_by_their_whole_key(room: Room, alice: Member, bob: Member) -> None:
    kitchen = make_group_room("Kitchen", alice, bob)
    rows = [
        row(room, 1, ALICE, "a" * 32),
        row(room, 2, BOB, "b" * 32),
        row(kitchen, 1, ALICE, "b" * 32),
        row(room, 3, None, "c" * 32)._replace(kind="assistant"),
        row(room, 4, None, "c" * 32),  # by somebody who is gone
    ]
    run(statements.insert_messages(rows, now=NOW))
    keys = [
        (room.pk, ALICE, "a" * 32),
        (room.pk, ALICE, "b" * 32),  # said by Bob
        (kitchen.pk, BOB, "b" * 32),  # said by Alice
        (kitchen.pk, None, "c" * 32),  # said in the other room
        (room.pk, None, "c" * 32),
    ]
    found = statements.find_messages(keys)
    seqs = {Message.objects.get(pk=message_id).seq: key for message_id, key in found.items()}
    assert seqs == {1: (room.pk, ALICE, "a" * 32), 3: (room.pk, None, "c" * 32)}
    assert statements.find_messages([]) == {}


def test_a_time_keeps_its_microseconds(room: Room) -> None:
    run(statements.insert_messages([row(room, 1, ALICE, "a" * 32)], now=NOW))
    assert Message.objects.get().created_at == NOW


def test_counters_of_others_stay(room: Room, alice: Member, bob: Member) -> None:
    kitchen, attic = make_group_room("Kitchen", alice, bob), make_group_room("Attic", alice)
    run(statements.update_rooms({room.pk: RoomNumbers(3, 5, 2), kitchen.pk: RoomNumbers(1, 1, 2)}, now=NOW))
    numbers = Room.objects.order_by("pk").values_list("last_seq", "version", "roster_version")
    assert list(numbers) == [(3, 5, 2), (1, 1, 2), (0, 0, 1)]
    assert attic.pk != kitchen.pk


def test_statements_run_in_their_order_and_none_behind_one_that_fails(room: Room) -> None:
    def rename(name: str) -> Statement:
        return Statement("UPDATE chat_rooms SET name = %s", [name])

    name = Statement("SELECT name FROM chat_rooms")
    names = run(rename("100 %"), name, rename("Attic; no more"), name)[1::2]
    assert names == [[("100 %",)], [("Attic; no more",)]]
    with pytest.raises(DatabaseError), transaction.atomic():
        run(rename("Cellar"), Statement("SELECT nothing FROM nowhere"), rename("Roof"))
    assert run(name) == [[("Attic; no more",)]]


@pytest.mark.django_db(transaction=True)
def test_what_is_not_committed_changes_nothing(room: Room) -> None:
    def store(*rows: MessageRow) -> None:
        with OneTransaction() as batch:
            batch.begin(statements.lock_rooms([room.pk]))
            if rows:
                batch.commit(statements.insert_messages(rows, now=NOW))

    store()
    with pytest.raises(IntegrityError):
        store(row(room, 1, ALICE, "a" * 32), row(room, 1, ALICE, "a" * 32))
    assert not Message.objects.exists()
    store(row(room, 1, ALICE, "a" * 32))
    connection.close()  # what was not committed would be lost
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)  # ANALYZE ends a transaction
@pytest.mark.parametrize("sender_id", [ALICE, None], ids=["said by Alice", "said by the server"])
def test_known_client_ids_are_searched_and_never_scanned_for(room: Room, sender_id: int | None) -> None:
    run(statements.insert_messages([row(room, seq, sender_id, f"{seq:032}") for seq in range(1, 501)], now=NOW))
    plan = plan_of(lambda: statements.find_messages([(room.pk, sender_id, f"{seq:032}") for seq in range(1, 20)]))
    if connection.vendor == "sqlite":
        assert str(plan).count("(chat_room_id=? AND user_id=? AND client_id=?)") == 19, plan
        assert "SCAN" not in str(plan)
    else:
        assert (plan[0]["type"], plan[0]["key"]) == ("range", "one_message_per_client_id")
        assert int(plan[0]["rows"]) <= 40


def plan_of(
    read: Callable[[], object], *, tables: str = "chat_messages, chat_participants, users"
) -> list[dict[str, Any]]:
    """The database's plan for the one query of `read`, by the columns' names: MySQL has one more than MariaDB."""
    with connection.cursor() as cursor:
        if connection.vendor == "mysql":
            cursor.execute(f"ANALYZE TABLE {tables}")
            cursor.fetchall()
        with CaptureQueriesContext(connection) as queries:
            read()
        explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN FORMAT=TRADITIONAL"
        cursor.execute(f"{explain} {queries[0]['sql']}")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, step, strict=True)) for step in cursor.fetchall()]


def test_many_statements_take_some_round_trips_and_keep_their_order() -> None:
    count = 2 * statements.STATEMENTS_PER_TRIP + 1
    many = [Statement("SELECT %s", [number], lambda rows: rows[0][0]) for number in range(count)]
    with CaptureQueriesContext(connection) as queries:
        assert run(*many) == list(range(count))
    assert len(queries) == (count if connection.vendor == "sqlite" else 3)
