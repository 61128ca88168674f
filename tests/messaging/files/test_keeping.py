"""When files come to their end."""

from datetime import timedelta

import pytest

from messaging.files.keeping import FOREVER, kept_until
from tests.messaging.files.having import NOW


@pytest.mark.parametrize(
    ("room_days", "site_days", "end"),
    [
        (None, 365, NOW + timedelta(days=365)),
        (None, 0, FOREVER),
        (7, 365, NOW + timedelta(days=7)),
        (0, 365, FOREVER),
    ],
)
def test_a_rooms_word_goes_before_the_sites(room_days: int | None, site_days: int, end: object) -> None:
    assert kept_until(NOW, room_days=room_days, site_days=site_days) == end
