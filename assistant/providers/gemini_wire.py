"""Gemini's JSON: a prompt becomes a request, bytes become an answer or the reason why there is none. No I/O.

The format is that of Google's public REST API (generateContent, v1beta) as its own SDK reads it. Every field of an
answer may be absent. What Google says in words is neither logged nor shown: it may repeat the prompt or the key.
"""

import re
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import msgspec

from assistant.prompting.prompts import Prompt
from assistant.providers.ends import end_named
from assistant.providers.provider import (
    TWO_RETRIES,
    CallFailed,
    failure_of_status,
    passing_failure,
    status_in_answer,
    token_count,
)
from assistant.providers.reading import Reading, TokenCounts
from chatproject.errors import AssistantBudgetSpent, AssistantUnavailable, ModelRefused

QUOTA_RETRY_AFTER_S = 60.0  # where Google names no time: its shortest quotas are counted by the minute
_ENDS_BY_NUMBER = ("", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER")
QUOTA_DAY_ENDS_AT_UTC_HOUR = 8  # midnight in California; in summer it ends an hour earlier


# --- requests ----------------------------------------------------------------------------------


def request_of(prompt: Prompt) -> dict[str, Any]:
    """The body of generateContent. All is `user`: contents that end with a model's turn are refused."""
    return {
        "systemInstruction": {"parts": [{"text": prompt.rules}]},
        "contents": [{"role": "user", "parts": [{"text": prompt.transcript}]}],
        "generationConfig": {"maxOutputTokens": prompt.max_tokens},
    }


# --- answers -----------------------------------------------------------------------------------


Anything = list[Any] | str | float | bool | None  # in place of an object: PHP writes [] for an empty one


class _Part(msgspec.Struct):
    text: str | None = None
    thought: bool | None = None


class _Content(msgspec.Struct):
    parts: list[_Part] | None = None


class _Candidate(msgspec.Struct, rename="camel"):
    content: _Content | Anything = None
    finish_reason: Any = None


class _PromptFeedback(msgspec.Struct, rename="camel"):
    block_reason: str | None = None


class _Usage(msgspec.Struct, rename="camel"):
    prompt_token_count: Any = None
    candidates_token_count: Any = None
    thoughts_token_count: Any = None
    total_token_count: Any = None


class _Violation(msgspec.Struct, rename="camel"):
    quota_id: str | None = None


class _Detail(msgspec.Struct, rename="camel"):
    reason: str | None = None  # of ErrorInfo
    retry_delay: str | None = None  # of RetryInfo
    violations: list[_Violation] | None = None  # of QuotaFailure


class _Error(msgspec.Struct):
    code: Any = None
    message: str | None = None
    details: list[_Detail] | None = None


class _Response(msgspec.Struct, rename="camel"):
    candidates: list[_Candidate] | None = None
    prompt_feedback: _PromptFeedback | Anything = None
    usage_metadata: _Usage | Anything = None
    model_version: str | None = None
    error: _Error | None = None


_decode_response = msgspec.json.Decoder(_Response | list[_Response], strict=False).decode


class GeminiReading(Reading):
    """Candidate 0 of generateContent, streamed or not. `now`, in UTC, dates the end of a day's quota."""

    def __init__(self, *, model: str, now: datetime) -> None:
        super().__init__(model=model)
        self._now = now
        self._usage = _Usage()

    def _read(self, event: bytes) -> str:
        # several at once, in a list: what a gateway makes of the stream that drops `alt=sse` from the address
        return "".join([self._read_response(response) for response in _responses_in(event)])

    def _read_response(self, response: _Response) -> str:
        if response.error is not None:
            raise _failure(status_in_answer(response.error.code), response.error, self._now)
        if isinstance(response.usage_metadata, _Usage):
            self._usage = response.usage_metadata  # the last one counts, they are not deltas
        self._model_served = response.model_version or self._model_served
        if response.candidates:
            candidate = response.candidates[0]
            return self._take(_visible_text(candidate), _end_of(candidate))
        feedback = response.prompt_feedback
        if isinstance(feedback, _PromptFeedback) and end_named(feedback.block_reason or "") is not None:
            raise CallFailed("blocked-prompt", ModelRefused())
        return ""

    def _counts(self) -> TokenCounts:
        usage = self._usage
        spoken, thought = token_count(usage.candidates_token_count), token_count(usage.thoughts_token_count)
        return TokenCounts(
            prompt=token_count(usage.prompt_token_count),
            output=None if spoken is thought is None else (spoken or 0) + (thought or 0),
            total=token_count(usage.total_token_count),
        )


def _responses_in(body: bytes) -> list[_Response]:
    with suppress(msgspec.MsgspecError, UnicodeError, RecursionError):
        decoded = _decode_response(body)
        return [decoded] if isinstance(decoded, _Response) else decoded
    raise passing_failure("unreadable")  # here, because what was caught may hold the words


def _visible_text(candidate: _Candidate) -> str:
    """All text but the thoughts."""
    parts = candidate.content.parts if isinstance(candidate.content, _Content) else None
    return "".join(part.text or "" for part in parts or [] if not part.thought)


def _end_of(candidate: _Candidate) -> object:
    """The reason's name, also where a gateway writes the number that it has in Google's protocol buffers."""
    reason = candidate.finish_reason
    if isinstance(reason, int):
        return _ENDS_BY_NUMBER[reason] if 0 <= reason < len(_ENDS_BY_NUMBER) else "OTHER"
    return reason


# --- failures ----------------------------------------------------------------------------------

_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)s")
_NO_QUOTA_AT_ALL = re.compile(r"\blimit: 0\b")


def read_failure(status: int, body: bytes, *, now: datetime) -> CallFailed:
    """The failure that a response other than 200 tells. A proxy's HTML page says nothing but its status."""
    try:
        error = next((response.error for response in _responses_in(body)), None)
    except CallFailed:
        error = None
    return _failure(status, error or _Error(), now)


def _failure(status: int, error: _Error, now: datetime) -> CallFailed:
    details = error.details or []
    if status == 400 and any(detail.reason == "API_KEY_INVALID" for detail in details):
        return CallFailed("key-refused-400", AssistantUnavailable())
    return _quota_failure(error, details, now) if status == 429 else failure_of_status(status)


def _quota_failure(error: _Error, details: list[_Detail], now: datetime) -> CallFailed:
    """Quotas are counted by model, so that the fallback model may still have some."""
    quotas = [violation.quota_id or "" for detail in details for violation in detail.violations or ()]
    if any("PerDay" in quota for quota in quotas) or _NO_QUOTA_AT_ALL.search(error.message or ""):
        shown = AssistantBudgetSpent(retry_after=_until_quota_day_ends(now).total_seconds())
        return CallFailed("quota-of-the-day", shown, other_model=True)
    wait_s = _retry_delay_s(details)
    shown = AssistantBudgetSpent(retry_after=QUOTA_RETRY_AFTER_S if wait_s is None else wait_s)
    return CallFailed("quota", shown, tries=TWO_RETRIES, wait_s=wait_s, other_model=True)


def _retry_delay_s(details: list[_Detail]) -> float | None:
    for detail in details:
        if match := _DURATION.fullmatch(detail.retry_delay or ""):
            return float(match[1])
    return None


def _until_quota_day_ends(now: datetime) -> timedelta:
    """`now` is in UTC."""
    end = now.replace(hour=QUOTA_DAY_ENDS_AT_UTC_HOUR, minute=0, second=0, microsecond=0)
    return (end if end > now else end + timedelta(days=1)) - now
