"""Held messages for tests, in few words."""

from typing import Any

from django.utils import timezone

from messaging.moderation_models import HeldMessage
from rooms.models import Room
from tests.factories import BOB


def make_held(room: Room, text: str = "시발", *, client: int = 1, **fields: Any) -> HeldMessage:
    usual = {"sender_id": BOB, "client_id": f"{client:032x}", "why": "filter", "held_at": timezone.now()}
    return HeldMessage.objects.create(room=room, contents=text, matched="시발", **usual | fields)
