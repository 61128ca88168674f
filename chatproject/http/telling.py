"""How a request tells live sockets what it changed: by its process's chat server, if it runs under ASGI.

`chatproject.asgi` puts the chat server into the ASGI scope. Outside ASGI there is none; then the processes that
serve sockets find out by their sweep.
"""

from collections.abc import Callable
from typing import Any

from asgiref.sync import async_to_sync
from django.db import transaction
from django.http import HttpRequest
from rest_framework.request import Request


def tell(request: HttpRequest | Request, telling: Callable[[Any], None]) -> None:
    """Call `telling` with the chat server, on its loop, once what it tells of is committed.

    Outside a transaction that is now, and returns once this process's sockets have it.
    """
    server = getattr(request, "scope", {}).get("chat_server")
    if server is None:
        return

    async def tell_on_loop() -> None:
        telling(server)

    transaction.on_commit(async_to_sync(tell_on_loop))
