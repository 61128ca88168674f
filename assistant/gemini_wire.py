"""Gemini's JSON: a prompt becomes a request, bytes become an answer or the reason why there is none. No I/O.

The format is that of Google's public REST API (generateContent, v1beta) as its own SDK reads it. Every field of an
answer may be absent. What Google says in words is neither logged nor shown: it may repeat the prompt or the key.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from assistant.prompts import Prompt
from chatproject.errors import AssistantBudgetSpent, AssistantUnavailable, ChatError, ModelFailed, ModelRefused

MODEL_NAME_MAX_CHARACTERS = 100
QUOTA_RETRY_AFTER_S = 60.0  # where Google names no time: its shortest quotas are counted by the minute
QUOTA_DAY_ENDS_AT_UTC_HOUR = 8  # midnight in California; in summer it ends an hour earlier

ONCE, ONE_RETRY, TWO_RETRIES = 1, 2, 3

_WORTH_RETRYING = frozenset({408, 500, 502, 503, 504})
_BLOCKING_REASONS = frozenset({"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model said. `truncated`: it wanted to say more. `model_asked` is the one this call named."""

    text: str = field(repr=False)
    truncated: bool
    model_asked: str
    model_served: str
    total_tokens: int | None


class CallFailed(Exception):
    """One call brought no answer.

    `reason` is ours and may be logged. `shown` is what the caller is told when nothing helps. `tries` is how often
    the same model may be called in all, `wait_s` the pause that Google asked for, `other_model` whether the
    fallback model may know better.
    """

    def __init__(
        self,
        reason: str,
        shown: ChatError,
        *,
        tries: int = ONCE,
        wait_s: float | None = None,
        other_model: bool = False,
    ) -> None:
        self.reason, self.shown = reason, shown
        self.tries, self.wait_s, self.other_model = tries, wait_s, other_model
        super().__init__(reason)


def passing_failure(reason: str) -> CallFailed:
    """A failure that another try may pass: a server's bad moment, a lost connection."""
    return CallFailed(reason, ModelFailed(), tries=TWO_RETRIES, other_model=True)


# --- requests ----------------------------------------------------------------------------------


def encode_request(prompt: Prompt) -> bytes:
    """The body of generateContent. All is `user`: contents that end with a model's turn are refused."""
    return msgspec.json.encode(
        {
            "systemInstruction": {"parts": [{"text": prompt.rules}]},
            "contents": [{"role": "user", "parts": [{"text": prompt.transcript}]}],
            "generationConfig": {"maxOutputTokens": prompt.max_tokens},
        }
    )


# --- answers -----------------------------------------------------------------------------------


class _Part(msgspec.Struct):
    text: str | None = None
    thought: bool | None = None


class _Content(msgspec.Struct):
    parts: list[_Part] | None = None


class _Candidate(msgspec.Struct, rename="camel"):
    content: _Content | None = None
    finish_reason: str | None = None


class _PromptFeedback(msgspec.Struct, rename="camel"):
    block_reason: str | None = None


class _Usage(msgspec.Struct, rename="camel"):
    total_token_count: int | None = None


class _Violation(msgspec.Struct, rename="camel"):
    quota_id: str | None = None


class _Detail(msgspec.Struct, rename="camel"):
    reason: str | None = None  # of ErrorInfo
    retry_delay: str | None = None  # of RetryInfo
    violations: list[_Violation] | None = None  # of QuotaFailure


class _Error(msgspec.Struct):
    code: int | None = None
    message: str | None = None
    details: list[_Detail] | None = None


class _Response(msgspec.Struct, rename="camel"):
    candidates: list[_Candidate] | None = None
    prompt_feedback: _PromptFeedback | None = None
    usage_metadata: _Usage | None = None
    model_version: str | None = None
    error: _Error | None = None


_decode_response = msgspec.json.Decoder(_Response | list[_Response], strict=False).decode


def decode_answer(status: int, body: bytes, *, model_asked: str, now: datetime) -> Answer:
    """The answer in a response. Raises CallFailed. `now` dates the end of a day's quota."""
    try:
        decoded = _decode_response(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        if status == 200:
            raise passing_failure("unreadable") from None
        decoded = _Response()  # a proxy's HTML page; the status says enough
    response = decoded if isinstance(decoded, _Response) else next(iter(decoded), _Response())
    if status != 200 or response.error is not None:
        error = response.error or _Error()
        raise _failure(error.code or 500 if status == 200 else status, error, now)
    return _answer(response, model_asked)


def _answer(response: _Response, model_asked: str) -> Answer:
    candidate = next(iter(response.candidates or ()), _Candidate())
    feedback = response.prompt_feedback or _PromptFeedback()
    reason = candidate.finish_reason
    if reason in _BLOCKING_REASONS or (feedback.block_reason and not response.candidates):
        raise CallFailed(f"blocked-{reason or 'prompt'}", ModelRefused())
    text = _visible_text(candidate)
    if reason == "MAX_TOKENS" and not text:
        raise CallFailed("only-thoughts", ModelFailed())  # asked again, it would think as long
    if reason not in {"STOP", "MAX_TOKENS"} or not text:
        raise CallFailed("no-finished-answer", ModelFailed(), tries=ONE_RETRY)
    usage = response.usage_metadata or _Usage()
    return Answer(
        text=text,
        truncated=reason == "MAX_TOKENS",
        model_asked=model_asked,
        model_served=(response.model_version or "")[:MODEL_NAME_MAX_CHARACTERS],
        total_tokens=usage.total_token_count,
    )


def _visible_text(candidate: _Candidate) -> str:
    """All text but the thoughts; "" where there is nothing to see."""
    parts = (candidate.content and candidate.content.parts) or []
    text = "".join(part.text or "" for part in parts if not part.thought)
    return text if text.strip() else ""


# --- failures ----------------------------------------------------------------------------------

_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)s")
_NO_QUOTA_AT_ALL = re.compile(r"\blimit: 0\b")


def _failure(status: int, error: _Error, now: datetime) -> CallFailed:
    details = error.details or []
    key_is_bad = any(detail.reason == "API_KEY_INVALID" for detail in details)
    if status in (401, 403) or (status == 400 and key_is_bad):
        return CallFailed(f"key-refused-{status}", AssistantUnavailable())
    if status == 404:
        return CallFailed("model-unknown", ModelFailed(), other_model=True)
    if status == 429:
        return _quota_failure(error, details, now)
    if status in _WORTH_RETRYING:
        return passing_failure(f"status-{status}")
    return CallFailed(f"status-{status}", ModelFailed())


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
