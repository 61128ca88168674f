"""What is kept for a time only, and forgotten when that is over, without anybody hearing of it."""

from datetime import datetime

from rooms.deleted_rooms import forget_deleted_rooms
from rooms.moderation.inviting import forget_ended_invites


def forget_what_ended(*, now: datetime) -> None:
    """Some of each at a time; whatever is left is for the next call."""
    forget_ended_invites(now=now)
    forget_deleted_rooms(now=now)
