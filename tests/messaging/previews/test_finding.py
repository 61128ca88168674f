"""Which address of a message is looked at: the first one that the page shows as a link, and none in code."""

import json
from pathlib import Path

import pytest

from messaging.previews.finding import ADDRESS_MAX_CHARACTERS, addresses_in, first_address
from tests.work import Work

CASES = json.loads((Path(__file__).parents[2] / "chat_page" / "links.json").read_text())


@pytest.mark.parametrize(
    ("text", "addresses"), [(text, found) for examples in CASES.values() for text, *found in examples]
)
def test_an_address_begins_and_ends_where_the_page_has_it(text: str, addresses: list[str]) -> None:
    assert list(addresses_in(text)) == addresses


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("둘 다 봐요 https://a.example/1 https://b.example/2", "https://a.example/1"),
        ("`https://code.example` 말고 https://a.example", "https://a.example"),
        ("``a ` https://code.example`` https://a.example", "https://a.example"),
        ("```\nhttps://code.example\n```\nhttps://a.example", "https://a.example"),
        ("로그예요: ```py\nhttps://a.example", "https://a.example"),  # nobody closes it
        ("로그예요: ```py\nhttps://code.example\n```\nhttps://a.example", "https://a.example"),
        ("````\n```\nhttps://code.example", None),
        ("```\nhttps://code.example", None),
        ("a ` b https://a.example", "https://a.example"),
        ("고민이 있어요", None),
        ("https://a.example/" + "a" * ADDRESS_MAX_CHARACTERS, None),
    ],
)
def test_the_first_that_is_no_code_is_looked_at(text: str, address: str | None) -> None:
    assert first_address(text) == address


@pytest.mark.parametrize(
    "piece",
    [
        "https://",
        "https://가에서",
        "https://a/((((",
        "https://a))))",
        "https://a....",
        "`",
        "``a`",
        "```\n",
        "a```b\n",
        "`\n",
    ],
)
def test_four_times_the_text_is_four_times_the_work(piece: str) -> None:
    once, more = (Work().of(first_address, piece * count).steps for count in (100, 400))
    assert more <= 5 * once + 2_000, (once, more)
