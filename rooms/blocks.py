"""Who may not come into a room again: the rows about it. Every write is under the lock of the room's row.

Private rooms know no blocks: nobody comes into one, and nobody is taken out.
"""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from chatproject.errors import BlockedFromRoom
from rooms.moderation_models import Sanction


def in_force(now: datetime) -> QuerySet[Sanction]:
    """The blocks that hold at that moment."""
    return Sanction.objects.filter(Q(until=None) | Q(until__gt=now), lifted_at=None)


def require_admission(*, room_id: int, member_id: int, now: datetime) -> None:
    """Raises BlockedFromRoom, which says until when, where the member may not come into the room."""
    block = in_force(now).filter(room_id=room_id, member_id=member_id).first()
    if block is None:
        return
    if block.until is None:
        raise BlockedFromRoom
    moment = date_format(localtime(block.until), "DATETIME_FORMAT")
    raise BlockedFromRoom(
        _("You were removed from this room. You can come back after %(moment)s.") % {"moment": moment}
    )


def impose(
    *,
    room_id: int,
    member_id: int,
    staff_id: int | None,
    now: datetime,
    reason: str = "",
    until: datetime | None = None,
) -> Sanction:
    """Block the member from the room, in place of what held before. The caller holds the room's lock."""
    lift(room_id=room_id, member_id=member_id, staff_id=staff_id, now=now)
    return Sanction.objects.create(
        room_id=room_id, member_id=member_id, staff_id=staff_id, since=now, reason=reason, until=until
    )


def lift(*, room_id: int, member_id: int, staff_id: int | None, now: datetime) -> None:
    """Let the member come in again; fine where nothing holds. The caller holds the room's lock."""
    held = in_force(now).filter(room_id=room_id, member_id=member_id)
    held.update(lifted_at=now, lifted_by_staff_id=staff_id)
