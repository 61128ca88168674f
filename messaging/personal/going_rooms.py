"""What legal holds save of the words that go with a deleted room and were no messages of it. As `ageing`."""

from typing import Any

from django.utils import timezone

from messaging.moderation_models import HeldMessage
from messaging.personal.ageing import keep_held_messages, keep_objections, keep_requests
from messaging.personal.holds import active_holds
from rooms.models import Room
from rooms.moderation_models import JoinRequest, Sanction


def keep_words_of(room: Room, **_signal: Any) -> None:
    """A receiver of `rooms.deleting.room_goes`, in its transaction."""
    now = timezone.now()
    if active_holds(now).exists():
        keep_held_messages(HeldMessage.objects.filter(room=room), now)
        keep_requests(JoinRequest.objects.filter(room=room), now)
        keep_objections(Sanction.objects.filter(room=room), now)
