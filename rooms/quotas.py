"""How many rooms a member may make on a day. Counted in the database: over all processes, and over restarts."""

from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from chatproject.errors import TooManyRequests
from rooms.models import RoomsMade

BEFORE_ANY = date(1970, 1, 1)


def begin_count(*, member_id: int) -> None:
    """Have a row to count the member's rooms in; committed before the transaction that locks it.

    Two that found and made it in one would hold shared locks on it, and deadlock over the exclusive one.
    """
    RoomsMade.objects.get_or_create(member_id=member_id, defaults={"day": BEFORE_ANY})


def count_room_made(*, member_id: int, now: datetime) -> None:
    """Count one more room of the member, within the caller's transaction, which makes it; its count has begun.

    Raises TooManyRequests, with the time until the next day of UTC, where LIMIT_ROOMS_PER_DAY are made.
    """
    most: int = settings.LIMIT_ROOMS_PER_DAY
    if not most:
        return
    today = now.astimezone(UTC).date()
    made = RoomsMade.objects.select_for_update().get(member_id=member_id)
    if made.day != today:
        made.day, made.number = today, 0
    if made.number >= most:
        tomorrow = datetime.combine(today + timedelta(days=1), time(), UTC)
        raise TooManyRequests(
            _("You have made as many rooms today as you may."), retry_after=(tomorrow - now).total_seconds()
        )
    made.number += 1
    made.save(update_fields=["day", "number"])
