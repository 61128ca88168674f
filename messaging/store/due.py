"""What hides messages, by when it ends."""

from datetime import datetime
from typing import Any, NamedTuple

from rooms.moderation_models import Sanction


class Due(NamedTuple):
    """A sanction that is to be lifted at `until`, and its message."""

    sanction_id: int
    room_id: int
    seq: int
    until: datetime


def next_ends(*, limit: int) -> list[Due]:
    """Those that end first, or should have ended already, and were not lifted."""
    held = Sanction.objects.filter(lifted_at=None, kind__in=[Sanction.Kind.HIDE, Sanction.Kind.MEASURE])
    ending = held.exclude(until=None).order_by("until", "sanction_id")
    rows: Any = ending.values_list("sanction_id", "room_id", "seq", "until")[:limit]
    return [Due(*row) for row in rows]
