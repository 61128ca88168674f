"""Reads about members, rooms and places in them. Nothing here writes or locks."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from chatproject.errors import MemberNotFound, NotInRoom, RoomNotFound
from chatproject.nicknames import same_names
from rooms.models import Member, Participant, Room, shown_nickname

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


def members_gone(*, member_ids: Collection[int]) -> set[int]:
    """Those of these members that there are not, or not any more. One query for all."""
    return set(member_ids) - set(Member.objects.filter(pk__in=member_ids).values_list("pk", flat=True))


def group_rooms_page(*, page: int) -> tuple[list[Room], bool]:
    """Page `page` (from 0) of the group rooms, the newest room first, and whether another page follows."""
    start = page * GROUP_ROOMS_PER_PAGE
    newest_first = Room.objects.filter(is_group_chat=True).order_by("-room_id")
    rooms = list(newest_first[start : start + GROUP_ROOMS_PER_PAGE + 1])  # one more answers "is there a next?"
    return rooms[:GROUP_ROOMS_PER_PAGE], len(rooms) > GROUP_ROOMS_PER_PAGE


def require_room(*, room_id: int) -> Room:
    """Any room, for whoever may see all of them. Raises RoomNotFound."""
    room = Room.objects.filter(room_id=room_id).first()
    if room is None:
        raise RoomNotFound
    return room


def group_room_named(*, name: str) -> Room:
    """The group room of that name, however composed. Raises RoomNotFound.

    Rooms have no spaces around their names, but for those that an earlier `migrate` took over with them.
    """
    spellings = [*same_names(name), *same_names(name.strip())]
    rank = {spelling: place for place, spelling in reversed(list(enumerate(spellings)))}
    rooms = Room.objects.filter(name__in=spellings)
    # MySQL's exact collation passes over spaces at the end: it also finds what is written otherwise
    room = min(rooms, key=lambda room: rank.get(room.name or "", len(rank)), default=None)
    if room is None:
        raise RoomNotFound
    return room


def have_met(one_id: int, other_id: int) -> bool:
    """Whether two members are in a group room together."""
    places = Participant.objects.filter(member_id=one_id, room__is_group_chat=True)
    return places.filter(room__participants__member_id=other_id).exists()


# --- who may know of a room --------------------------------------------------------------------
# Every way into a room by its number passes here: to whoever is not in a private room, it does not exist.


def require_visible_room(*, room_id: int, member_id: int) -> tuple[Room, Participant | None]:
    """The room and the member's place in it. Raises RoomNotFound, also for a private room the member is not in."""
    room = Room.objects.filter(room_id=room_id).first()
    place = Participant.objects.filter(room_id=room_id, member_id=member_id).first()
    if room is None or (place is None and not room.is_group_chat):
        raise RoomNotFound
    return room, place


def require_participant(*, room_id: int, member_id: int) -> Participant:
    """The member's place in the room, with its room. Raises RoomNotFound, NotInRoom."""
    participant = Participant.objects.select_related("room").filter(room_id=room_id, member_id=member_id).first()
    if participant is not None:
        return participant
    require_visible_room(room_id=room_id, member_id=member_id)
    raise NotInRoom


def refusal_of_stranger(*, room_id: int) -> NotInRoom | RoomNotFound:
    """What a member is told who is not in that room, which is there."""
    return NotInRoom() if Room.objects.filter(room_id=room_id, is_group_chat=True).exists() else RoomNotFound()


# --- what is shown -----------------------------------------------------------------------------


def gone_member_name() -> str:
    """What stands where a member's nickname would, once that member is gone."""
    return _("former member")


def private_room_names(*, room_ids: Collection[int]) -> dict[int, str]:
    """What these private rooms are called: "Alice-Bob", who opened it first. One query for all."""
    nicknames: dict[int, list[str]] = {room_id: [] for room_id in room_ids}
    if nicknames:
        places = Participant.objects.filter(room_id__in=room_ids).order_by("participant_id")
        for room_id, member_id, nickname in places.values_list("room_id", "member_id", "member__nickname"):
            nicknames[room_id].append(shown_nickname(nickname, member_id=member_id))
    return {
        room_id: "-".join([*names, *[gone_member_name()] * (2 - len(names))])
        for room_id, names in nicknames.items()
    }


def other_of_pair(pair_key: str | None, *, member_id: int) -> int | None:
    """The other one of a private room's two, where the member is one of them."""
    pair = [int(one) for one in pair_key.split(":")] if pair_key else []
    return next((one for one in pair if one != member_id), None) if member_id in pair else None


def assistant_names(*, room_ids: Collection[int]) -> dict[int, str]:
    """What the assistant is called in these rooms; "" where the settings' name stands."""
    if not room_ids:
        return {}
    return dict(Room.objects.filter(pk__in=room_ids).values_list("pk", "assistant_name"))
