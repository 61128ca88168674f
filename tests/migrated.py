"""Databases as `manage.py migrate` leaves them: made once in a run of all tests, and copied from then on.

Migrating takes seconds of a processor, and a dozen tests want a server with a database of its own. What it does
is tested where nothing is copied, under tests/rooms.
"""

import contextlib
import fcntl
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import environ

from tests.servers import DatabaseServer

DIRECTORY = "TEST_MIGRATED"  # the variable that tells each process of a run where copies are

PROJECT = Path(__file__).resolve().parents[1]
Statements = Sequence[bytes]


def copy_sqlite(path: Path, migrate: Callable[[], object]) -> None:
    """Make the file `path`: by `migrate` if it is the first one that is wanted."""
    with kept("sqlite3") as copy:
        if copy is not None and copy.exists():
            shutil.copyfile(copy, path)
            return
        migrate()
        if copy is not None:
            shutil.copyfile(path, copy)


def copy_mysql(url: str, migrate: Callable[[], object]) -> None:
    """Fill the empty database at `url`: by `migrate` if it is the first one of that server's version."""
    with contextlib.closing(_connect(url)) as connection:
        version = "".join(filter(str.isalnum, connection.get_server_info()))
        with kept(version) as copy:
            if copy is not None and copy.exists():
                load(connection, pickle.loads(copy.read_bytes()))
                return
            migrate()
            if copy is not None:
                copy.write_bytes(pickle.dumps(dump(connection)))


@contextmanager
def migrated_copy(place: dict[str, Any]) -> Iterator[None]:
    """Django's test database of those settings, there as a copy; `migrate` finds nothing to do in it."""

    def migrate() -> None:
        command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        subprocess.run(command, cwd=PROJECT, env=os.environ | {"DATABASE_URL": url}, check=True)

    if place["ENGINE"].endswith("sqlite3"):
        url = f"sqlite:///{place['TEST']['NAME']}"
        copy_sqlite(Path(place["TEST"]["NAME"]), migrate)
        yield
    else:
        server = DatabaseServer(urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path="")))
        url = server.database_url(f"test_{place['NAME']}")
        server.execute(f"CREATE DATABASE test_{place['NAME']} CHARACTER SET utf8mb4")
        copy_mysql(url, migrate)
        yield
        server.drop_database(url)


@contextmanager
def kept(name: str) -> Iterator[Path | None]:
    """What is made once in a run of tests, by that name, for one process at a time. None where this is none."""
    directory = os.environ.get(DIRECTORY)
    if directory is None:
        yield None
        return
    with (Path(directory) / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Path(directory) / name


def _connect(url: str) -> Any:
    import MySQLdb  # here, so that the tests on SQLite run without it

    config = environ.Env.db_url_config(url)
    where = {"host": config["HOST"], "port": config["PORT"] or 3306, "user": config["USER"]}
    return MySQLdb.connect(password=config["PASSWORD"], database=config["NAME"], charset="utf8mb4", **where)


# --- of a connection of MySQLdb


def dump(connection: Any) -> Statements:
    """What makes the tables and rows of the connection's database."""
    [(charset, collation)] = _ask(connection, "SELECT @@character_set_database, @@collation_database")
    made = [f"ALTER DATABASE CHARACTER SET {charset} COLLATE {collation}".encode()]
    rows = []
    for name, kind in _ask(connection, "SHOW FULL TABLES"):
        assert kind == "BASE TABLE", f"{name} is a {kind}, which nobody copies"
        [(_name, statement)] = _ask(connection, f"SHOW CREATE TABLE `{name}`")
        made.append(statement.encode())
        values = [connection.literal(row) for row in _ask(connection, f"SELECT * FROM `{name}`")]
        if values:
            rows.append(f"INSERT INTO `{name}` VALUES ".encode() + b", ".join(values))
    return made + rows


def load(connection: Any, statements: Statements) -> None:
    """Into the connection's database, which is empty."""
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute("SET foreign_key_checks = 0")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET foreign_key_checks = 1")
    connection.commit()


def _ask(connection: Any, question: str) -> Any:
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute(question)
        return cursor.fetchall()
