"""Which managers are told that somebody in their room may need help."""

from datetime import datetime

from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from rooms.locks import lock_group_room, move_roster
from rooms.models import Participant
from rooms.moderation import audit
from rooms.moderation.ranks import require_right
from rooms.moderation.rights import Act


@in_one_transaction
def set_duty(*, room_id: int, caller: Caller, on_duty: bool, now: datetime) -> int | None:
    """Returns the room's roster version after it, None where nothing differs.

    Raises RoomNotFound, NotGroupRoom, NotInRoom, ManagersOnly.
    """
    room = lock_group_room(room_id)
    acting = require_right(Act.CARE, room=room, by=caller)
    place = Participant.objects.filter(room=room, member_id=caller.member_id).exclude(on_duty=on_duty)
    if not place.update(on_duty=on_duty):
        return None
    act = "duty_taken" if on_duty else "duty_left"
    audit.record(audit.Deed(room_id=room_id, act=act, by=acting.logged, at=now, member_id=caller.member_id))
    return move_roster(room)
