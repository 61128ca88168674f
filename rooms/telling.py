"""What requests tell live sockets of rooms and their members."""

from typing import Protocol

from django.http import HttpRequest
from rest_framework.request import Request

from chatproject.http.telling import tell as tell
from rooms.deleted_rooms import Deleted
from rooms.services import RosterChange


class RosterTeller(Protocol):
    """What this app knows of the chat server."""

    def tell_joined(self, change: RosterChange) -> None: ...
    def tell_left(self, change: RosterChange) -> None: ...


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


def tell_deleted(request: HttpRequest | Request, room_id: int, deleted: Deleted) -> None:
    """Tell the room's listeners that it is gone, and why."""
    tell(request, lambda server: server.tell_deleted(room_id, deleted))


def tell_left(request: HttpRequest | Request, change: RosterChange | None) -> None:
    """Tell the room who went; None is nobody."""

    def telling(server: RosterTeller) -> None:
        if change is not None:
            server.tell_left(change)

    tell(request, telling)
