"""What a room is called, changed under the lock of its row. Who may do it is decided by the caller."""

from django.db import IntegrityError, transaction

from chatproject.errors import RoomNameTaken
from chatproject.nicknames import same_names
from rooms.models import Room


def call_otherwise(room: Room, name: str) -> None:
    """Save the name, which is clean. Raises RoomNameTaken."""
    if Room.objects.filter(name__in=same_names(name)).exclude(pk=room.pk).exists():
        raise RoomNameTaken
    room.name = name
    try:
        with transaction.atomic():
            room.save(update_fields=["name", "updated_at"])
    except IntegrityError as error:
        raise RoomNameTaken from error
