"""Which group rooms get another name when the replaced server's are taken over."""

import unicodedata

import pytest

from rooms.takeover.room_names import plan_names


def test_names_that_people_can_tell_apart_stay() -> None:
    assert plan_names({1: "Garden", 2: "garden", 3: "Gärten", 4: "🍣", 5: "🍺", 6: "두 방"}) == {}


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("Garden ", "Garden 2"),
        ("\u3000Garden", "Garden 2"),
        ("Garden\u00a0", "Garden 2"),
        ("Garden", "Garden 2"),
    ],
)
def test_who_looks_like_an_older_room_is_numbered(name: str, becomes: str) -> None:
    assert plan_names({1: "Garden", 2: name}) == {2: becomes}


def test_a_decomposed_name_is_composed_and_numbered_where_somebody_has_it() -> None:
    decomposed = unicodedata.normalize("NFD", "고민")

    assert plan_names({1: decomposed}) == {1: "고민"}
    assert plan_names({1: decomposed, 2: "고민"}) == {1: "고민 2"}


def test_outer_spaces_go_where_nobody_has_the_name() -> None:
    assert plan_names({1: " 정원 ", 2: "다른 방"}) == {1: "정원"}


def test_a_number_that_another_room_has_is_passed_over() -> None:
    assert plan_names({1: "Room", 2: "Room ", 3: "ROOM 2", 4: "Room  "}) == {2: "Room 3", 4: "Room 4"}


def test_who_has_the_name_already_keeps_it_before_an_older_room() -> None:
    assert plan_names({1: "Room ", 2: "Room"}) == {1: "Room 2"}


def test_no_name_becomes_the_room_s_number() -> None:
    assert plan_names({1: None, 2: "", 3: " \t"}) == {1: "방 1", 2: "방 2", 3: "방 3"}


def test_long_names_are_cut_with_room_for_a_number() -> None:
    long = "가" * 130

    assert plan_names({1: long, 2: long}) == {1: "가" * 100, 2: "가" * 98 + " 2"}
    assert plan_names({1: "가" * 50, 2: "가" * 50 + " "}, longest=50) == {2: "가" * 48 + " 2"}
