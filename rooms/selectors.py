"""Reads about members, rooms and places in them. Nothing here writes or locks."""

from collections.abc import Collection

from chatproject.errors import MemberNotFound, NotGroupRoom, NotInRoom, RoomNotFound
from chatproject.nicknames import same_names
from chatproject.tokens import Caller
from rooms.models import Member, Participant, Room

GROUP_ROOMS_PER_PAGE = 5  # as the replaced server's clients expect


def require_member(*, member_id: int) -> Member:
    """The member, or MemberNotFound."""
    member = Member.objects.filter(member_id=member_id).first()
    if member is None:
        raise MemberNotFound
    return member


def members_by_id(member_ids: Collection[int]) -> dict[int, Member]:
    """Those of these members that there are. One query for all."""
    return Member.objects.in_bulk(member_ids)


def group_rooms_page(*, page: int) -> tuple[list[Room], bool]:
    """Page `page` (from 0) of the group rooms, the newest room first, and whether another page follows."""
    start = page * GROUP_ROOMS_PER_PAGE
    newest_first = Room.objects.filter(is_group_chat=True).order_by("-room_id")
    rooms = list(newest_first[start : start + GROUP_ROOMS_PER_PAGE + 1])  # one more answers "is there a next?"
    return rooms[:GROUP_ROOMS_PER_PAGE], len(rooms) > GROUP_ROOMS_PER_PAGE


def group_room_named(*, name: str) -> Room:
    """The group room of that name, however composed. Raises RoomNotFound, NotGroupRoom."""
    spellings = same_names(name.strip())
    rooms = Room.objects.filter(name__in=spellings)
    room = min(rooms, key=lambda room: spellings.index(room.name), default=None)
    if room is None:
        raise RoomNotFound
    if not room.is_group_chat:
        raise NotGroupRoom
    return room


def require_participant(*, room_id: int, member_id: int) -> Participant:
    """The member's place in the room, with its room. Raises RoomNotFound, or NotInRoom where the room exists."""
    participant = Participant.objects.select_related("room").filter(room_id=room_id, member_id=member_id).first()
    if participant is not None:
        return participant
    if Room.objects.filter(room_id=room_id).exists():
        raise NotInRoom
    raise RoomNotFound


def may_moderate(*, room_id: int, caller: Caller) -> bool:
    """Whether the caller may set what concerns everyone there: who made the room, while in it, or an ADMIN.

    Raises RoomNotFound.
    """
    room = Room.objects.filter(room_id=room_id).first()
    if room is None:
        raise RoomNotFound
    if caller.role == Member.Role.ADMIN:
        return True
    is_creator = room.creator_id == caller.member_id
    return is_creator and Participant.objects.filter(room=room, member_id=caller.member_id).exists()


def assistant_names(*, room_ids: Collection[int]) -> dict[int, str]:
    """What the assistant is called in these rooms; "" where the settings' name stands."""
    if not room_ids:
        return {}
    return dict(Room.objects.filter(pk__in=room_ids).values_list("pk", "assistant_name"))
