"""What legal holds save of what goes with a deleted room and was no message of it. As `ageing`."""

from typing import Any

from django.utils import timezone

from messaging.file_models import File
from messaging.moderation_models import HeldMessage
from messaging.personal.held_words import keep_held_messages, keep_objections, keep_requests
from messaging.personal.holds import active_holds, keep_files
from rooms.models import Room
from rooms.moderation_models import JoinRequest, Objection


def keep_words_of(room: Room, **_signal: Any) -> None:
    """A receiver of `rooms.deleting.room_goes`, in its transaction."""
    now = timezone.now()
    if active_holds(now).exists():
        keep_held_messages(HeldMessage.objects.filter(room=room), now)
        keep_files(files=File.objects.filter(room_id=room.pk, seq=None), now=now)
        keep_requests(JoinRequest.objects.filter(room=room), now)
        keep_objections(Objection.objects.filter(sanction__room=room).select_related("sanction"), now)
