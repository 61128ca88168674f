"""Moments on the wire."""

from datetime import UTC, datetime, timedelta, timezone

from messaging.wire.times import wire_time, wire_time_of_epoch


def test_a_time_is_written_in_utc_with_microseconds_whatever_its_zone() -> None:
    seoul = timezone(timedelta(hours=9))
    assert wire_time(datetime(2026, 11, 22, 18, 0, 0, tzinfo=seoul)) == "2026-11-22T09:00:00.000000Z"
    assert wire_time(datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)) == "2026-01-02T03:04:05.000006Z"
    assert wire_time_of_epoch(0) == "1970-01-01T00:00:00.000000Z"
