"""A check for commands that need the tables: whether every migration has run. Runs none."""

from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor


def require_migrated_database() -> None:
    """Raises CommandError where `migrate` has anything left to do."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("Run manage.py migrate first: the database lacks tables or columns.")
