"""A check for commands that need the tables: whether every migration has run. Runs none."""

from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor


def require_migrated_database() -> None:
    """Raises CommandError where `migrate` has anything left to do, or the database is away."""
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    except DatabaseError as error:
        raise CommandError(f"The database cannot be read: {error}. `manage.py doctor` says what to do.") from error
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("Run manage.py migrate first: the database lacks tables or columns.")
