"""The JSON of OpenAI's chat completions, as Ollama, vLLM and others speak it too. No I/O.

After OpenAI's API reference and what the other servers leave out of it: every field of an answer may be absent.
Reasoning that stands in a field of its own is left out; a model that thinks aloud in its answer (`<think>`) needs
its server's reasoning parser. What a server says in words is neither logged nor shown.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Literal

import msgspec

from assistant.prompts import Prompt
from assistant.provider import (
    TWO_RETRIES,
    CallFailed,
    failure_of_status,
    passing_failure,
    status_in_answer,
    token_count,
)
from assistant.reading import Reading, TokenCounts
from chatproject.errors import AssistantBudgetSpent, ModelRefused

QUOTA_RETRY_AFTER_S = 60.0  # where the server names no time
UNPAID_RETRY_AFTER_S = 3_600.0  # no waiting helps: somebody has to pay

LimitName = Literal["max_tokens", "max_completion_tokens"]

_END_OF_STREAM = b"[DONE]"
_REFUSING_CODES = frozenset({"content_filter", "content_policy_violation"})


def request_of(prompt: Prompt, *, model: str, streamed: bool, limit: LimitName) -> dict[str, Any]:
    """The body. `limit` is the name that the server has for the most tokens of an answer."""
    request: dict[str, Any] = {
        "model": model,
        "messages": [
            {"role": "system", "content": prompt.rules},
            {"role": "user", "content": prompt.transcript},
        ],
        limit: prompt.max_tokens,
        "stream": streamed,
    }
    if streamed:
        request["stream_options"] = {"include_usage": True}
    return request


# --- answers -----------------------------------------------------------------------------------


class _Text(msgspec.Struct):
    """A message, or the piece of one that a stream brings."""

    content: str | None = None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    message: _Text | None = None
    delta: _Text | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None


class _Error(msgspec.Struct):
    code: str | int | None = None
    type: str | None = None


class _Response(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    model: str | None = None
    error: _Error | str | None = None


_decode_response = msgspec.json.Decoder(_Response, strict=False).decode


class OpenAIReading(Reading):
    """Choice 0 of chat completions, streamed or not."""

    whole, cut_short = "stop", "length"

    def __init__(self, *, model: str) -> None:
        super().__init__(model=model)
        self._usage = _Usage()

    def add(self, event: bytes) -> str:
        if event.strip() == _END_OF_STREAM:  # says nothing about the answer: that is what finish_reason is for
            return ""
        response = _response_in(event)
        if response.error is not None:
            raise _failure_in_answer(response.error)
        self._usage = response.usage or self._usage
        self._model_served = response.model or self._model_served
        return self._read_choice(response.choices[0]) if response.choices else ""

    def _read_choice(self, choice: _Choice) -> str:
        said = choice.delta or choice.message or _Text()
        if choice.finish_reason == "content_filter" or said.refusal:
            raise CallFailed("blocked-refusal" if said.refusal else "blocked-content-filter", ModelRefused())
        return self._take(said.content or "", choice.finish_reason)

    def _counts(self) -> TokenCounts:
        usage = self._usage
        return TokenCounts(
            prompt=token_count(usage.prompt_tokens),
            output=token_count(usage.completion_tokens),
            total=token_count(usage.total_tokens),
        )


def _response_in(body: bytes) -> _Response:
    with suppress(msgspec.MsgspecError, UnicodeError, RecursionError):
        return _decode_response(body)
    raise passing_failure("unreadable")  # here, because what was caught may hold the words


# --- failures ----------------------------------------------------------------------------------

_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?")


def read_failure(status: int, headers: Mapping[str, str], body: bytes) -> CallFailed:
    """The failure that a response other than 200 tells. A proxy's HTML page says nothing but its status."""
    try:
        error = _response_in(body).error
    except CallFailed:
        error = None
    return _failure(status, error if isinstance(error, _Error) else _Error(), _retry_after_s(headers))


def _failure_in_answer(error: _Error | str) -> CallFailed:
    """One that came after a 200: the server names a status in the error, or none."""
    error = error if isinstance(error, _Error) else _Error()
    if "rate_limit_exceeded" in (error.code, error.type) or _is_unpaid(error):
        return _failure(429, error, None)
    return _failure(status_in_answer(error.code), error, None)


def _failure(status: int, error: _Error, wait_s: float | None) -> CallFailed:
    if error.code in _REFUSING_CODES:
        return CallFailed("blocked-prompt", ModelRefused())
    if status != 429:
        failure = failure_of_status(status)
        failure.wait_s = wait_s
        return failure
    if _is_unpaid(error):
        return CallFailed("quota-unpaid", AssistantBudgetSpent(retry_after=UNPAID_RETRY_AFTER_S))
    shown = AssistantBudgetSpent(retry_after=QUOTA_RETRY_AFTER_S if wait_s is None else wait_s)
    return CallFailed("quota", shown, tries=TWO_RETRIES, wait_s=wait_s, other_model=True)


def _is_unpaid(error: _Error) -> bool:
    return "insufficient_quota" in (error.code, error.type)


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """In seconds; a date, which these servers do not send, counts as none."""
    value = headers.get("retry-after", "").strip()
    return float(value) if _SECONDS.fullmatch(value) else None
