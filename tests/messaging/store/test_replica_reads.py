"""Reads that a replica may answer, and what makes it count as away. A real one: test_failover.

Here the replica is one more connection to the tests' own database.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import InterfaceError, OperationalError, ProgrammingError, connection, connections

from chatproject.database.connecting import REPLICA_ALIAS
from chatproject.database.replica import Replica, ReplicaRouter
from chatproject.errors import RoomNotFound
from messaging.store import replica_reads
from messaging.store.replica_reads import read_as_of
from rooms.models import Room

pytestmark = pytest.mark.django_db


@pytest.fixture
def replica(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replica]:
    replica = Replica()
    replica.is_known = True
    monkeypatch.setattr(replica_reads, "replica", replica)
    connections.settings[REPLICA_ALIAS] = connections.settings["default"]
    connections[REPLICA_ALIAS] = connections["default"]  # in whose transaction the test's rows are
    yield replica
    del connections[REPLICA_ALIAS], connections.settings[REPLICA_ALIAS]


def answered(replica: Replica) -> dict[str, float]:
    [metric] = replica.reads.collect()
    return {one.labels["answered"]: one.value for one in metric.samples if one.name.endswith("_total")}


def is_on_replica() -> bool:
    return ReplicaRouter().db_for_read(Room) == REPLICA_ALIAS


def failing_there(error: Exception) -> Callable[[], str]:
    def read() -> str:
        if is_on_replica():
            raise error
        return "found"

    return read


NO_FAULT_OF_THE_SERVER = [RoomNotFound(), ObjectDoesNotExist(), KeyError("a bug"), ProgrammingError(1064, "a bug")]
UNWELL = [OperationalError(2013, "Lost connection"), InterfaceError("closed")]


@pytest.mark.parametrize(
    ("error", "is_asked", "by"),
    [(one, True, "primary_failed") for one in NO_FAULT_OF_THE_SERVER]
    + [(one, False, "primary_away") for one in UNWELL],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else "",
)
def test_only_what_a_connection_or_a_server_says_makes_it_away_and_the_primary_answers_all(
    replica: Replica, room: Room, error: Exception, is_asked: bool, by: str
) -> None:
    assert read_as_of({room.pk: room.version}, failing_there(error)) == "found"

    assert replica.is_asked == is_asked
    assert answered(replica) == {by: 1}


def test_what_the_primary_raises_as_well_is_raised_and_said_of_no_copy(
    replica: Replica, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[bool] = []

    def read() -> None:
        asked.append(is_on_replica())
        raise RoomNotFound

    with pytest.raises(RoomNotFound):
        read_as_of({room.pk: room.version}, read)
    assert asked == [True, False]
    assert replica.is_asked
    assert not caplog.records


def test_a_primary_that_is_away_makes_no_copy_away(replica: Replica, room: Room) -> None:
    def only_the_copy_answers(execute: Callable[..., Any], *args: Any) -> Any:
        if not is_on_replica():
            raise OperationalError(2002, "Can't connect")
        return execute(*args)

    replica.is_known = False
    with connection.execute_wrapper(only_the_copy_answers), pytest.raises(OperationalError):
        read_as_of({room.pk: room.version}, lambda: None)
    assert replica.is_asked
