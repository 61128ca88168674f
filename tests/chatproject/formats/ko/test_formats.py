"""Times in Korean."""

from datetime import UTC, datetime

from django.utils import translation
from django.utils.formats import localize
from django.utils.timezone import localtime


def test_the_time_of_day_is_written_as_people_say_it() -> None:
    with translation.override("ko"):
        assert localize(localtime(datetime(2026, 11, 22, 3, 9, tzinfo=UTC))) == "2026년 11월 22일 오후 12:09"
