"""Prints the AsyncAPI document of the WebSocket protocol. The one in `docs` is made so, by `make contracts`."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from messaging.wire.asyncapi import document


class Command(BaseCommand):
    help = "Print the AsyncAPI 3 document of the WebSocket protocol, as JSON."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(document(), ensure_ascii=False, indent=2))
