"""Whether a MySQL or MariaDB can be this server's: asked before `migrate` changes anything. Changes nothing."""

from django.apps import apps
from django.core.management.base import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder

Tables = dict[str, set[str]]

MAIN_SERVERS = "users"  # read here, and never altered


def require_fit_database(connection: BaseDatabaseWrapper) -> None:
    """Raise CommandError with one sentence where what `migrate` makes could not be written to."""
    if connection.vendor != "mysql":
        return
    with connection.cursor() as cursor:
        sentence = _statement_log(cursor) or _other_engine(cursor)
    if sentence:
        raise CommandError(sentence)


def _statement_log(cursor: CursorWrapper) -> str:
    cursor.execute("SHOW VARIABLES WHERE Variable_name IN ('log_bin', 'binlog_format')")
    variables = {name: value.upper() for name, value in cursor.fetchall()}
    if variables.get("log_bin") != "ON" or variables.get("binlog_format") != "STATEMENT":
        return ""
    # error 1665: a log of statements cannot repeat what READ COMMITTED does
    return (
        "Set binlog_format to ROW or MIXED on the database server: with STATEMENT it refuses to write in the"
        " isolation level READ COMMITTED, which this server uses."
    )


def _other_engine(cursor: CursorWrapper) -> str:
    cursor.execute(
        "SELECT table_name, engine FROM information_schema.tables"
        " WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND engine <> 'InnoDB'"
    )
    known = tables_of_models()
    found = sorted((table, engine) for table, engine in cursor.fetchall() if table in known)
    if not found:
        return ""
    kept = ", ".join(f"{table} is kept by {engine}" for table, engine in found)
    statements = " ".join(f"ALTER TABLE {table} ENGINE=InnoDB;" for table, _engine in found)
    return f"{kept}, not InnoDB, which alone has transactions: run {statements}"


def tables_of_models() -> Tables:
    """The tables of every installed app, Django's own included, each with the columns of its models."""
    tables: Tables = {MigrationRecorder.Migration._meta.db_table: {"app", "name"}}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            columns = {field.column for field in model._meta.local_concrete_fields if field.column}
            tables.setdefault(model._meta.db_table, set()).update(columns)
    return tables
