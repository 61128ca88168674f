"""Makes the search's signatures of messages that were there before it. Servers may run meanwhile."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from messaging.models import Message
from messaging.search.index import index_older, progress
from messaging.search.signatures import CHUNK_MESSAGES
from rooms.management.migrated import require_migrated_database

TELL_EVERY_S = 2.0


class Command(BaseCommand):
    help = (
        "Make the search quick for messages that were stored before it was there, the newest first. Servers may"
        " run meanwhile. It can be stopped at any time, and goes on where it was when it is run again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated_database()
        first = begin = progress().first
        oldest = Message.objects.order_by("pk").values_list("pk", flat=True).first() or 0
        goal = oldest // CHUNK_MESSAGES
        began = told = time.monotonic()
        while (chunk := index_older()) is not None:
            first, now = chunk, time.monotonic()
            if now - told > TELL_EVERY_S:
                told = now
                self._tell(done=begin - first, of=begin - goal, seconds=now - began)
        self.stdout.write(f"Done: {(begin - first) * CHUNK_MESSAGES:,} messages were made quick to search.")

    def _tell(self, *, done: int, of: int, seconds: float) -> None:
        messages = done * CHUNK_MESSAGES
        self.stdout.write(f"{100 * done / of:.0f} %: {messages:,} messages, {messages / seconds:,.0f} a second")
