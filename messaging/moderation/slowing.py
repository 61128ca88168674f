"""Who reports too much, as staff find, may do so once a day for a time. Of self-harm anybody, always."""

from datetime import datetime, timedelta

from chatproject.errors import TooManyRequests
from messaging.moderation_models import Report
from messaging.report_models import SlowedReporter

BETWEEN = timedelta(days=1)  # two reports of a slowed member


def require_turn(*, member_id: int, now: datetime) -> None:
    """Raises TooManyRequests, with the time until the next one, for whom staff slowed."""
    if not SlowedReporter.objects.filter(member_id=member_id, until__gt=now).exists():
        return
    last = (
        Report.objects.filter(reporter_id=member_id).order_by("-made_at").values_list("made_at", flat=True).first()
    )
    if last is not None and now < last + BETWEEN:
        raise TooManyRequests(retry_after=(last + BETWEEN - now).total_seconds())


def is_slowed(slowed: SlowedReporter, now: datetime) -> bool:
    return slowed.until > now
