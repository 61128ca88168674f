"""Gemini's JSON: what the format leaves open must not surprise us. What arrives over HTTP is in test_gemini."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.prompting.prompts import Prompt
from assistant.providers.event_stream import EventStream
from assistant.providers.gemini_wire import GeminiReading, read_failure, request_of
from assistant.providers.provider import Answer, CallFailed
from chatproject.errors import AssistantBudgetSpent, AssistantUnavailable, ModelFailed

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def decode(body: Any, status: int = 200, now: datetime = NOON) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    if status != 200:
        raise read_failure(status, raw, now=now)
    reading = GeminiReading(model="gemini-x", now=now)
    reading.add(raw)
    return reading.finish()


def failure(body: Any, status: int = 200, now: datetime = NOON) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        decode(body, status, now)
    return caught.value


def quota_error(*details: dict[str, Any], message: str = "") -> dict[str, Any]:
    return {"error": {"code": 429, "message": message, "status": "RESOURCE_EXHAUSTED", "details": list(details)}}


def test_a_request_keeps_rules_and_people_apart() -> None:
    prompt = Prompt(rules="be kind", transcript=">[Alice]: 안녕", speaker="(도우미):", max_tokens=99)

    assert request_of(prompt) == {
        "systemInstruction": {"parts": [{"text": "be kind"}]},
        "contents": [{"role": "user", "parts": [{"text": ">[Alice]: 안녕"}]}],
        "generationConfig": {"maxOutputTokens": 99},
    }


def test_an_answer_may_lack_everything_but_its_text_and_its_end() -> None:
    answer = decode({"candidates": [{"content": {"parts": [{"text": "네"}]}, "finishReason": "STOP"}]})

    assert answer == Answer("네", truncated=False, model_asked="gemini-x", model_served="")


def test_thoughts_and_parts_that_are_no_text_are_left_out() -> None:
    parts = [{"text": "hm", "thought": True}, {"inlineData": {"data": ""}}, {"text": "a"}, {"text": "b"}]

    assert decode({"candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}]}).text == "ab"


def test_counts_and_the_model_that_served_are_kept() -> None:
    body = {
        "candidates": [{"content": {"parts": [{"text": "네"}]}, "finishReason": "MAX_TOKENS"}],
        "usageMetadata": {"promptTokenCount": 3, "thoughtsTokenCount": 5, "totalTokenCount": "12"},
        "modelVersion": "gemini-x-001" * 20,
    }
    answer = decode(body)

    assert (answer.prompt_tokens, answer.output_tokens, answer.total_tokens) == (3, 5, 12)
    assert (answer.truncated, len(answer.model_served)) == (True, 100)


@pytest.mark.parametrize(
    "body",
    [
        {"candidates": [{"content": {"parts": [{"text": " \n"}]}, "finishReason": "STOP"}]},
        {"candidates": [{"content": {}, "finishReason": "STOP"}]},
        {"candidates": [{}]},
        {"candidates": None},
        [],
    ],
)
def test_what_is_not_an_answer_is_asked_for_once_more(body: Any) -> None:
    assert failure(body).tries == 2


@pytest.mark.parametrize("body", [b"<html>", b'{"candidates": 7}', b"\xff", b"[" * 100_000])
def test_what_cannot_be_read_may_pass(body: bytes) -> None:
    assert failure(body).tries == 3


@pytest.mark.parametrize(
    ("delay", "wait_s"),
    [("45.837906927s", 45.837906927), ("0s", 0.0), ("3s", 3.0), ("", None), ("soon", None), ("-1s", None)],
)
def test_the_pause_google_asks_for_is_understood(delay: str, wait_s: float | None) -> None:
    found = failure(quota_error({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}), 429)

    assert found.wait_s == wait_s
    assert found.shown.retry_after == (60.0 if wait_s is None else wait_s)


@pytest.mark.parametrize(
    ("now", "retry_after"),
    [
        (datetime(2026, 11, 22, 7, 59, 30, tzinfo=UTC), 30.0),
        (datetime(2026, 11, 22, 8, 0, tzinfo=UTC), 24 * 3_600.0),
        (datetime(2026, 11, 22, 20, 0, tzinfo=UTC), 12 * 3_600.0),
    ],
)
def test_a_quota_of_the_day_comes_back_at_midnight_in_california(now: datetime, retry_after: float) -> None:
    found = failure(quota_error({"violations": [{"quotaId": "RequestsPerDayPerProject"}]}), 429, now)

    assert isinstance(found.shown, AssistantBudgetSpent)
    assert (found.shown.retry_after, found.tries) == (retry_after, 1)


@pytest.mark.parametrize(
    "details", [[{"violations": "many"}], [{"retryDelay": 7}], "none", [[]], [{"violations": [{"quotaId": 1}]}]]
)
def test_details_in_an_unknown_shape_do_not_hide_the_failure(details: Any) -> None:
    found = failure({"error": {"code": 429, "message": "x", "details": details}}, 429)

    assert isinstance(found.shown, AssistantBudgetSpent)


def test_an_error_inside_a_success_is_an_error() -> None:
    assert isinstance(failure({"error": {"code": 403, "message": "x"}}).shown, AssistantUnavailable)
    assert failure({"error": {}}).tries == 3


def test_what_google_says_in_words_is_not_repeated() -> None:
    found = failure({"error": {"code": 400, "message": "the key a-key and the prompt secret"}}, 400)

    assert isinstance(found.shown, ModelFailed)
    assert "secret" not in f"{found!r}{found}{found.shown!r}{found.shown}"


@given(
    texts=st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=5),
    size=st.integers(1, 40),
    line_end=st.sampled_from(["\r\n", "\n", "\r"]),
)
def test_any_cut_of_a_stream_gives_the_same_text(texts: list[str], size: int, line_end: str) -> None:
    events: list[Any] = [{"candidates": [{"content": {"parts": [{"text": text}]}}]} for text in texts]
    events.append({"candidates": [{"finishReason": "STOP"}]})
    body = "".join(f"data: {json.dumps(event, ensure_ascii=False)}{line_end * 2}" for event in events).encode()
    stream, reading = EventStream(event_max_bytes=len(body)), GeminiReading(model="gemini-x", now=NOON)

    shown = [
        reading.add(event)
        for start in range(0, len(body), size)
        for event in stream.feed(body[start : start + size])
    ]

    assert shown == [*texts, ""]
    assert reading.is_whole


def test_what_gateways_write_in_other_types_is_read() -> None:
    body = {
        "candidates": [{"content": {"parts": [{"text": "여기까지만"}]}, "finishReason": 2}],
        "promptFeedback": [],
        "usageMetadata": [],
    }
    assert (decode(body).text, decode(body).truncated) == ("여기까지만", True)

    reading = GeminiReading(model="gemini-x", now=NOON)
    for event in (
        {"promptFeedback": {"blockReason": "BLOCK_REASON_UNSPECIFIED"}},
        {"candidates": [{"content": {"parts": [{"text": "네"}]}, "finishReason": 0}]},
        {"candidates": [{"content": [], "finishReason": 1}]},
    ):
        reading.add(json.dumps(event).encode())
    assert (reading.finish().text, reading.finish().truncated) == ("네", False)
    assert failure({"error": {"code": "RESOURCE_EXHAUSTED", "message": "x"}}).tries == 3
