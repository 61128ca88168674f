"""Days as members and staff live them: in the time zone of the site (TIME_ZONE). Moments are in UTC elsewhere."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def day_of(moment: datetime) -> date:
    """The day that this moment is of."""
    return timezone.localdate(moment)


def today() -> date:
    return timezone.localdate()


def start_of(day: date) -> datetime:
    """The first moment of the day."""
    return datetime.combine(day, time(), timezone.get_default_timezone())


def seconds_left(moment: datetime) -> float:
    """Until the day of this moment is over. Days of 23 and of 25 hours are as long as they are."""
    tomorrow = start_of(day_of(moment) + timedelta(days=1))
    return tomorrow.timestamp() - moment.timestamp()
