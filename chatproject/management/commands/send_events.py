"""Sends events to the main server from a process of its own, beside servers with SEND_EVENTS=0."""

import asyncio
import signal
from argparse import RawDescriptionHelpFormatter
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from prometheus_client import CollectorRegistry, start_http_server

from chatproject.errors import StoreUnavailable
from chatproject.tracing.starting import tracer_for
from messaging.delivery.hub import Hub
from messaging.events.sending import event_sender
from messaging.presence.presence import Presence
from messaging.store.database import Database
from messaging.store.deployment import deployment_name
from rooms.management.migrated import require_migrated_database

RETRY_S = 1.0

DESCRIPTION = """\
Send events to the main server until SIGTERM. Servers do so themselves; with SEND_EVENTS=0 this does it apart.

It may run several times: one of them sends to an endpoint at a time, and another takes over when that one dies.
Who looks at the chat it knows by REDIS_URL only; without it, whoever is to be notified counts as away.
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
        registry = CollectorRegistry()
        if metrics_port is not None:
            start_http_server(metrics_port, addr="127.0.0.1", registry=registry)
        self.stdout.write("Sending events; SIGTERM ends it.")
        uvloop.run(_send(registry))


async def _send(registry: CollectorRegistry) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    database = Database(readers=settings.DB_THREADS)
    presence = Presence(hub=Hub(), urls=settings.REDIS_URLS, told=lambda _member_ids: None)
    presence.start()
    naming = asyncio.create_task(_name(presence, database), name="presence-name")
    tracer = tracer_for(settings.TRACING, registry)
    sender = event_sender(
        database=database, looked_within=presence.looked_within, registry=registry, tracer=tracer
    )
    sender.start()
    await ended.wait()
    await sender.stop()
    naming.cancel()
    await presence.stop()
    database.close()
    await tracer.stop()


async def _name(presence: Presence, database: Database) -> None:
    while True:
        try:
            presence.name(await database.run(deployment_name))
        except StoreUnavailable:
            await asyncio.sleep(RETRY_S)
        else:
            return
