"""Prints the JSON Schema of export.json. The one in `docs` is made so, by `make contracts`."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from messaging.personal.exports.schema import export_schema


class Command(BaseCommand):
    help = "Print the JSON Schema of the export.json that members get."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(export_schema(), ensure_ascii=False, indent=2))
