"""An answer is whole when the model says so, and half a one is none, whichever format it comes in."""

import pytest

from assistant.provider import Answer, CallFailed
from assistant.reading import Reading, TokenCounts


class PlainReading(Reading):
    """A format of events such as `text|END`."""

    whole, cut_short = "END", "CUT"

    def add(self, event: bytes) -> str:
        text, _, end = event.decode().partition("|")
        self._model_served = "plain-1" * 20
        return self._take(text, end or None)

    def _counts(self) -> TokenCounts:
        return TokenCounts(prompt=3, output=5, total=8)


def read(*events: str) -> PlainReading:
    reading = PlainReading(model="plain")
    for event in events:
        assert reading.add(event.encode()) == event.partition("|")[0]
    return reading


def failure(*events: str) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        read(*events).finish()
    return caught.value


def test_the_pieces_add_up_and_the_model_is_named() -> None:
    served = ("plain-1" * 20)[:100]

    assert read("네, ", "그래요", "|END").finish() == Answer("네, 그래요", False, "plain", served, 3, 5, 8)


def test_an_answer_that_ran_out_of_tokens_is_kept_and_marked() -> None:
    assert read("여기까지만|CUT").finish().truncated


def test_it_is_whole_from_its_end_until_more_text_comes() -> None:
    assert [read(*events).is_whole for events in (["하나"], ["하나", "|END"], ["하나", "|END", ""])] == [
        False,
        True,
        True,
    ]
    assert not read("하나|END", "둘").is_whole


@pytest.mark.parametrize("events", [[], ["half"], ["half|ODD"], ["|END"], [" \n|END"], ["one|END", "more"]])
def test_half_an_answer_is_none_and_is_asked_for_once_more(events: list[str]) -> None:
    assert failure(*events).tries == 2


def test_a_model_that_only_thought_is_not_asked_again() -> None:
    assert failure(" |CUT").tries == 1
