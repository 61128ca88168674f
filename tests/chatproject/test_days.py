"""Days begin at midnight in Seoul, wherever a moment is written down."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import Settings

from chatproject.days import day_of, seconds_left, start_of, today

LAST_SECOND = datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC)


def test_a_day_begins_at_midnight_here() -> None:
    assert day_of(LAST_SECOND) == date(2026, 11, 22)
    assert seconds_left(LAST_SECOND) == 1
    assert start_of(date(2026, 11, 23)) == datetime(2026, 11, 22, 15, tzinfo=UTC)
    assert today() == datetime.now(ZoneInfo("Asia/Seoul")).date()


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25)])
def test_a_day_on_which_clocks_are_changed_is_as_long_as_it_is(
    settings: Settings, day: tuple[int, int, int], hours: int
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    assert seconds_left(start_of(date(*day))) == hours * 3_600
