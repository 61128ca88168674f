"""Who may see a file, by where it stands."""

import pytest

from messaging.files.downloads.seeing import Stops, may_see, place_of
from tests.messaging.files.having import NOW


@pytest.mark.parametrize(
    ("seq", "is_held", "stops", "seen_by"),
    [
        (None, False, None, {"own"}),
        (None, True, None, {"own", "managers", "staff"}),
        (4, False, Stops(), {"room", "own", "managers", "staff"}),
        (4, False, Stops(hidden_at=NOW), {"managers", "staff"}),
        (4, False, Stops(deleted_at=NOW), {"staff"}),
        (4, False, Stops(deleted_at=NOW, hidden_at=NOW), {"staff"}),
        (4, False, None, {"staff"}),
    ],
)
def test_each_place_has_its_eyes(seq: int | None, is_held: bool, stops: Stops | None, seen_by: set[str]) -> None:
    place = place_of(seq=seq, is_held=is_held, stops=stops)
    assert {sight for sight in ("room", "own", "managers", "staff") if may_see(place, sight)} == seen_by
