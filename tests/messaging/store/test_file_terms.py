"""When files come to their end."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from messaging.store.file_terms import FOREVER, end_of
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
def test_a_rooms_word_goes_before_the_sites(
    settings: Any, room_days: int | None, site_days: int, end: object
) -> None:
    settings.FILES = replace(settings.FILES, keep_days=site_days)
    assert end_of(NOW, room_days=room_days) == end
