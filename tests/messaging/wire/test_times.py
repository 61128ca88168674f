"""Moments on the wire."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from chatproject.errors import InvalidInput
from messaging.wire.times import moment_of, wire_time, wire_time_of_epoch


def test_a_time_is_written_in_utc_with_microseconds_whatever_its_zone() -> None:
    seoul = timezone(timedelta(hours=9))
    assert wire_time(datetime(2026, 11, 22, 18, 0, 0, tzinfo=seoul)) == "2026-11-22T09:00:00.000000Z"
    assert wire_time(datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)) == "2026-01-02T03:04:05.000006Z"
    assert wire_time_of_epoch(0) == "1970-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    "text", ["2026-11-22T09:00:00.000000Z", "2026-11-22T18:00:00+09:00", "20261122T090000Z", "2026-11-22 09:00Z"]
)
def test_a_moment_is_read_from_any_iso_time_with_a_zone(text: str) -> None:
    assert moment_of(text) == datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "2026-11-22", "2026-11-22T09:00:00", "2026-13-01T00:00:00Z", "٢٠٢٦-11-22T09:00:00Z"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "\ud800"),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        moment_of(text)
