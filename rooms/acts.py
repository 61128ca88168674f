"""What staff do to members in group rooms: put in, take out, let in again. `staff_id` is their account."""

from datetime import datetime

from chatproject.transactions import in_one_transaction
from rooms import blocks, selectors
from rooms.locks import lock_group_room
from rooms.services import RosterChange, add_participant, remove_participant


@in_one_transaction
def put_in(*, room_id: int, member_id: int, staff_id: int | None, now: datetime) -> RosterChange | None:
    """Put a member into the room; None when in already. Lifts a block.

    Raises RoomNotFound, NotGroupRoom, MemberNotFound.
    """
    lock_group_room(room_id)
    blocks.lift(room_id=room_id, member_id=member_id, staff_id=staff_id, now=now)
    return add_participant(room_id=room_id, member_id=member_id)


@in_one_transaction
def take_out(
    *,
    room_id: int,
    member_id: int,
    staff_id: int | None,
    now: datetime,
    reason: str = "",
    until: datetime | None = None,
) -> RosterChange | None:
    """Take a member out of the room, and keep them out until then, or until it is lifted. None when not in it.

    The last one out deletes the room, and the blocks with it. Raises RoomNotFound, NotGroupRoom, MemberNotFound.
    """
    lock_group_room(room_id)
    selectors.require_member(member_id=member_id)
    blocks.impose(room_id=room_id, member_id=member_id, staff_id=staff_id, now=now, reason=reason, until=until)
    return remove_participant(room_id=room_id, member_id=member_id)


@in_one_transaction
def let_in_again(*, room_id: int, member_id: int, staff_id: int | None, now: datetime) -> None:
    """Lift what keeps the member out; fine where nothing does. Raises RoomNotFound, NotGroupRoom."""
    lock_group_room(room_id)
    blocks.lift(room_id=room_id, member_id=member_id, staff_id=staff_id, now=now)
