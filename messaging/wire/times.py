"""Moments as the wire writes them. Pure."""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from chatproject.errors import InvalidInput


def wire_time(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds and a Z."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def wire_time_of_epoch(seconds: float) -> str:
    return wire_time(datetime.fromtimestamp(seconds, UTC))


def moment_of(text: str) -> datetime:
    """The moment that a wire time names; any ISO 8601 with a time zone is one. Raises InvalidInput."""
    try:
        moment = datetime.fromisoformat(text)
        has_zone = moment.tzinfo is not None
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        has_zone = False
    if not has_zone:
        raise InvalidInput(_("A time is written as 2026-11-22T09:00:00Z."))
    return moment
