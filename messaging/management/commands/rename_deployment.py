"""Gives the database a new deployment name: for a copy that shares a Redis with its original."""

from typing import Any

from django.core.management.base import BaseCommand

from messaging.store.deployment import rename_deployment
from rooms.management.migrated import require_migrated_database


class Command(BaseCommand):
    help = (
        "Give this database's deployment a new name, so that its servers hear no others on their Redis. "
        "For a copy of a database beside its original; run it before the copy's servers start."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated_database()
        rename_deployment()
        self.stdout.write("Renamed. Restart the servers that use this database, all together.")
