"""An answer is whole when the model says so, and half a one is none, whichever format it comes in."""

import pytest

from assistant.providers.event_stream import ErrorEvent
from assistant.providers.provider import Answer, CallFailed
from assistant.providers.reading import Reading, TokenCounts
from chatproject.errors import ModelRefused


class PlainReading(Reading):
    """A format of events such as `text|stop`."""

    def _read(self, event: bytes) -> str:
        text, _, end = event.decode().partition("|")
        self._model_served = "plain-1" * 20
        return self._take(text, end or None)

    def _counts(self) -> TokenCounts:
        return TokenCounts(prompt=3, output=5, total=8)


def read(*events: str) -> PlainReading:
    reading = PlainReading(model="plain")
    for event in events:
        assert reading.add(event.encode()) == ("" if event == "[DONE]" else event.partition("|")[0])
    return reading


def failure(*events: str) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        read(*events).finish()
    return caught.value


def test_the_pieces_add_up_and_the_model_is_named() -> None:
    served = ("plain-1" * 20)[:100]

    assert read("네, ", "그래요", "|stop").finish() == Answer("네, 그래요", False, "plain", served, 3, 5, 8)


def test_an_answer_that_ran_out_of_tokens_is_kept_and_marked() -> None:
    assert read("여기까지만|MAX_TOKENS").finish().truncated


def test_it_is_whole_from_its_end_until_more_text_comes() -> None:
    assert [read(*events).is_whole for events in (["하나"], ["하나", "|STOP"], ["하나", "|STOP", ""])] == [
        False,
        True,
        True,
    ]
    assert not read("하나|STOP", "둘").is_whole
    assert read("하나|STOP", "둘|STOP").finish().text == "하나둘"


def test_ends_that_came_early_before_are_believed_only_where_the_stream_ends() -> None:
    assert read("하나|STOP").is_whole
    lost = read("하나|STOP", "둘|STOP")
    assert (lost.may_be_whole, lost.is_whole) == (True, False)
    assert read("하나|STOP", "둘|STOP", "[DONE]").is_whole
    lost.cut()
    assert lost.finish().truncated


@pytest.mark.parametrize("event", ["[DONE]", " [done] ", '"[DONE]"'])
def test_the_end_of_the_stream_is_known_however_it_is_written(event: str) -> None:
    reading = read("하나")
    reading.add(event.encode())
    assert reading.finish().text == "하나"


class RaisingReading(PlainReading):
    def _read(self, event: bytes) -> str:
        raise CallFailed("unreadable", ModelRefused())


@pytest.mark.parametrize("event", [b"", b"ping", b"keep-alive", b"null", b" PONG\n"])
def test_a_heartbeat_says_nothing(event: bytes) -> None:
    assert RaisingReading(model="plain").add(event) == ""


def test_an_error_fails_the_answer_unless_all_of_it_was_there() -> None:
    with pytest.raises(CallFailed):
        read("하나|STOP").add(ErrorEvent(b"|"))
    assert read("하나", "[DONE]").add(ErrorEvent(b"|")) == ""


def test_an_end_before_any_text_is_none_yet() -> None:
    reading = read("|STOP")
    assert not reading.is_whole
    assert reading.add("하나".encode()) == "하나"
    assert not reading.is_whole
    reading.add("둘|STOP".encode())
    assert reading.finish().text == "하나둘"


@pytest.mark.parametrize("nothing", ["", "null", "NULL", "None", " ", "FINISH_REASON_UNSPECIFIED"])
def test_an_end_without_a_name_is_none(nothing: str) -> None:
    assert not read(f"하나|{nothing}").is_whole
    assert read("하나|stop", f"|{nothing}").is_whole  # nor does it take one back


def test_blank_text_after_an_end_takes_nothing_back() -> None:
    reading = read("하나|stop")
    reading.add(b"|")
    reading._take("\n", None)
    assert reading.is_whole


@pytest.mark.parametrize(
    "end",
    ["stop", "STOP", "eos_token", "stop_sequence", "end_turn", "COMPLETE", "tool_calls", "a_word_of_tomorrow"],
)
def test_an_end_that_is_not_known_to_be_bad_is_good(end: str) -> None:
    answer = read("다 쓴 답", f"|{end}").finish()
    assert (answer.text, answer.truncated) == ("다 쓴 답", False)


@pytest.mark.parametrize("end", ["length", "LENGTH", "max_tokens", "max_output_tokens", "model_length"])
def test_whatever_the_limit_is_called_an_answer_that_met_it_is_marked(end: str) -> None:
    assert read("여기까지만", f"|{end}").finish().truncated


@pytest.mark.parametrize("end", ["content_filter", "SAFETY", "refusal", "sensitive", "guardrail_intervened"])
def test_whatever_blocking_is_called_it_is_final(end: str) -> None:
    with pytest.raises(CallFailed) as caught:
        read("못 할 말").add(f"|{end}".encode())
    assert (type(caught.value.shown), caught.value.tries) == (ModelRefused, 1)


def test_a_stream_that_says_it_is_over_is_whole_without_a_reason() -> None:
    assert read("하나", "둘", "[DONE]").finish().text == "하나둘"
    assert read("하나|stop", "둘", "[DONE]").finish().text == "하나둘"


def test_a_body_is_whole_without_a_reason_and_may_begin_with_a_byte_order_mark() -> None:
    reading = PlainReading(model="plain")
    reading.add_whole("\ufeff다 쓴 답".encode())
    assert reading.finish().text == "다 쓴 답"


@pytest.mark.parametrize(
    "events",
    [[], ["half"], ["half|error"], ["half|ABORT"], ["|STOP"], [" \n|STOP"], ["one|STOP", "more"], ["[DONE]"]],
)
def test_half_an_answer_is_none_and_is_asked_for_once_more(events: list[str]) -> None:
    assert failure(*events).tries == 2


def test_a_model_that_only_thought_is_not_asked_again() -> None:
    assert failure(" |length").tries == 1
