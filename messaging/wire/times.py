"""Moments as the wire writes them. Pure."""

from datetime import UTC, datetime


def wire_time(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds and a Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def wire_time_of_epoch(seconds: float) -> str:
    return wire_time(datetime.fromtimestamp(seconds, UTC))
