"""The member's places in rooms: they leave them all, and the rooms are told.

Where they are the last one, the room's messages go first, some at a time. The place is what it is found by again.
"""

from django.db.models import Exists, OuterRef

from messaging.personal.erasing.parts import Erased, Part, Phase
from messaging.personal.retaining import delete_beginning
from rooms.models import Participant
from rooms.moderation.leaving import leave_for_good

ROOMS_AT_ONCE = 5  # each is a transaction of its own under its room's lock


def _take(erased: Erased) -> Part | None:
    """Those that others are in first: they wait for no large one."""
    others = Participant.objects.filter(room_id=OuterRef("room_id")).exclude(member_id=erased.member_id)
    places = Participant.objects.filter(member_id=erased.member_id).order_by(Exists(others).desc(), "room_id")
    room_ids = list(places.values_list("room_id", flat=True)[:ROOMS_AT_ONCE])
    if not room_ids:
        return None
    left = {one: leave_for_good(room_id=one, member_id=erased.member_id) for one in room_ids}
    for room_id, change in left.items():
        if change is None:
            delete_beginning(room_id=room_id, now=erased.now)
    return Part(left=[change for change in left.values() if change is not None])


PLACES = Phase("rooms", _take, lambda member_id: Participant.objects.filter(member_id=member_id).count())
