"""The locks under which rosters change: a room's row, which storing a message locks too."""

from chatproject.errors import NotGroupRoom, RoomNotFound
from rooms.models import Room


def lock_group_room(room_id: int) -> Room:
    """The room, locked until the caller's transaction ends. Raises RoomNotFound, NotGroupRoom."""
    room = lock_room(room_id)
    if not room.is_group_chat:
        raise NotGroupRoom
    return room


def lock_room(room_id: int) -> Room:
    """Any room, locked until the caller's transaction ends. Raises RoomNotFound."""
    room = Room.objects.select_for_update().filter(room_id=room_id).first()
    if room is None:
        raise RoomNotFound
    return room


def move_roster(room: Room) -> int:
    """Count a change of who is in the room, as what, or under which rules: the sweep reads rooms that moved.

    The caller holds the room's lock. Returns the number of the change.
    """
    room.roster_version += 1
    room.save(update_fields=["roster_version"])
    return room.roster_version
