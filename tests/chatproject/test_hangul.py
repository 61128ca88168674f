"""A name is found by what stands in the field at each key, as Korean input methods compose it."""

import unicodedata

import pytest

from chatproject.hangul import Typed


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
