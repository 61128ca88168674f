"""The servers that the tests start themselves."""

import os
import socket

import pytest

from tests.servers import HOST, DatabaseServer, RedisServer, Service, free_port
from tests.times import WAIT_S


def answers_ping(redis: Service, *, within_s: float = WAIT_S) -> bool:
    with socket.create_connection((HOST, redis.port), timeout=within_s) as connection:
        connection.sendall(b"PING\r\n")
        try:
            return connection.recv(16) == b"+PONG\r\n"
        except TimeoutError:
            return False


@pytest.mark.django_db
def test_the_tests_never_touch_the_developers_database() -> None:
    from django.db import connection

    assert "test" in str(connection.settings_dict["NAME"])
    assert str(connection.settings_dict["NAME"]) not in os.environ["DATABASE_URL"]


def test_a_free_port_is_given_to_nobody_else_and_taken_by_a_server() -> None:
    port = free_port()

    with socket.socket() as somebody, pytest.raises(OSError, match="in use"):
        somebody.bind((HOST, port))  # as who asks for any port is kept from it
    with socket.create_server((HOST, port)):
        pass


@pytest.mark.e2e
def test_a_fresh_database_is_empty_and_takes_emoji(fresh_database: str, mariadb: DatabaseServer) -> None:
    name = fresh_database.rpartition("/")[2]

    mariadb.execute(f"CREATE TABLE {name}.words (word VARCHAR(10))")
    mariadb.execute(f"INSERT INTO {name}.words VALUES ('🍣')")

    assert mariadb.execute(f"SHOW TABLES IN {name}") == (("words",),)


@pytest.mark.e2e
def test_a_killed_redis_comes_back_on_its_port(redis_server: RedisServer) -> None:
    before = redis_server.pid

    redis_server.kill()
    with pytest.raises(ConnectionRefusedError):
        answers_ping(redis_server)
    redis_server.start()

    assert answers_ping(redis_server)
    assert redis_server.pid != before


@pytest.mark.e2e
def test_a_frozen_redis_accepts_and_says_nothing(redis_server: RedisServer) -> None:
    with redis_server.paused():
        assert not answers_ping(redis_server, within_s=0.5)
    assert answers_ping(redis_server)


@pytest.mark.e2e
def test_a_killed_mariadb_keeps_what_was_committed(stoppable_mariadb: DatabaseServer) -> None:
    assert stoppable_mariadb.service is not None
    url = stoppable_mariadb.create_database()

    stoppable_mariadb.service.kill()
    stoppable_mariadb.service.start()

    assert (url.rpartition("/")[2],) in stoppable_mariadb.execute("SHOW DATABASES")
    stoppable_mariadb.drop_database(url)
