"""The member's places in rooms: they leave them all, and the rooms are told."""

from messaging.personal.erasing.parts import Erased, Part, Phase
from rooms.models import Participant
from rooms.moderation.leaving import leave_for_good

ROOMS_AT_ONCE = 5  # each is a transaction of its own under its room's lock


def _take(erased: Erased) -> Part | None:
    places = Participant.objects.filter(member_id=erased.member_id).order_by("room_id")
    room_ids = list(places.values_list("room_id", flat=True)[:ROOMS_AT_ONCE])
    if not room_ids:
        return None
    left = [leave_for_good(room_id=one, member_id=erased.member_id) for one in room_ids]
    return Part(left=[change for change in left if change is not None])


PLACES = Phase("rooms", _take, lambda member_id: Participant.objects.filter(member_id=member_id).count())
