"""Whether the database takes writes: what it says of itself, and which errors say that it does not.

After a failover a connection may lead to a server that has become a copy: it answers everything, stores nothing.
"""

import os
from pathlib import Path

from django.db import connection

# --read-only and --super-read-only, a transaction that only reads, Aurora's copies, InnoDB's own read-only mode
_READ_ONLY_MYSQL_ERRORS = frozenset({1290, 1792, 1836, 1874})
_READ_ONLY_VARIABLES = """
    SHOW VARIABLES WHERE Variable_name IN
        ('read_only', 'super_read_only', 'innodb_read_only', 'transaction_read_only', 'tx_read_only')
"""


def takes_writes() -> bool:
    """What the database behind this thread's connection says of itself.

    False also for an account that may write to a MySQL that is read-only to all others: such a server is a copy.
    """
    if connection.vendor == "sqlite":
        return file_takes_writes(Path(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute(_READ_ONLY_VARIABLES)
        return all(value in ("OFF", "0") for _name, value in cursor.fetchall())


def file_takes_writes(file: Path) -> bool:
    """Whether SQLite can write to `file`, and its journal beside it."""
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def is_of_read_only_server(error: Exception) -> bool:
    """Whether the server refused to write at all, so that another server may have taken its place."""
    return connection.vendor == "mysql" and bool(error.args) and error.args[0] in _READ_ONLY_MYSQL_ERRORS
