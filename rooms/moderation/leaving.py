"""A member who is erased leaves every room, private ones too. Nobody is told here."""

from chatproject.transactions import in_one_transaction
from rooms.beginnings import begin_at
from rooms.deleting import delete_with_all
from rooms.locks import lock_room
from rooms.models import Participant, Room
from rooms.services import RosterChange, move_roster_for, remove_participant


@in_one_transaction
def leave_for_good(*, room_id: int, member_id: int) -> RosterChange | None:
    """Take the member out; None when not in. Who is left in a private room keeps it, and what was said there.

    A pair's room is found by both members' numbers: from now on by nobody, so that a member who is made anew with
    the number meets the other in a room of their own.

    The last one out deletes the room, once it has no messages. While there are some this is None too, the member
    stays, and the room begins behind all that was said: who calls deletes that, some at a time, and calls again.
    """
    room = lock_room(room_id)
    if _is_last(room, member_id) and room.messages.exists():
        begin_at(room_id=room_id, seq=room.last_seq + 1, is_told=False)
        return None
    if room.is_group_chat:
        return remove_participant(room_id=room_id, member_id=member_id, is_own_doing=True)
    return _leave_private(room, member_id)


def _is_last(room: Room, member_id: int) -> bool:
    return list(room.participants.values_list("member_id", flat=True)[:2]) == [member_id]


def _leave_private(room: Room, member_id: int) -> RosterChange | None:
    place = Participant.objects.select_related("member").filter(room=room, member_id=member_id).first()
    if place is None:
        return None
    place.delete()
    Room.objects.filter(pk=room.pk).update(pair_key=None)
    change = move_roster_for(room, place.member, "left")
    if not room.participants.exists():
        delete_with_all(room)
    return change
