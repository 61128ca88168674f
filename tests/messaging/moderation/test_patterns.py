"""The words of rules: what is one, and what is found by it."""

import pytest

from messaging.moderation.matching import Matcher
from messaging.moderation.normalising import Text
from messaging.moderation.patterns import Pattern, TooManyStars, TooShort


def finds(word: str, text: str) -> bool:
    return bool(Matcher({1: Pattern(word)}).find(Text(text)))


@pytest.mark.parametrize("word", ["", "*", "가", "ㅗ", "a", "아아", "ㅇㅇ", "!!", "가*", "*.*", "a*b*"])
def test_a_word_that_would_be_found_everywhere_is_none(word: str) -> None:
    with pytest.raises(TooShort):
        Pattern(word)


@pytest.mark.parametrize("word", ["좆", "ㅅㅂ", "가나", "av", "시*발", "加微", "*시발*", "18"])
def test_a_short_word_may_be_one(word: str) -> None:
    Pattern(word)


def test_a_word_has_few_stars() -> None:
    Pattern("가나*다라*마바")
    with pytest.raises(TooManyStars):
        Pattern("가나*다라*마바*사아")


@pytest.mark.parametrize(
    ("word", "text", "is_found"),
    [
        # letters twice in the word must be so in the text
        ("존나", "조나단", False),
        ("존나", "존나단", True),
        ("자지", "비가 잦지 않아요", False),
        ("good", "god", False),
        ("god", "good", False),
        ("god", "goooood", True),
        ("18놈", "188놈", False),
        # a syllable is not half of another
        ("자지", "자진 신고", False),
        ("시바", "시발", False),
        ("ㅅㅂ", "옷방", False),
        ("시발", "시발ㄴ", True),
        ("미친", "미이친", True),
        # stars
        ("새끼*", "이 새낀 뭐야", True),
        ("새끼", "이 새낀 뭐야", False),
        ("개*새끼", "개 이 새끼", False),
        ("개*새끼", "개보다못한새끼", True),
        ("개*새끼", "개보다더못난것의새끼", False),
        ("open*kakao*com", "open.chat.kakao.co.com", True),
        ("ass", "class", False),
        ("ass*", "asset", True),
        ("*ass", "class", True),
        # spaces that the word has, and others
        ("죽여 버린다", "죽여 버린다고", True),
        ("죽여 버린다", "죽여버린다고", True),
        ("죽여버린다", "죽여 버린다고", False),
        ("죽여버린다", "너 죽여 버린다", True),
        ("t.me", "t.me/room", True),
        ("t.me", "don't me", False),
        # other scripts
        ("加微信", "请加微信", False),
        ("*加微信*", "请加微信吧", True),
    ],
)
def test_a_word_is_found_as_it_stands_in_a_text(word: str, text: str, is_found: bool) -> None:
    assert finds(word, text) is is_found


def test_an_exception_holds_only_as_it_is_written() -> None:
    matcher = Matcher({1: Pattern("시발")}, [Pattern("시발점", is_allowed=True)])
    assert not matcher.find(Text("시발점이에요"))
    assert matcher.find(Text("시.발.점"))
    assert matcher.find(Text("시발 점심"))
    assert matcher.find(Text("시발점 시발"))
