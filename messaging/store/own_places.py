"""What a member makes of a room in their own list: pinned above the others, hidden, marked as unread.

Nobody else is told. Hidden is until something is said, and marked until it is read (see `read_marks`).
"""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput
from rooms.models import Participant
from rooms.selectors import require_participant


class OwnPlace(NamedTuple):
    """How a room stands in a member's own list."""

    room_id: int
    is_pinned: bool
    is_hidden: bool
    is_marked_unread: bool


def is_hidden(hidden_seq: int | None, last_seq: int) -> bool:
    """Whether nothing was said since the room was hidden at `hidden_seq`, None where it was not."""
    return hidden_seq is not None and last_seq <= hidden_seq


def set_own_place(
    *, room_id: int, member_id: int, pinned: bool | None, hidden: bool | None, unread: bool | None
) -> OwnPlace:
    """Set these, without what is None. Raises RoomNotFound, NotInRoom, InvalidInput to hide a group room."""
    place = require_participant(room_id=room_id, member_id=member_id)
    if hidden and place.room.is_group_chat:
        raise InvalidInput(_("Only private rooms can be hidden."))
    changes: dict[str, Any] = {}
    if pinned is not None:
        changes["is_pinned"] = pinned
    if unread is not None:
        changes["is_marked_unread"] = unread
    if hidden is not None:
        changes["hidden_seq"] = place.room.last_seq if hidden else None
    if changes:
        Participant.objects.filter(pk=place.pk).update(**changes)  # never an upsert: they may have left meanwhile
    for name, value in changes.items():
        setattr(place, name, value)
    return OwnPlace(
        room_id, place.is_pinned, is_hidden(place.hidden_seq, place.room.last_seq), place.is_marked_unread
    )
