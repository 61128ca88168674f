"""The JSON of OpenAI's chat completions, as Ollama, vLLM and others speak it too. No I/O.

After OpenAI's API reference and what the other servers leave out of it or do otherwise (docs/models.md has a table
of them): every field of an answer may be absent, or of another type. Reasoning that stands in a field or a part of
its own is left out; a model that thinks aloud in its answer (`<think>`) needs its server's reasoning parser. What
a server says in words is neither logged nor shown.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
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
from chatproject.errors import AssistantBudgetSpent, ModelFailed, ModelRefused

QUOTA_RETRY_AFTER_S = 60.0  # where the server names no time
UNPAID_RETRY_AFTER_S = 3_600.0  # no waiting helps: somebody has to pay

LimitName = Literal["max_tokens", "max_completion_tokens"]

_NEXT_LIMIT: dict[str, LimitName | None] = {"max_tokens": "max_completion_tokens", "max_completion_tokens": None}
_TEXT_PARTS = ("text", "output_text")
_REFUSING_CODES = frozenset({"content_filter", "content_policy_violation"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server takes of the fields that are not needed. `limit` is its name for the most tokens of an answer;
    None: it refuses every name."""

    limit: LimitName | None = "max_tokens"
    takes_stream_options: bool = True

    def without(self, refused: str) -> "Dialect | None":
        """The next dialect to try where the server refuses a field by this name; None where there is none."""
        if refused == self.limit:
            return replace(self, limit=_NEXT_LIMIT[refused])
        if refused == "stream_options" and self.takes_stream_options:
            return replace(self, takes_stream_options=False)
        return None


def request_of(prompt: Prompt, *, model: str, streamed: bool, dialect: Dialect) -> dict[str, Any]:
    """The body."""
    request: dict[str, Any] = {
        "model": model,
        "messages": [
            {"role": "system", "content": prompt.rules},
            {"role": "user", "content": prompt.transcript},
        ],
        "stream": streamed,
    }
    if dialect.limit is not None:
        request[dialect.limit] = prompt.max_tokens
    if streamed and dialect.takes_stream_options:
        request["stream_options"] = {"include_usage": True}
    return request


# --- answers -----------------------------------------------------------------------------------


class _Text(msgspec.Struct):
    """A message, or the piece of one that a stream brings."""

    content: Any = None  # a text, or a list of parts
    refusal: Any = None


class _Choice(msgspec.Struct):
    message: _Text | None = None
    delta: _Text | None = None
    finish_reason: Any = None


class _Usage(msgspec.Struct):
    prompt_tokens: Any = None
    completion_tokens: Any = None
    total_tokens: Any = None


class _Error(msgspec.Struct):
    code: Any = None
    type: Any = None


class _Response(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    model: Any = None
    error: _Error | str | None = None


_decode_response = msgspec.json.Decoder(_Response, strict=False).decode


class OpenAIReading(Reading):
    """Choice 0 of chat completions, streamed or not."""

    def __init__(self, *, model: str) -> None:
        super().__init__(model=model)
        self._usage = _Usage()

    def _read(self, event: bytes) -> str:
        response = _response_in(event)
        if response.error is not None:
            raise _failure_in_answer(response.error)
        self._usage = response.usage or self._usage
        self._model_served = str(response.model or self._model_served)
        return self._read_choice(response.choices[0]) if response.choices else ""

    def _read_choice(self, choice: _Choice) -> str:
        said = choice.delta or choice.message or _Text()
        if said.refusal:
            raise CallFailed("blocked-refusal", ModelRefused())
        return self._take(_visible_text(said.content), choice.finish_reason)

    def _counts(self) -> TokenCounts:
        usage = self._usage
        return TokenCounts(
            prompt=token_count(usage.prompt_tokens),
            output=token_count(usage.completion_tokens),
            total=token_count(usage.total_tokens),
        )


def _visible_text(content: object) -> str:
    """The text of a message's content; of its parts, where it is a list, what is not thought."""
    if isinstance(content, list):
        return "".join(map(_text_of_part, content))
    return content if isinstance(content, str) else ""


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
_REFUSED_FIELD = re.compile(rb"\b(?:max_tokens|max_completion_tokens|stream_options)\b")
# as OpenAI, Azure, Mistral and all that check by pydantic say it; a value that is too large is none of these
_IS_UNKNOWN = re.compile(
    rb"(?i)unsupported|not supported|unrecognized|unknown|unexpected"
    rb"|forbidden|not permitted|not allowed|additional"
)


class FieldRefused(CallFailed):
    """The server does not know a field, or not by this name: `field`."""

    def __init__(self, field: str, status: int) -> None:
        super().__init__(f"status-{status}", ModelFailed())
        self.field = field


def read_failure(status: int, headers: Mapping[str, str], body: bytes) -> CallFailed:
    """The failure that a response other than 200 tells. A proxy's HTML page says nothing but its status."""
    if status in (400, 422) and (field := _REFUSED_FIELD.search(body)) and _IS_UNKNOWN.search(body):
        return FieldRefused(field[0].decode(), status)
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
