import unicodedata
from itertools import islice

import pytest

from chatproject.errors import InvalidInput
from rooms.names import clean_room_name, make_pair_key, nicknames_for


def test_a_name_loses_the_white_space_around_it() -> None:
    assert clean_room_name("  고민상담방\u3000") == "고민상담방"


@pytest.mark.parametrize("name", ["ab", "방 2", "x" * 50, "👩‍👩‍👧 가족", "a\u3164b", "می\u200cخواهم"])
def test_a_name_may_be(name: str) -> None:
    assert clean_room_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "a",
        " a ",
        "x" * 51,
        "a\x00b",
        "a\nb",
        "a\u2028b",
        "a\ud800b",
        "\u200b\u200b",
        "a\u202eb",
        "a\u200bb",
        "a\ufeffb",
        "a\u2066b",
        "what is \ufffd",
        "\u3164\u3164\u2800",
    ],
    ids=ascii,
)
def test_a_name_may_not_be(name: str) -> None:
    with pytest.raises(InvalidInput):
        clean_room_name(name)


def test_a_pair_has_one_key_whoever_asks() -> None:
    assert make_pair_key(7, 3) == make_pair_key(3, 7) == "3:7"


def test_a_pair_is_ordered_by_number_and_not_by_digits() -> None:
    assert make_pair_key(10, 9) == "9:10"


def test_the_longest_pair_key_fits_its_column() -> None:
    assert len(make_pair_key(2**63 - 1, 2**63 - 2)) <= 40


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (unicodedata.normalize("NFD", "고민상담방"), "고민상담방"),
        ("점심\u00a0모임", "점심 모임"),
        (unicodedata.normalize("NFD", "값" * 50), "값" * 50),
    ],
)
def test_names_that_look_the_same_are_the_same(raw: str, name: str) -> None:
    assert clean_room_name(raw) == name


def test_a_member_gets_the_first_free_of_several_nicknames() -> None:
    assert list(islice(nicknames_for("Alice", member_id=7), 3)) == ["Alice", "Alice#7", "Alice#7#2"]
    assert list(islice(nicknames_for("", member_id=7), 2)) == ["회원#7", "회원#7#2"]
    assert next(nicknames_for("👩‍💻" * 20, member_id=7)) == "👩‍💻" * 13
