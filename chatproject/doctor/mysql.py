"""MySQL and MariaDB: whether the server is what this one needs, and how it is set up. Changes nothing."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db import OperationalError, connections
from django.db.utils import DatabaseError

from chatproject.doctor.disks import look_at_disk
from chatproject.doctor.findings import Finding, broken, note, ok, parts, warning, words_of
from chatproject.doctor.places import is_here
from chatproject.doctor.privileges import WANTED, look_at_privileges
from chatproject.http.turns import REQUESTS_PER_THREAD

MIB = 1024**2
OLDEST = {False: (8, 4), True: (10, 11)}  # by whether it is MariaDB; older ones get no mends any more
PACKET_FEW_BYTES = 16 * MIB  # a batch of 256 long messages, escaped
QUESTIONS, FAR_S = 10, 0.005
IDLE_FEW_S = 60  # connections are kept open between batches
# error numbers of the client and the server
REFUSALS = {
    1040: "raise max_connections, or run fewer processes or DB_THREADS",
    1044: f"GRANT {WANTED} ON that database to the user",
    1045: "check the user and the password in the URL, and from which hosts that user may come",
    1049: "CREATE DATABASE it with CHARACTER SET utf8mb4, or name the right one in the URL",
    1130: "let that user come from this host: CREATE USER 'name'@'host'",
    2002: "see that the server runs, and that the URL names its host, port or socket",
    2003: "see that the server runs, that the URL names its host and port, and that no firewall is between",
    2005: "see that the URL names the right host, and that this machine resolves it",
    2026: "compare ssl_mode and ssl_ca in the URL with the server's certificate",
}


def address_of(settings: Mapping[str, Any]) -> str:
    """Where the database is, without its account."""
    port = f":{settings['PORT']}" if settings.get("PORT") else ""
    return f"{settings.get('HOST') or 'localhost'}{port}/{settings['NAME']}"


def look_at_mysql(alias: str, *, threads: int) -> Iterator[Finding]:
    """`threads` are DB_THREADS."""
    connection = connections[alias]
    where = address_of(connection.settings_dict)
    try:
        connection.ensure_connection()
    except OperationalError as error:
        number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        yield broken(f"{where} cannot be reached: {words_of(error)}", REFUSALS.get(number, ""))
        return
    except DatabaseError as error:  # Django's own refusal of what is too old, for one
        yield broken(f"{where} is of no use: {words_of(error)}")
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW VARIABLES")
        variables = {str(name).lower(): str(value) for name, value in cursor.fetchall()}
        cursor.execute("SHOW GLOBAL STATUS")
        status = {str(name).lower(): str(value) for name, value in cursor.fetchall()}
        settings = connection.settings_dict
        yield from parts(
            lambda: _version(variables, where),
            lambda: () if is_here(settings.get("HOST")) else _distance(cursor, where),
            lambda: _session(variables),
            lambda: _durability(variables),
            lambda: _connections(variables, status, threads),
            lambda: _sizes(variables),
            lambda: _tls(cursor, settings),
            lambda: look_at_privileges(cursor, str(settings["NAME"])),
            lambda: _time_zones(cursor),
            lambda: _disk(variables, settings),
        )


def _version(variables: Mapping[str, str], where: str) -> Iterator[Finding]:
    is_mariadb = "mariadb" in variables["version"].lower()
    name = "MariaDB" if is_mariadb else "MySQL"
    oldest = OLDEST[is_mariadb]
    version = tuple(int(part) for part in variables["version"].partition("-")[0].split(".")[:2])
    if version < oldest:
        yield warning(
            f"{name} {variables['version']} is older than {oldest[0]}.{oldest[1]}",
            "plan its upgrade: it is not tested here, and its own mends have ended or soon will",
        )
    if any(variables.get(word) == "ON" for word in ("read_only", "super_read_only", "innodb_read_only")):
        yield broken(
            f"{where} is read-only", "let DATABASE_URL lead to the primary, or SET GLOBAL read_only = OFF on it"
        )
    yield ok(f"{name} {variables['version']} at {where}")


def _distance(cursor: Any, where: str) -> Iterator[Finding]:
    took = []
    for _question in range(QUESTIONS):
        began = time.perf_counter()
        cursor.execute("SELECT 1")
        took.append(time.perf_counter() - began)
    if (quick := min(took)) > FAR_S:
        yield warning(
            f"{where} answers in {quick * 1000:.1f} ms at best: each message takes several of that",
            "keep the database in the network of the servers",
        )


def _session(variables: Mapping[str, str]) -> Iterator[Finding]:
    isolation = variables.get("transaction_isolation") or variables.get("tx_isolation", "")
    if isolation != "READ-COMMITTED":
        yield broken(
            f"this server's sessions have the isolation {isolation}, not READ-COMMITTED",
            "see that no proxy in front of the database changes it",
        )
    modes = set(variables["sql_mode"].split(","))
    if "STRICT_TRANS_TABLES" not in modes:
        yield broken(
            "the sessions' sql_mode has no STRICT_TRANS_TABLES: texts may be cut without a word",
            "see that no proxy in front of the database changes it",
        )
    for mode, why in (
        ("NO_BACKSLASH_ESCAPES", "texts with a backslash are stored otherwise than they were said"),
        ("ORACLE", "|| and empty texts mean something else"),
        ("PIPES_AS_CONCAT", "|| means something else"),
    ):
        if mode in modes:
            yield warning(f"sql_mode has {mode}: {why}", f"take {mode} out of sql_mode on the database server")
    if variables["character_set_database"] != "utf8mb4":
        yield note(
            f"the database's own character set is {variables['character_set_database']}",
            "nothing to do for this server, whose tables say utf8mb4 themselves; ALTER DATABASE … CHARACTER SET"
            " utf8mb4 does the same for tables of others",
        )
    if variables.get("log_bin") == "ON" and variables.get("binlog_format", "").upper() == "STATEMENT":
        yield broken(
            "binlog_format is STATEMENT: with READ COMMITTED the server refuses to write (error 1665)",
            "SET GLOBAL binlog_format = 'ROW', and the same in its configuration",
        )


def _durability(variables: Mapping[str, str]) -> Iterator[Finding]:
    if variables.get("innodb_flush_log_at_trx_commit") != "1":
        yield warning(
            f"innodb_flush_log_at_trx_commit is {variables.get('innodb_flush_log_at_trx_commit')}: a machine that"
            " loses its power loses messages that were acknowledged",
            "set it to 1",
        )
    if variables.get("log_bin") != "ON":
        yield note(
            "the binary log is off: a backup is restored to its own moment only, and nothing can be replicated",
            "set log_bin, with binlog_format = ROW",
        )
    elif variables.get("sync_binlog") != "1":
        yield warning(
            f"sync_binlog is {variables.get('sync_binlog')}: after a loss of power the replicas may have more, or"
            " less, than the primary",
            "set it to 1",
        )


def _connections(variables: Mapping[str, str], status: Mapping[str, str], threads: int) -> Iterator[Finding]:
    most, used = int(variables["max_connections"]), int(status.get("max_used_connections", 0))
    # each request that is worked on has a connection of its own
    each = 3 + threads + REQUESTS_PER_THREAD * threads  # one writes what members say, two do what has time
    says = f"max_connections is {most}; a process of this server takes {each} at most (DB_THREADS={threads})"
    if each > most - 2:
        yield broken(f"{says}: not even one has enough", f"set max_connections to {4 * each} or more")
    elif 2 * each > most - 2:
        yield warning(f"{says}: two have not enough", f"set max_connections to {4 * each} or more")
    else:
        yield ok(f"{says}: enough for {(most - 2) // each}")
    if used >= most:
        yield warning(
            f"all {most} connections have been in use at one time: others were refused then",
            "raise max_connections, or look who else takes them (SHOW PROCESSLIST)",
        )
    user_most = int(variables.get("max_user_connections", 0))
    if 0 < user_most < each:
        yield broken(f"max_user_connections is {user_most}, fewer than the {each} of one process", "raise it")
    if (idle_s := int(variables["wait_timeout"])) < IDLE_FEW_S:
        yield warning(
            f"wait_timeout is {idle_s} s: connections that rest are cut, and the next message waits for a new one",
            f"set it to {IDLE_FEW_S} or more",
        )


def _sizes(variables: Mapping[str, str]) -> Iterator[Finding]:
    if (packet := int(variables["max_allowed_packet"])) < PACKET_FEW_BYTES:
        yield warning(
            f"max_allowed_packet is {packet // 1024} KiB: a batch of long messages may be refused, and is then"
            " stored in slow, small parts",
            "set it to 16M or more",
        )
    if (pool := int(variables["innodb_buffer_pool_size"])) <= 128 * MIB:
        yield note(
            f"innodb_buffer_pool_size is {pool // MIB} MiB, the default",
            "on a machine of its own give the database half of the memory or more",
        )


def _tls(cursor: Any, settings: Mapping[str, Any]) -> Iterator[Finding]:
    cursor.execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
    row = cursor.fetchone()
    if not (row and row[1]) and not is_here(settings.get("HOST")):
        yield warning(
            f"what is said goes to {settings['HOST']} in the clear",
            "add ?ssl_mode=VERIFY_IDENTITY (or REQUIRED) to DATABASE_URL, unless the network is yours alone",
        )
    elif row and row[1]:
        yield ok(f"by TLS ({row[1]})")


def _time_zones(cursor: Any) -> Iterator[Finding]:
    cursor.execute("SELECT CONVERT_TZ('2026-01-01 00:00:00', 'UTC', 'Asia/Seoul')")
    if cursor.fetchone() == (None,):
        yield note(
            "the database knows no time zones by name",
            "nothing to do for this server; mysql_tzinfo_to_sql loads them for others",
        )


def _disk(variables: Mapping[str, str], settings: Mapping[str, Any]) -> Iterator[Finding]:
    folder = Path(variables.get("datadir", ""))
    if is_here(settings.get("HOST")):
        yield from look_at_disk(folder, "the database")
