"""What a process makes of a replica that is behind or away, by the test's own times. A real one: test_failover."""

import logging

import pytest
from django.db import connection

from chatproject.database.connecting import REPLICA_ALIAS
from chatproject.database.replica import (
    FAR_BEHIND_S,
    RETRY_S,
    Replica,
    ReplicaRouter,
    reading_connection,
    reading_replica,
)

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

    assert replica.may_be_asked(0.1)
    assert replica.hear_versions({ROOM: 5}, wanted={ROOM: 5}, now=FAR_BEHIND_S + 1)
    assert replica.watched is None


def test_one_that_stays_behind_is_not_asked_for_quiet_rooms_either_until_it_has_caught_up(
    replica: Replica, caplog: pytest.LogCaptureFixture
) -> None:
    replica.hear_versions({ROOM: 4}, wanted={ROOM: 5}, now=0.0)
    late = FAR_BEHIND_S + 1

    assert replica.hear_versions({ROOM: 4, OTHER_ROOM: 2}, wanted={OTHER_ROOM: 2}, now=late - 2)
    assert not replica.hear_versions({ROOM: 4, OTHER_ROOM: 2}, wanted={OTHER_ROOM: 2}, now=late)
    assert not replica.may_be_asked(late + 1)
    assert "the primary answers all: it is 11 s behind" in caplog.text
    assert replica.up._value.get() == 0

    assert replica.may_be_asked(late + RETRY_S)
    assert replica.hear_versions({ROOM: 5, OTHER_ROOM: 2}, wanted={OTHER_ROOM: 2}, now=late + RETRY_S)
    assert replica.up._value.get() == 1
    assert "the read replica is asked again" in caplog.text


def test_a_room_that_is_gone_on_both_keeps_nothing_away(replica: Replica) -> None:
    replica.hear_versions({ROOM: 4}, wanted={ROOM: 5}, now=0.0)
    replica.hear_versions({}, wanted={OTHER_ROOM: 1}, now=1.0)

    assert replica.watched is None


def test_while_it_is_away_one_asks_at_a_time_and_the_log_says_so_once(
    replica: Replica, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        replica.be_away("OperationalError: gone", 0.0)
        replica.be_away("OperationalError: gone", 0.1)

    assert len(caplog.records) == 1
    assert not replica.may_be_asked(RETRY_S - 0.1)
    assert [replica.may_be_asked(RETRY_S + 0.2) for _ in range(3)] == [True, False, False]


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
