"""Who may know of a member whether they are online: whoever shares a room with them, unless they hide it.

In a counselling room nobody is known to anybody. To whom a member blocks it is as if the member hid: that somebody
blocks one is told nobody. A member's choice counts at once: all of it is read whenever something is told.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.conf import settings

from rooms.models import MemberPreferences, Participant
from rooms.moderation.blocked_members import who_block, whom_blocks


class Known(NamedTuple):
    """Of whom a member may know, and of these those who are shown as away, whatever they are."""

    member_ids: set[int]
    hidden_ids: set[int]


def known_to(*, member_id: int, others: Collection[int]) -> Known:
    """Whom of the others the member may know of."""
    known = who_share_a_room(member_id=member_id, others=others) if settings.PRESENCE else set()
    return Known(known, who_hide(member_ids=known) | who_block(member_id=member_id, others=known))


def known_to_each(asked: Sequence[tuple[int, Collection[int]]]) -> list[Known]:
    """The same for several members, each with the others of whom they ask."""
    return [known_to(member_id=member_id, others=others) for member_id, others in asked]


def who_is_told(*, member_id: int, others: Collection[int]) -> set[int]:
    """Who of the others is told when the member comes, goes or hides."""
    known = who_share_a_room(member_id=member_id, others=others) if settings.PRESENCE else set()
    return known - whom_blocks(member_id=member_id, others=known)


def who_share_a_room(*, member_id: int, others: Collection[int]) -> set[int]:
    """Who of the others is in a room with the member that is no counselling room."""
    rooms = Participant.objects.filter(member_id=member_id, room__is_counselling=False)
    places = Participant.objects.filter(member_id__in=others, room__in=rooms.values("room"))
    return set(places.values_list("member_id", flat=True).distinct())


def who_hide(*, member_ids: Collection[int]) -> set[int]:
    """Those of the members who hide when they are online."""
    hiding = MemberPreferences.objects.filter(member_id__in=member_ids, hides_presence=True)
    return set(hiding.values_list("member_id", flat=True))
