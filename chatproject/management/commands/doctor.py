"""Looks at every part that the server stands on, and says what is wrong and how to mend it."""

import asyncio
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from assistant.providers.checkup import look_at_model
from chatproject.database.connecting import REPLICA_ALIAS
from chatproject.database.url import MYSQL
from chatproject.doctor.clocks import Clock, database_clock, http_clock, look_at_clocks, redis_clock
from chatproject.doctor.endpoints import look_at_endpoints
from chatproject.doctor.findings import EXIT_CODES, WITHIN_S, Check, look_at_all, worst_of
from chatproject.doctor.keys import look_at_push, look_at_tokens
from chatproject.doctor.mysql import look_at_mysql
from chatproject.doctor.redis_checks import ask_time, look_at_redis, look_at_several, place_of
from chatproject.doctor.replica import look_at_replica
from chatproject.doctor.schema import look_at_schema
from chatproject.doctor.settings_checks import look_at_settings
from chatproject.doctor.sqlite import look_at_sqlite
from chatproject.doctor.telling import in_json, in_words, secrets_in
from messaging.files.checkup import look_at_files, look_at_scanner
from rooms.management.fitness import MAIN_SERVERS

DESCRIPTION = """\
Look at the settings, the database, Redis, clocks, keys, the model, files and the main server's endpoints.

What is wrong comes first, with how to mend it. Nothing is changed: what a check writes, it takes away again. Run
it where a server runs, with its environment, before the first start and whenever something is odd. No secret is
shown.

Exit code 0: all is well; 1: there are warnings; 2: something is broken.
"""


class Command(BaseCommand):
    help = DESCRIPTION
    requires_system_checks: list[str] = []  # they are a check among the others

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")
        parser.add_argument(
            "--within", type=float, default=WITHIN_S, metavar="S", dest="within_s", help="for each check (10)"
        )

    def handle(self, *args: Any, as_json: bool, within_s: float, **options: Any) -> None:
        looked = look_at_all([check._replace(within_s=within_s) for check in checks()])
        told = (in_json if as_json else in_words)(looked, secrets=secrets_in(settings))
        self.stdout.write(told)
        if code := EXIT_CODES[worst_of(looked)]:
            raise SystemExit(code)


def checks() -> Iterator[Check]:
    """All of them, in the order in which they are told."""
    now = timezone.now()
    yield Check("settings", partial(look_at_settings, settings))
    database = settings.DATABASES[DEFAULT_DB_ALIAS]
    is_mysql = database["ENGINE"] == MYSQL
    if is_mysql:
        yield Check("database", partial(look_at_mysql, DEFAULT_DB_ALIAS, threads=settings.DB_THREADS))
    else:
        yield Check("database", partial(look_at_sqlite, DEFAULT_DB_ALIAS))
    if is_there := is_mysql or Path(str(database["NAME"])).exists():  # to look would make an empty file
        yield Check("tables", partial(look_at_schema, DEFAULT_DB_ALIAS, not_ours=[MAIN_SERVERS]))
    if REPLICA_ALIAS in settings.DATABASES:
        yield Check("replica", partial(look_at_replica, REPLICA_ALIAS))
    yield Check("redis", partial(look_at_several, settings.REDIS_URLS))
    for url in settings.REDIS_URLS:
        yield Check("redis", partial(look_at_redis, url))
    yield Check("clocks", partial(look_at_clocks, list(_clocks())))
    yield Check("tokens", partial(look_at_tokens, settings))
    yield Check("notifications", partial(look_at_push, settings))
    yield Check("model", partial(look_at_model, settings, now=now))
    yield Check("files", partial(look_at_files, settings))
    yield Check("scanner", partial(look_at_scanner, settings))
    if is_there:
        yield Check("main server", partial(look_at_endpoints, now))


def _clocks() -> Iterator[Clock]:
    for alias, name in ((DEFAULT_DB_ALIAS, "the database"), (REPLICA_ALIAS, "the replica")):
        if alias in settings.DATABASES and settings.DATABASES[alias]["ENGINE"] == MYSQL:
            yield database_clock(alias, name)
    for url in settings.REDIS_URLS:
        yield redis_clock(url, f"Redis at {place_of(url)}", ask=lambda one: asyncio.run(ask_time(one)))
    if settings.JWT_JWKS_URL:
        yield http_clock(settings.JWT_JWKS_URL, "the issuer of tokens")
