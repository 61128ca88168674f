"""How long files are kept. What has come to its end is taken away by `messaging.files.ending`."""

from datetime import UTC, datetime, timedelta

from django.conf import settings

UNSENT_KEPT = timedelta(days=1)  # from its announcement
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)  # within what every database can hold, in every time zone


def end_of(announced_at: datetime, *, room_days: int | None) -> datetime:
    """The end of a file that was sent, where its message stands so long.

    Days of 0: for as long as its message. `room_days` None: the room says nothing, the settings do.
    """
    days = settings.FILES.keep_days if room_days is None else room_days
    return announced_at + timedelta(days=days) if days else FOREVER
