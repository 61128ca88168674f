"""How long files are kept. Pure; what has come to its end is taken away by `sweeping`."""

from datetime import datetime, timedelta

from messaging.store.attaching import FOREVER

__all__ = ["FOREVER", "UNSENT_KEPT", "kept_until"]

UNSENT_KEPT = timedelta(days=1)  # from its announcement


def kept_until(announced_at: datetime, *, room_days: int | None, site_days: int) -> datetime:
    """The end of a file that was sent, where its message stands so long.

    Days of 0: for as long as its message. `room_days` None: the room says nothing, the settings do.
    """
    days = site_days if room_days is None else room_days
    return announced_at + timedelta(days=days) if days else FOREVER
