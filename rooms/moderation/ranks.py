"""Who has which rank in a room, read from the database, and the check that every act of a member begins with.

Who acts has the rank of their token's role, whom it meets that of the members' table.
"""

from collections.abc import Collection
from dataclasses import dataclass

from chatproject.errors import NotGroupRoom, NotInRoom, RoomNotFound
from chatproject.tokens import Caller
from rooms.models import Member, Participant, Room
from rooms.moderation import audit, rights
from rooms.moderation.rights import RIGHTS, Act, Rank


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, with their rank: a member; staff, by their account, or a command without; or the main server."""

    rank: Rank
    member_id: int | None = None
    staff_id: int | None = None
    server_key_id: int | None = None

    @property
    def logged(self) -> audit.Actor:
        """As the audit log names them."""
        if self.server_key_id is not None:
            return audit.Actor.main_server(self.server_key_id)
        if self.member_id is None:
            return audit.Actor.staff(self.staff_id)
        return audit.Actor.member(self.member_id)


def staff(staff_id: int | None = None) -> Acting:
    """Staff in the admin, or whoever runs a command."""
    return Acting(Rank.STAFF, staff_id=staff_id)


def main_server(key_id: int) -> Acting:
    """The main server, by the key that it shows: above all rooms, as staff are."""
    return Acting(Rank.STAFF, server_key_id=key_id)


def ranks_in(*, room_id: int, member_ids: Collection[int]) -> dict[int, Rank]:
    """Of each of these members, whether there or not, in the room or not. Two queries for all."""
    places = Participant.objects.filter(room_id=room_id, member_id__in=member_ids)
    roles = dict(places.values_list("member_id", "role"))
    moderators = Member.objects.filter(pk__in=member_ids, role=Member.Role.ADMIN)
    admins = set(moderators.values_list("member_id", flat=True))
    return {one: rights.rank_of(roles.get(one), is_admin=one in admins) for one in member_ids}


def rank_in(*, room_id: int, member_id: int | None) -> Rank:
    """The same of one; None is the assistant, or an author who is gone."""
    return Rank.NONE if member_id is None else ranks_in(room_id=room_id, member_ids=[member_id])[member_id]


def standing(*, room: Room, caller: Caller) -> Acting:
    """The caller as they stand in the room. An ADMIN acts in every group room, whoever else only where they are.

    Raises NotInRoom, and RoomNotFound where a stranger asks for a private room.
    """
    is_admin = caller.role == Member.Role.ADMIN
    place = Participant.objects.filter(room_id=room.pk, member_id=caller.member_id).only("role").first()
    if place is None and not room.is_group_chat:
        raise RoomNotFound
    if place is None and not is_admin:
        raise NotInRoom
    return Acting(rights.rank_of(place.role if place else None, is_admin=is_admin), member_id=caller.member_id)


def require_right(act: Act, *, room: Room, by: Caller | Acting, target: Rank = Rank.NONE) -> Acting:
    """Who acts, and may do that in the room to a target of that rank; staff are `Acting` already.

    Where it decides over what is written then, the room's lock is held. Raises as `standing`, and NotGroupRoom,
    ManagersOnly, RankTooLow.
    """
    acting = standing(room=room, caller=by) if isinstance(by, Caller) else by
    if not room.is_group_chat and not RIGHTS[act].in_private_rooms:
        raise NotGroupRoom
    rights.require(act, acting.rank, target=target, is_group_chat=room.is_group_chat)
    return acting
