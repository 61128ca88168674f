"""Begins another epoch of the database: for whoever puts a backup back."""

from typing import Any

from django.core.management.base import BaseCommand

from messaging.store.epochs import begin_epoch, current_epoch
from rooms.management.migrated import require_migrated_database


class Command(BaseCommand):
    help = (
        "Begin another epoch of this database: every client reads anew what it shows, and says again what it had "
        "said last. Run it whenever the database went backwards: after a backup was put back, before the servers "
        "start; or when a replica took over that lacked something. Servers that run find it within three seconds."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated_database()
        before = current_epoch()
        self.stdout.write(f"Epoch {before} is over, {begin_epoch()} began.")
