"""How many rooms a member may make on a day. Counted in the database: over all processes, and over restarts."""

from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from chatproject.days import day_of, seconds_left
from chatproject.errors import TooManyRequests
from rooms.models import RoomsMade

BEFORE_ANY = date(1970, 1, 1)


def begin_count(*, member_id: int) -> None:
    """Have a row to count the member's rooms in; committed before the transaction that locks it.

    Two that found and made it in one would hold shared locks on it, and deadlock over the exclusive one.
    """
    RoomsMade.objects.get_or_create(member_id=member_id, defaults={"day": BEFORE_ANY})


def lock_count(*, member_id: int) -> RoomsMade:
    """The row of the member, whose count has begun; one at a time has it, until the end of the transaction."""
    return RoomsMade.objects.select_for_update().get(member_id=member_id)


def count_room_made(*, member_id: int, now: datetime, is_with_stranger: bool = False) -> None:
    """Count one more room of the member, within the caller's transaction, which makes it; its count has begun.

    Raises TooManyRequests, with the time until the next day, where LIMIT_ROOMS_PER_DAY are made, or
    LIMIT_STRANGERS_PER_DAY with strangers.
    """
    if not (settings.LIMIT_ROOMS_PER_DAY or settings.LIMIT_STRANGERS_PER_DAY):
        return
    today = day_of(now)
    made = lock_count(member_id=member_id)
    if made.day != today:
        made.day, made.number, made.strangers = today, 0, 0
    made.number += 1
    made.strangers += is_with_stranger
    if 0 < settings.LIMIT_ROOMS_PER_DAY < made.number:
        raise _until_tomorrow(_("You have made as many rooms today as you may."), now)
    if is_with_stranger and 0 < settings.LIMIT_STRANGERS_PER_DAY < made.strangers:
        raise _until_tomorrow(_("You have written to as many new people today as you may."), now)
    made.save(update_fields=["day", "number", "strangers"])


def _until_tomorrow(sentence: str, now: datetime) -> TooManyRequests:
    return TooManyRequests(sentence, retry_after=seconds_left(now))
