"""What people do about a concern: who saw it, and what was done. Each act is logged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatproject.errors import RoomNotFound
from chatproject.room_errors import AlreadyDecided, NothingThere
from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from messaging.care_models import Concern
from messaging.moderation.concerns import concerns_of_room
from rooms.models import Member, Room
from rooms.moderation import audit
from rooms.moderation.ranks import Acting, require_right
from rooms.moderation.rights import Act

NOTE_MAX_CHARACTERS = 500

Step = Literal["seen", "closed"]


@dataclass(frozen=True, slots=True)
class Listed:
    concern: Concern
    nickname: str | None  # None: nobody is meant, or gone


def list_concerns(*, room_id: int, caller: Caller, state: str | None) -> list[Listed]:
    """Without those about the caller. Raises RoomNotFound, NotGroupRoom, NotInRoom, ManagersOnly."""
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise RoomNotFound
    require_right(Act.CARE, room=room, by=caller)
    concerns = [one for one in concerns_of_room(room_id=room_id, state=state) if one.member_id != caller.member_id]
    members = Member.objects.in_bulk({one.member_id for one in concerns if one.member_id is not None})
    nicknames = {member_id: member.nickname for member_id, member in members.items()}
    return [Listed(one, nicknames.get(one.member_id or 0)) for one in concerns]


def listed(concern: Concern) -> Listed:
    """As `list_concerns` has it."""
    member = Member.objects.filter(pk=concern.member_id or 0).first()
    return Listed(concern, None if member is None else member.nickname)


@in_one_transaction
def look_after(
    *, concern_id: int, room_id: int | None, step: Step, note: str, by: Caller | Acting, now: datetime
) -> Concern:
    """Note that somebody saw it, or that it is done, by `by`: a manager of that room, or staff, who name no room.

    What is closed stays so. Raises NothingThere, AlreadyDecided, NotInRoom, NotGroupRoom, ManagersOnly.
    """
    found = Concern.objects.filter(pk=concern_id).first()
    if found is None or (room_id is not None and found.room_id != room_id):
        raise NothingThere
    # under the lock of the room, as long as there is one: two people may look at it at one moment
    room = Room.objects.select_for_update().filter(pk=found.room_id).first()
    acting = by if isinstance(by, Acting) else None
    if acting is None:
        if room is None:
            raise NothingThere
        acting = require_right(Act.CARE, room=room, by=by)
        if found.member_id == acting.member_id is not None:
            raise NothingThere  # nobody looks after themselves, or hears that others do
    concern = Concern.objects.select_for_update().get(pk=concern_id)
    if concern.state == Concern.State.CLOSED:
        raise AlreadyDecided
    if concern.seen_at is None:
        concern.seen_at, concern.seen_by, concern.seen_by_staff_id = now, acting.member_id, acting.staff_id
    if step == "closed":
        concern.closed_at = now
    concern.state, concern.note = step, note
    concern.save()
    audit.record(
        audit.Deed(
            room_id=concern.room_id,
            act=f"concern_{step}",
            by=acting.logged,
            at=now,
            member_id=concern.member_id,
            seq=concern.seq,
            reason=note,
        )
    )
    return concern
