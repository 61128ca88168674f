"""The JSON of OpenAI's chat completions: what servers leave out or do otherwise must not surprise us."""

import json
from typing import Any

import pytest

from assistant.prompting.prompts import Prompt
from assistant.providers.openai_dialect import Dialect, request_of
from assistant.providers.openai_wire import OpenAIReading, read_failure
from assistant.providers.provider import Answer, CallFailed
from chatproject.errors import AssistantBudgetSpent, AssistantUnavailable, ChatError, ModelFailed, ModelRefused

PROMPT = Prompt(rules="be kind", transcript=">[Alice]: 안녕", speaker="(도우미):", max_tokens=99)


def read(*events: Any) -> Answer:
    reading = OpenAIReading(model="llama")
    for event in events:
        reading.add(event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode())
    return reading.finish()


def failure(*events: Any) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        read(*events)
    return caught.value


def delta(text: str | None = None, finish: str | None = None) -> dict[str, Any]:
    return {"choices": [{"delta": {"content": text}, "finish_reason": finish}]}


def test_a_request_keeps_rules_and_people_apart() -> None:
    assert request_of(PROMPT, model="llama", streamed=False, dialect=Dialect()) == {
        "model": "llama",
        "messages": [
            {"role": "system", "content": "be kind"},
            {"role": "user", "content": ">[Alice]: 안녕"},
        ],
        "max_tokens": 99,
        "stream": False,
    }


def test_a_stream_is_asked_to_count_its_tokens() -> None:
    request = request_of(PROMPT, model="llama", streamed=True, dialect=Dialect())

    assert (request["stream"], request["stream_options"]) == (True, {"include_usage": True})


def test_an_answer_may_lack_everything_but_its_text_and_its_end() -> None:
    answer = read({"choices": [{"message": {"content": "네"}, "finish_reason": "stop"}]})

    assert answer == Answer("네", truncated=False, model_asked="llama", model_served="")


def test_the_pieces_of_a_stream_add_up() -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
    answer = read(
        {
            "choices": [{"delta": {"role": "assistant", "reasoning_content": "hm"}}],
            "model": "llama-001",
            "usage": None,
        },
        delta("네, "),
        delta("그래요"),
        delta(finish="length"),
        {"choices": [], "usage": usage},
        b"[DONE]",
    )

    assert (answer.text, answer.truncated, answer.model_served) == ("네, 그래요", True, "llama-001")
    assert (answer.prompt_tokens, answer.output_tokens, answer.total_tokens) == (3, 5, 8)


@pytest.mark.parametrize(
    "events",
    [
        [delta("half")],
        [delta("half", "")],
        [delta("text", "stop"), delta("and more")],
        [delta("half", "error")],
        [b"[DONE]"],
        [delta(" \n", "stop")],
        [delta(finish="stop")],
        [{"choices": None}],
        [{}],
        [],
    ],
)
def test_half_an_answer_is_none_and_is_asked_for_once_more(events: list[Any]) -> None:
    assert failure(*events).tries == 2


def test_a_model_that_only_thought_is_not_asked_again() -> None:
    assert failure(delta(finish="length")).tries == 1


@pytest.mark.parametrize("body", [b"<html>", b'{"choices": 7}', b"\xff", b"[]", b"[" * 100_000])
def test_what_cannot_be_read_may_pass(body: bytes) -> None:
    assert failure(body).tries == 3


@pytest.mark.parametrize(
    "event",
    [
        delta("not this", "content_filter"),
        {"choices": [{"delta": {"refusal": "I cannot help with that."}}]},
        {"error": {"code": "content_filter"}},
    ],
)
def test_a_refusal_is_final(event: Any) -> None:
    found = failure(event)

    assert (type(found.shown), found.tries, found.other_model) == (ModelRefused, 1, False)


@pytest.mark.parametrize(
    ("error", "shown", "tries"),
    [
        ({"code": 400}, ModelFailed, 1),
        ({"code": 503}, ModelFailed, 3),
        ({"code": "503"}, ModelFailed, 3),
        ({"type": "server_error", "code": None}, ModelFailed, 3),
        ({"code": "9" * 5_000}, ModelFailed, 3),
        ({"code": "rate_limit_exceeded"}, AssistantBudgetSpent, 3),
        ({"type": "insufficient_quota"}, AssistantBudgetSpent, 1),
        ({"code": 401}, AssistantUnavailable, 1),
        ("the model runner stopped", ModelFailed, 3),
    ],
)
def test_an_error_inside_a_success_is_an_error(error: Any, shown: type[ChatError], tries: int) -> None:
    found = failure({"error": error})

    assert (type(found.shown), found.tries) == (shown, tries)


@pytest.mark.parametrize(
    ("retry_after", "wait_s"),
    [("46", 46.0), ("0", 0.0), ("0.5", 0.5), ("", None), ("soon", None), ("-1", None), ("Sun, 22 Nov 2026", None)],
)
def test_the_pause_the_server_asks_for_is_understood(retry_after: str, wait_s: float | None) -> None:
    found = read_failure(429, {"retry-after": retry_after}, b"{}")

    assert found.wait_s == wait_s
    assert found.shown.retry_after == (60.0 if wait_s is None else wait_s)


def test_a_pause_can_be_asked_for_with_any_passing_failure() -> None:
    assert read_failure(503, {"retry-after": "7"}, b"busy").wait_s == 7.0


def test_what_the_server_says_in_words_is_not_repeated() -> None:
    body = json.dumps({"error": {"message": "the key a-key and the prompt secret", "code": "secret"}}).encode()
    found = read_failure(400, {}, body)

    assert "secret" not in f"{found!r}{found}{found.shown!r}{found.shown}"
