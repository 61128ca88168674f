"""What a process makes of a replica that is behind or away, by the test's own times. A real one: test_failover."""

import time

import pytest
from django.db import OperationalError, connection

from chatproject.database.connecting import REPLICA_ALIAS
from chatproject.database.replica import (
    FAR_BEHIND_S,
    RETRY_S,
    Replica,
    ReplicaRouter,
    reading_connection,
    reading_replica,
)
from tests.times import WAIT_S

ROOM, OTHER_ROOM = 7, 8


@pytest.fixture
def replica() -> Replica:
    return Replica()


def test_a_replica_answers_where_it_has_the_rooms_as_new_as_they_are(replica: Replica) -> None:
    assert replica.hear_versions({ROOM: 5, OTHER_ROOM: 2}, wanted={ROOM: 5, OTHER_ROOM: 1}, now=0.0)
    assert not replica.hear_versions({ROOM: 4, OTHER_ROOM: 2}, wanted={ROOM: 5, OTHER_ROOM: 2}, now=0.0)
    assert not replica.hear_versions({}, wanted={ROOM: 0}, now=0.0)


def test_one_that_is_a_little_behind_is_asked_again_at_once(replica: Replica) -> None:
    replica.hear_versions({ROOM: 4}, wanted={ROOM: 5}, now=0.0)

    assert replica.is_asked
    assert replica.hear_versions({ROOM: 5}, wanted={ROOM: 5}, now=FAR_BEHIND_S + 1)
    assert replica.watched is None


def test_one_that_stays_behind_is_not_asked_for_quiet_rooms_either_until_it_has_caught_up(
    replica: Replica, caplog: pytest.LogCaptureFixture
) -> None:
    replica.hear_versions({ROOM: 4}, wanted={ROOM: 5}, now=0.0)
    late = FAR_BEHIND_S + 1

    assert replica.hear_versions({ROOM: 4, OTHER_ROOM: 2}, wanted={OTHER_ROOM: 2}, now=late - 2)
    assert not replica.hear_versions({ROOM: 4, OTHER_ROOM: 2}, wanted={OTHER_ROOM: 2}, now=late)
    assert not replica.is_asked
    assert "the primary answers all: it is 11 s behind" in caplog.text
    assert replica.up._value.get() == 0

    assert replica.hear_versions({ROOM: 5}, wanted={}, now=late + RETRY_S)
    assert replica.is_asked
    assert replica.up._value.get() == 1
    assert "the read replica is asked again" in caplog.text


def test_a_room_that_is_gone_on_both_keeps_nothing_away(replica: Replica) -> None:
    replica.hear_versions({ROOM: 4}, wanted={ROOM: 5}, now=0.0)
    replica.hear_versions({}, wanted={OTHER_ROOM: 1}, now=1.0)

    assert replica.watched is None


def test_while_it_is_away_somebody_looks_now_and_then_and_the_log_says_so_once(
    replica: Replica, caplog: pytest.LogCaptureFixture
) -> None:
    looks: list[float] = []

    def look_in_vain() -> None:
        looks.append(RETRY_S)
        raise OperationalError("still gone")

    assert replica.look_again(look_in_vain, RETRY_S) is None
    replica.be_away(OperationalError("gone"), time.monotonic())
    assert replica.look_again(look_in_vain, time.monotonic()) is None
    due = time.monotonic() + RETRY_S
    looking = replica.look_again(look_in_vain, due)
    assert looking is not None
    assert replica.look_again(look_in_vain, due) is None
    looking.join(WAIT_S)

    assert len(looks) == 1
    assert not replica.is_asked
    assert [record.getMessage() for record in caplog.records] == [
        "the read replica is not asked, the primary answers all: OperationalError: gone"
    ]


def test_reads_alone_go_to_the_replica_and_only_where_that_was_said() -> None:
    router = ReplicaRouter()

    assert router.db_for_read(object) == "default"
    assert reading_connection().alias == connection.alias
    with reading_replica():
        assert router.db_for_read(object) == REPLICA_ALIAS
        assert router.db_for_write(object) == "default"
    assert router.db_for_read(object) == "default"
    assert router.allow_migrate(REPLICA_ALIAS, "rooms") is False
    assert router.allow_migrate("default", "rooms") is None
    assert router.allow_relation(object(), object())
