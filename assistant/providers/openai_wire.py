"""The JSON of OpenAI's chat completions, as Ollama, vLLM and others speak it too. No I/O.

After OpenAI's API reference and what the other servers leave out of it or do otherwise (docs/models.md has a table
of them): every field of an answer may be absent, or of another type. Reasoning that stands in a field or a part of
its own is left out; a model that thinks aloud in its answer (`<think>`) needs its server's reasoning parser. What
a server says in words is neither logged nor shown.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from assistant.providers.openai_dialect import field_refused
from assistant.providers.provider import (
    TWO_RETRIES,
    CallFailed,
    failure_of_status,
    passing_failure,
    status_in_answer,
    token_count,
)
from assistant.providers.reading import Reading, TokenCounts
from chatproject.errors import AssistantBudgetSpent, ModelRefused

QUOTA_RETRY_AFTER_S = 60.0  # where the server names no time
UNPAID_RETRY_AFTER_S = 3_600.0  # no waiting helps: somebody has to pay

_TEXT_PARTS = ("text", "output_text")
_REFUSING_CODES = frozenset({"content_filter", "content_policy_violation"})


# --- answers -----------------------------------------------------------------------------------


Anything = list[Any] | str | float | bool | None  # in place of an object


class _Text(msgspec.Struct):
    """A message, or the piece of one that a stream brings."""

    content: Any = None  # a text, or a list of parts
    refusal: Any = None


class _Choice(msgspec.Struct):
    message: _Text | Anything = None
    delta: _Text | Anything = None
    finish_reason: Any = None


class _Usage(msgspec.Struct):
    prompt_tokens: Any = None
    completion_tokens: Any = None
    total_tokens: Any = None


class _Response(msgspec.Struct):
    choices: list[_Choice | None] | None = None
    usage: _Usage | Anything = None
    model: Any = None
    error: Any = None
    object: Any = None  # "error" with vLLM's older versions and FastChat: then the next two belong to it
    code: Any = None
    type: Any = None
    error_code: Any = None  # FastChat's


class _Error(NamedTuple):
    """What is known of one: "" for what the server did not say."""

    code: str = ""
    type: str = ""

    @classmethod
    def in_answer(cls, response: _Response) -> "_Error | None":
        """The error that an answer is or has. An empty one, such as `{}` or `{"message": ""}`, is none."""
        error = response.error
        if error and not isinstance(error, dict):
            return cls()
        if error and any(error.values()):
            return cls(str(error.get("code") or ""), str(error.get("type") or ""))
        if response.object == "error" or response.error_code:
            return cls(str(response.code or ""), str(response.type or ""))
        return None


_decode_response = msgspec.json.Decoder(_Response, strict=False).decode


class OpenAIReading(Reading):
    """Choice 0 of chat completions, streamed or not."""

    def __init__(self, *, model: str) -> None:
        super().__init__(model=model)
        self._usage = _Usage()

    def _read(self, event: bytes) -> str:
        response = _response_in(event)
        if (error := _Error.in_answer(response)) is not None:
            raise field_refused(event, 400) or _failure_in_answer(error)
        if isinstance(response.usage, _Usage):
            self._usage = response.usage
        self._model_served = str(response.model or self._model_served)
        choice = response.choices[0] if response.choices else None
        return self._read_choice(choice) if choice is not None else ""

    def _read_choice(self, choice: _Choice) -> str:
        said = choice.delta or choice.message
        if not isinstance(said, _Text):  # PHP writes [] for an empty object
            said = _Text(said)
        if said.refusal:
            raise CallFailed("blocked-refusal", ModelRefused())
        text = _visible_text(said.content)
        # a last chunk may bring the whole message once more, as MiniMax's does
        return self._take(text if choice.delta else self._rest_of(text), choice.finish_reason)

    def _counts(self) -> TokenCounts:
        usage = self._usage
        return TokenCounts(
            prompt=token_count(usage.prompt_tokens),
            output=token_count(usage.completion_tokens),
            total=token_count(usage.total_tokens),
        )


def _visible_text(content: object) -> str:
    """The text of a message's content; of its parts, where it is a list, what is not thought."""
    parts = content if isinstance(content, list) else [content]
    return "".join(map(_text_of_part, parts))


def _text_of_part(part: object) -> str:
    if isinstance(part, dict):
        part = part.get("text") if part.get("type", "text") in _TEXT_PARTS else ""
    return part if isinstance(part, str) else ""


def _response_in(body: bytes) -> _Response:
    with suppress(msgspec.MsgspecError, UnicodeError, RecursionError):
        return _decode_response(body)
    raise passing_failure("unreadable")  # here, because what was caught may hold the words


# --- failures ----------------------------------------------------------------------------------

_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?")


def read_failure(status: int, headers: Mapping[str, str], body: bytes) -> CallFailed:
    """The failure that a response other than 200 tells. A proxy's HTML page says nothing but its status."""
    if status in (400, 422, 500, 501) and (refused := field_refused(body, status)) is not None:
        return refused
    try:
        error = _Error.in_answer(_response_in(body))
    except CallFailed:
        error = None
    return _failure(status, error or _Error(), _retry_after_s(headers))


def _failure_in_answer(error: _Error) -> CallFailed:
    """One that came after a 200: the server names a status in the error, or none."""
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
