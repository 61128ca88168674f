"""How a request tells live sockets what it changed: by its process's chat server, if it runs under ASGI.

`chatproject.asgi` puts the chat server into the ASGI scope. Outside ASGI there is none; then the processes that
serve sockets find out by their sweep.
"""

from collections.abc import Callable
from typing import Any, Protocol

from asgiref.sync import async_to_sync
from django.db import transaction
from django.http import HttpRequest
from rest_framework.request import Request

from rooms.services import RosterChange


class RosterTeller(Protocol):
    """What this app knows of the chat server."""

    def tell_joined(self, change: RosterChange) -> None: ...
    def tell_left(self, change: RosterChange) -> None: ...


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


def tell_joined(request: HttpRequest | Request, change: RosterChange | None) -> None:
    """Tell the room who came; None is nobody."""

    def telling(server: RosterTeller) -> None:
        if change is not None:
            server.tell_joined(change)

    tell(request, telling)


def tell_rules(request: HttpRequest | Request, room_id: int, version: int | None) -> None:
    """Tell the room's listeners how it is kept since its roster has that version; None is nothing."""
    if version is not None:
        tell(request, lambda server: server.tell_rules(room_id, version))


def tell_deleted(request: HttpRequest | Request, room_id: int, version: int) -> None:
    """Tell the room's listeners that it is gone, whose roster had that version at the end."""
    tell(request, lambda server: server.tell_deleted(room_id, version))


def tell_left(request: HttpRequest | Request, change: RosterChange | None) -> None:
    """Tell the room who went; None is nobody."""

    def telling(server: RosterTeller) -> None:
        if change is not None:
            server.tell_left(change)

    tell(request, telling)
