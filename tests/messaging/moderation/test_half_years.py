"""Half-years begin and end at midnight where the operator is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from messaging.moderation.half_years import HalfYear

SEOUL = ZoneInfo("Asia/Seoul")


def test_a_half_year_ends_where_the_next_one_begins() -> None:
    first, second = HalfYear.of("2026-1"), HalfYear.of("2026-2")
    assert first.bounds(SEOUL)[1] == second.bounds(SEOUL)[0] == datetime(2026, 6, 30, 15, tzinfo=UTC)
    assert second.bounds(SEOUL)[1] == HalfYear.of("2027-1").bounds(SEOUL)[0]
    assert str(second) == "2026-2"


def test_the_present_one_is_that_of_the_place() -> None:
    new_year = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)
    assert HalfYear.at(new_year, SEOUL) == HalfYear(2027, 1)
    assert HalfYear.at(new_year - timedelta(seconds=1), SEOUL) == HalfYear(2026, 2)


@pytest.mark.parametrize(
    "written", ["", "2026", "2026-3", "2026-0", "26-1", "2026-12", "0000-1", "9999-2", "２026-1"]
)
def test_anything_else_is_none(written: str) -> None:
    with pytest.raises(ValueError, match="no half-year"):
        HalfYear.of(written)
