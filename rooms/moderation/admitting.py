"""Managers let in, or turn away, who asks to come into their room. Nobody is told here."""

from datetime import datetime

from django.utils.translation import gettext as _

from chatproject.errors import BlockedFromRoom, InvalidInput
from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from rooms.locks import lock_room
from rooms.moderation import joining, sanctions
from rooms.moderation.ranks import Acting, require_right
from rooms.moderation.rights import Act
from rooms.services import RosterChange, add_participant


@in_one_transaction
def decide_request(
    *, room_id: int, member_id: int, admit: bool, reason: str = "", by: Caller | Acting, now: datetime
) -> RosterChange | None:
    """The member comes in, or is turned away; returns their coming, None where there is none.

    Raises RoomNotFound, NotGroupRoom, NotInRoom, ManagersOnly, NothingThere, AlreadyDecided, and InvalidInput
    where the member was removed since they asked.
    """
    room = lock_room(room_id)
    acting = require_right(Act.ADMIT, room=room, by=by)
    if admit:
        _require_admission(room_id, member_id, now)
    joining.decide(room, member_id=member_id, admit=admit, reason=reason.strip(), acting=acting, now=now)
    return add_participant(room_id=room_id, member_id=member_id) if admit else None


def _require_admission(room_id: int, member_id: int, now: datetime) -> None:
    try:
        sanctions.require_admission(room_id=room_id, member_id=member_id, now=now)
    except BlockedFromRoom:
        raise InvalidInput(_("Lift the removal first.")) from None
