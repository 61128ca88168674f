"""The database as a file: for one process, and for trying."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from django.db import connections

from chatproject.doctor.disks import look_at_disk
from chatproject.doctor.findings import Finding, broken, note, ok, warning


def look_at_sqlite(alias: str) -> Iterator[Finding]:
    file = Path(str(connections[alias].settings_dict["NAME"]))
    if not file.exists():
        yield broken(f"there is no {file}", "run `manage.py migrate`, or set DATABASE_URL to a mysql:// URL")
        return
    if not os.access(file, os.W_OK) or not os.access(file.parent, os.W_OK):
        yield broken(f"{file} or its folder may not be written to", "let the user of the server own both")
        return
    with connections[alias].cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        mode = cursor.fetchone()[0]
        cursor.execute("PRAGMA quick_check(1)")
        health = cursor.fetchone()[0]
    if mode != "wal":
        yield warning(f"its journal is {mode}, not wal: readers wait for the writer", "keep it on a local disk")
    if health != "ok":
        yield broken(f"the file is damaged: {health}", "restore a backup, or try `.recover` of the sqlite3 shell")
    yield note("the database is a file: one process, one machine", "for more set DATABASE_URL to a mysql:// URL")
    yield ok(f"SQLite {sqlite3.sqlite_version}, {file}, {file.stat().st_size / 1024**2:.1f} MiB")
    yield from look_at_disk(file.parent, "the database")
