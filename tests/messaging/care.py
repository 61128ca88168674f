"""What is shipped for people who may hurt themselves, for tests: each may begin with an empty database."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.db import connection

from messaging.moderation.signals import Word

_migration: Any = import_module("messaging.migrations.0015_people_who_help")

SHIPPED = tuple(
    Word(number, phrase, is_innocent)
    for number, (phrase, is_innocent, _why) in enumerate(_migration.signals(), start=1)
)


def ship() -> None:
    """As `migrate` does."""
    _migration.ship(apps, SimpleNamespace(connection=connection))
