"""The people of a room that is kept, in few words."""

from rooms.models import Member, Participant, Room
from tests.factories import make_group_room

DORA, EVE = 20, 21


def make_garden(owner: Member, manager: Member, *members: Member) -> Room:
    room = make_group_room("Garden", owner, manager, *members)
    Room.objects.filter(pk=room.pk).update(is_owned=True)
    Participant.objects.filter(room=room, member=owner).update(role="owner")
    Participant.objects.filter(room=room, member=manager).update(role="manager")
    room.refresh_from_db()
    return room


def roles_in(room: Room) -> dict[int, str]:
    """Who is what there."""
    return dict(room.participants.values_list("member_id", "role"))
