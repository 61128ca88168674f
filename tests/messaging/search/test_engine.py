"""What a search is, and where it goes on."""

import pytest

from chatproject.errors import InvalidInput
from messaging.search.engine import Place, Query
from messaging.search.text import words_of


@pytest.mark.parametrize("place", [Place(1), Place(2**63 - 1), Place(4711, 50_000)])
def test_a_place_is_read_as_it_was_written(place: Place) -> None:
    assert Place.parse(str(place)) == place


@pytest.mark.parametrize(
    "nonsense", ["", "x", "1-2-3", "-1", "1-", "0", "٣", "1_0", str(2**63), "9" * 5_000, "1.5"]
)
def test_what_is_no_place_is_refused(nonsense: str) -> None:
    with pytest.raises(InvalidInput):
        Place.parse(nonsense)


@pytest.mark.parametrize(
    ("written", "is_short"), [("고", True), ("고 민", True), ("고민", False), ("고 민고", False)]
)
def test_a_query_of_single_letters_is_short(written: str, is_short: bool) -> None:
    assert Query(words_of(written), [1]).is_short is is_short


def test_a_message_fits_with_its_words_and_a_link() -> None:
    query = Query(words_of("문서"), [1], has_link=True)
    assert query.fits("문서는 https://example.com 에")
    assert not query.fits("문서는 거기에")
    assert not query.fits("https://example.com")
