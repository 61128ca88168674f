"""Locks on rooms, held by a connection of a test's own: somebody else's transaction that is in the way."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.e2e.chaos.cluster import Cluster, mariadb_connection
from tests.e2e.processes import WAIT_S

LOOK_S = 0.15  # InnoDB refreshes its list of transactions only for who has not looked for 0.1 s
WEIGHT_ROWS = 1_000  # InnoDB gives up whoever changed fewer rows: not us


class Intruder:
    """One transaction in the servers' database. Its methods block: call them in a thread."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")  # or gaps are locked as well

    def lock(self, room_ids: Sequence[int]) -> None:
        """Lock these rooms and no other. Raises OperationalError where a deadlock is broken at our cost."""
        marks = ", ".join(map(str, room_ids))
        self._execute(
            f"SELECT version FROM chat_rooms FORCE INDEX (PRIMARY) WHERE chat_room_id IN ({marks}) FOR UPDATE"
        )

    def gain_weight(self) -> None:
        rows = ", ".join(["(1)"] * WEIGHT_ROWS)
        self._execute(f"INSERT INTO weight VALUES {rows}")

    def release(self) -> None:
        self._connection.rollback()

    def wait_for_somebody_to_wait(self) -> None:
        """Return once another transaction waits for a lock."""
        deadline = time.monotonic() + WAIT_S
        while not self._execute("SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"):
            assert time.monotonic() < deadline, "nobody waits for the lock"
            time.sleep(LOOK_S)

    def _execute(self, statement: str) -> tuple[Any, ...]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            return tuple(cursor.fetchall())


@contextmanager
def intruder(cluster: Cluster) -> Iterator[Intruder]:
    cluster.execute("CREATE TABLE IF NOT EXISTS weight (n INT) ENGINE=InnoDB")
    with mariadb_connection(cluster.database_url) as connection:
        yield Intruder(connection)


def count_deadlocks(cluster: Cluster) -> int:
    """Since the database's start."""
    [(_name, value)] = cluster.execute("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")
    return int(str(value))
