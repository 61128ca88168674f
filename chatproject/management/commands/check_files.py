"""Checks files from a process of its own, beside servers with CHECK_FILES=0."""

import asyncio
import signal
from argparse import RawDescriptionHelpFormatter
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from prometheus_client import start_http_server

from chatproject.limits.shared import SharedLimits
from messaging.files.checks.checking import FileChecker
from messaging.files.storage.store import FileStore
from messaging.limits import Limits
from messaging.server import ChatServer
from messaging.store.database import Database
from rooms.management.migrated import require_migrated_database

NO_LIMITS = Limits(
    frames_per_second=0, sends_per_second=0, sockets_per_member=0, rooms_per_socket=0
)  # nobody comes

DESCRIPTION = """\
Check files that members upload until SIGTERM. Servers do so themselves; with CHECK_FILES=0 this does it apart.

It may run several times, and needs what servers have: the database, the files' store, the scanner where there is
one. By REDIS_URL the servers hear at once what became of a file; without it when they look for what they missed.
"""


class Command(BaseCommand):
    help = DESCRIPTION

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--metrics-port", type=int, metavar="PORT", help="serve /metrics there, to this machine only"
        )

    def handle(self, *args: Any, metrics_port: int | None, **options: Any) -> None:
        require_migrated_database()
        self.stdout.write("Checking files; SIGTERM ends it.")
        uvloop.run(_check(metrics_port))


async def _check(metrics_port: int | None) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    chat_server = ChatServer(  # what is found is said by the same way as all else
        shared=SharedLimits(settings.REDIS_URLS),
        database=Database(readers=settings.DB_THREADS),
        layer_aliases=list(settings.CHANNEL_LAYERS) if settings.REDIS_URLS else [],
        limits=NO_LIMITS,
    )
    registry = chat_server.metrics.registry
    if metrics_port is not None:
        start_http_server(metrics_port, addr="127.0.0.1", registry=registry)
    store = FileStore.of_settings()
    checker = FileChecker.of_settings(
        database=chat_server.database, store=store, save=chat_server.writer.save, registry=registry
    )
    chat_server.start()
    checker.start()
    await ended.wait()
    await checker.stop()
    await chat_server.stop()
    store.close()
