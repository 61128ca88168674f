"""Telling a room's managers how much waits for them there, on all their sockets."""

from django.http import HttpRequest
from rest_framework.request import Request

from messaging.moderation.waiting import managers_of, waiting_in
from rooms.telling import tell


def tell_managers(request: HttpRequest | Request, room_id: int) -> None:
    """After the commit of what changed it; where nobody manages the room nobody is told."""
    if member_ids := managers_of(room_id=room_id):
        frame = waiting_in(room_id=room_id)
        tell(request, lambda server: server.tell_members(member_ids, frame))
