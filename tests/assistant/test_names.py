"""What the assistant may be called, and whose names it may not take."""

import unicodedata

import pytest

from assistant.names import clean_name, is_reserved
from chatproject.errors import InvalidInput
from rooms.models import Member
from tests.factories import make_member

JIEUN = "김지은"


@pytest.fixture
def jieun(db: None) -> Member:
    return make_member(21, JIEUN)


@pytest.mark.parametrize(
    "name",
    [
        "관리자",
        "운영자",
        "운영진",
        "방장",
        "부방장",
        "매니저",
        "부매니저",
        "공지",
        "공지사항",
        "시스템",
        "고객센터",
        "admin",
        "Administrator",
        "moderator",
        "staff",
        "system",
        "Support",
    ],
)
def test_who_speaks_for_the_place_is_nobody_the_assistant_can_be(name: str) -> None:
    assert is_reserved(name)


@pytest.mark.parametrize(
    "name",
    [
        "관 리 자",
        "관리자님",
        "총관리자",
        "커뮤니티 관리자",
        "★운영자★",
        "운영자1",
        "ADMIN",
        "ａｄｍｉｎ",
        "Chat Admin",
        "admin_bot",
        "시스템 봇",
        "방장님",
        unicodedata.normalize("NFD", "관리자"),
        "관\u200b리자",
        "관리봇",
        "GM",
        "superadmin",
        "mods",
    ],
    ids=ascii,
)
def test_nor_written_otherwise(name: str) -> None:
    assert is_reserved(name)


@pytest.mark.parametrize(
    "name",
    [
        "\u0410dmin",  # a Cyrillic A
        "\u0430\u0501min",
        "\u03bfwner",  # a Greek o
        "adm1n",
        "ADMlN",
        "m0derator",
        "r00t",
        "\u00e1dmin",
        "a\u0301dmin",
    ],
    ids=ascii,
)
def test_nor_in_letters_that_are_drawn_alike(name: str) -> None:
    assert is_reserved(name)


@pytest.mark.parametrize(
    "name", ["도우미", "주방장", "badminton", "요리 선생", "Sora", "운영이", "🍣🍣", "Анна", "2024"]
)
def test_other_names_are_free(name: str) -> None:
    assert not is_reserved(name)


@pytest.mark.parametrize(
    "name",
    [JIEUN, "김 지은", " 김지은 ", unicodedata.normalize("NFD", JIEUN)],
    ids=ascii,
)
def test_a_members_name_is_refused_however_it_is_written(jieun: Member, name: str) -> None:
    with pytest.raises(InvalidInput):
        clean_name(name)


def test_a_members_name_with_spaces_is_refused_without_them_and_in_any_case(db: None) -> None:
    make_member(22, "Lee Soo")
    for name in ("lee soo", "LeeSoo", "LEE  SOO"):
        with pytest.raises(InvalidInput):
            clean_name(name)
    assert clean_name("Lee Soon") == "Lee Soon"


@pytest.mark.parametrize(
    "name",
    ["Sofia.", "So-fia", "★Sofia★", "Sofia🌸", "\uff33\uff4f\uff46\uff49\uff41", "S\u043efi\u0430", "_SOFIA_"],
    ids=ascii,
)
def test_a_members_name_is_refused_with_ornaments_and_in_letters_that_are_drawn_alike(db: None, name: str) -> None:
    make_member(24, "Sofia")
    with pytest.raises(InvalidInput):
        clean_name(name)


def test_a_name_that_stands_may_stay_although_a_member_came_who_has_it(jieun: Member) -> None:
    assert clean_name(JIEUN, present=JIEUN) == JIEUN


def test_the_usual_name_is_no_name_of_the_rooms_own(db: None) -> None:
    make_member(23, "도우미")
    assert clean_name("도우미") == clean_name("") == ""
