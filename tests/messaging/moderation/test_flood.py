"""The same said over and over."""

from collections import Counter

import pytest

from messaging.moderation.flood import Flood, pieces_of
from messaging.moderation.normalising import Text

SPAM = "지금 바로 가입하시면 포인트를 두 배로 드려요"


class Counts(Counter[str]):
    def one_more(self, key: str, window_s: float) -> int:
        assert window_s == 1_800
        self[key] += 1
        return self[key]


@pytest.fixture
def flood() -> Flood:
    return Flood(Counts().one_more, most=5, window_s=1_800)


def said(flood: Flood, *texts: str, by: int = 1) -> list[bool]:
    return [flood.holds(by, f"{by}-{number}", Text(text)) for number, text in enumerate(texts)]


def test_the_sixth_time_is_too_often(flood: Flood) -> None:
    assert said(flood, *[SPAM] * 7) == [False] * 5 + [True] * 2


def test_nearly_the_same_is_the_same(flood: Flood) -> None:
    texts = [f"{SPAM} {number}!" for number in range(5)] + [SPAM.replace("바로", "바로♥").replace(" ", "")]
    assert said(flood, *texts)[5:] == [True]


def test_others_may_say_it_too(flood: Flood) -> None:
    said(flood, *[SPAM] * 6)
    assert said(flood, SPAM, by=2) == [False]


def test_short_texts_and_different_ones_may_be_said_as_often_as_one_likes(flood: Flood) -> None:
    assert not any(said(flood, *["감사합니다"] * 20, *["ㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋ"] * 20))
    assert pieces_of(Text("👍" * 100)) == []
    words = [
        "어제 배포하다가 오류가 나서",
        "오늘은 회의가 네 번이나 있었",
        "점심은 무엇을 먹을지 고민",
        "주말에 등산 가실 분을 찾",
    ]
    assert not any(said(flood, *words * 5))


def test_a_message_that_is_sent_again_is_no_repeat(flood: Flood) -> None:
    assert [flood.holds(1, "same", Text(SPAM)) for _ in range(9)] == [False] * 9


def test_it_can_be_switched_off() -> None:
    assert not any(said(Flood(Counts().one_more, most=0, window_s=1_800), *[SPAM] * 9))
