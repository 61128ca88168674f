"""`manage.py serve`: the production server, uvicorn with our WebSocket protocol class and our limits."""

import os
import signal
import socket
import threading
import time
from typing import Any, NoReturn

import uvicorn
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chatproject.database.link import warn_of_open_link
from chatproject.http.entrance import HEADERS_MAX_BYTES
from chatproject.http.page_files import refuse_uncollected
from chatproject.redis_servers import refuse_other_modes
from chatproject.serving import listening_sockets, run
from messaging.wire.protocol import FRAME_MAX_BYTES

PING_INTERVAL_S = PING_TIMEOUT_S = 15
GRACEFUL_SHUTDOWN_S = 4  # for HTTP requests, after the sockets have been told goodbye
THREADS_END_S = 0.5  # for threads to close their connections to the database, if it answers


class Command(BaseCommand):
    help = "Serve HTTP and WebSocket. More than one worker process needs REDIS_URL."
    requires_system_checks: list[str] = []  # the database may be away at the start

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="default: the setting PORT, else 8081")
        parser.add_argument("--workers", type=int, default=1, help="processes (default: 1)")

    def handle(self, *, host: str, port: int, workers: int, **_options: Any) -> None:
        check_arguments(port=port, workers=workers)
        try:
            refuse_other_modes("REDIS_URL", settings.REDIS_URLS)
            refuse_uncollected()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        for database in settings.DATABASES.values():
            warn_of_open_link(database)
        signal.signal(signal.SIGTERM, _end)  # uvicorn raises the signal once more when it has stopped
        config = uvicorn.Config(
            "chatproject.asgi:application",
            workers=workers,
            loop="uvloop",
            http="chatproject.http.http_protocol:PromptHttpProtocol",
            ws="chatproject.asgi:ChatWebSocketProtocol",
            ws_max_size=FRAME_MAX_BYTES,  # uvicorn's own is 16 MiB
            ws_ping_interval=PING_INTERVAL_S,
            ws_ping_timeout=PING_TIMEOUT_S,
            ws_per_message_deflate=False,  # our frames are short, and one framing serves every socket
            lifespan="on",
            log_config=None,  # Django's LOGGING rules
            access_log=False,  # its lines carry ?access=<token>
            server_header=False,
            proxy_headers=False,  # `chatproject.http.proxies` does it, whatever the server
            h11_max_incomplete_event_size=HEADERS_MAX_BYTES,
            timeout_graceful_shutdown=GRACEFUL_SHUTDOWN_S,
        )
        run(config, _listen(host, port))


def _listen(host: str, port: int) -> list[socket.socket]:
    try:
        return listening_sockets(host, port)
    except (OSError, UnicodeError) as error:
        reason = str(getattr(error, "strerror", error)).partition(" (")[0]
        raise CommandError(f"Cannot listen on {host}, port {port}: {reason}.") from error


def _end(_signal: int, _frame: object) -> NoReturn:
    """A stop that was asked for is no failure. Python would wait for threads that a hanging database holds."""
    deadline = time.monotonic() + THREADS_END_S
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(max(0.0, deadline - time.monotonic()))
    os._exit(0)


def check_arguments(*, port: int, workers: int) -> None:
    if not 1 <= port <= 65535:
        raise CommandError("Give --port a number from 1 to 65535.")
    if workers < 1:
        raise CommandError("Give --workers a number from 1.")
    if workers > 1 and not settings.REDIS_URLS:
        raise CommandError(
            "Set REDIS_URL: several worker processes reach each other's members through Redis only."
        )
