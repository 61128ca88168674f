"""A name is found by what stands in the field at each key, as Korean input methods compose it."""

import re
import unicodedata

import pytest

from chatproject.hangul import Typed, pattern_of


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("지은", "ㅈ"),
        ("지은", "지"),
        ("지은", "징"),  # ㅈㅣㅇ: the ㅇ goes to the next syllable with the next key
        ("지은", "지으"),
        ("지은", "지은"),
        ("지은", "ㅈㅇ"),
        ("기술자", "깃"),
        ("갑사", "값"),  # two finals that part: ㄱㅏㅂㅅ
        ("과일", "고"),  # ㅗ on the way to ㅘ
        ("ㄱㅅ", "ㄳ"),
        ("Alice", "aL"),
        ("alice", "ALI"),
        ("지은 2", "지은 "),
        (unicodedata.normalize("NFD", "지은"), "지으"),
        ("지은", unicodedata.normalize("NFD", "지으")),
        ("Élan", "é"),
        ("지은", ""),
    ],
)
def test_a_name_goes_on_from_what_is_typed(name: str, typed: str) -> None:
    assert Typed(typed).begins(name)


# a name, what is typed of it somewhere, and whether that is found; each database is asked in rooms/test_finding.py
FOUND = [
    ("고민상담방", "상담", True),
    ("고민상담방", "ㅅㄷㅂ", True),
    ("고민상담방", "사", True),  # the last syllable may be unfinished …
    ("거미줄", "거밍", False),
    ("거미야", "거밍", True),  # … and its final may go on with the next
    ("고민상담방", "삼담", False),
    ("닭갈비", "달ㅂ", False),
    ("닭갈비", "달", True),
    ("달구지", "닭", True),  # two finals that part
    ("과일", "고", True),  # ㅗ on the way to ㅘ
    ("Django 이야기", "jANG", True),
    ("ÉLAN", "é", True),
    ("ㄱㅅ방", "ㄳ", True),
    ("C++ 모임", "c++", True),
    ("a.b", "a-b", False),
    ("50%_!", "%_!", True),
    ("[방] ^^", "^^", True),
    ("[방] ^^", "[방]", True),
    ("밤 🌙", "🌙", True),
    ("a\\b", "\\", True),
]


@pytest.mark.parametrize(("name", "typed", "is_found"), FOUND)
def test_a_part_of_a_name_is_found_by_its_pattern(name: str, typed: str, is_found: bool) -> None:
    assert (re.search(pattern_of(typed), name) is not None) == is_found


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("지은", "은"),
        ("지은", "지은이"),
        ("지은", "ㅈㄱ"),
        ("지은", "ㅈㅇㅇ"),
        ("Alice", "lice"),
        ("지은", "진"),
        ("Bob", "%"),
    ],
)
def test_another_name_does_not(name: str, typed: str) -> None:
    assert not Typed(typed).begins(name)
