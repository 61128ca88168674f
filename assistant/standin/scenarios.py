"""What the stand-in answers: one scenario for everything that Gemini has been seen to do, good or bad. No I/O.

`multipart`, `blocked-prompt`, `finish-safety` … are what a model says, `429-per-day` or `502` what Google's front
says instead, `slow`, `drip`, `cut-event` … how the bytes arrive. The default is a friendly answer that is labelled
as practice and says back what the prompt's last lines are about.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from assistant.standin.requests import google_error

JSON_TYPE = "application/json; charset=UTF-8"
DRIP_S = 0.05  # between two bytes; a short answer takes half a minute
SLOW_S = 0.3  # to the first byte

Event = dict[str, Any]
Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """How one request is answered. Without `events` or `body`: the friendly answer.

    `events` are what a stream brings one by one, and the unary answer in one piece. `inband` stands for all that
    follows the first `inband_after` of them, and for a whole unary answer. After `hangs_after` pieces nothing more
    comes. `cut` says where in the body the connection is cut. So many `failures`, then things go well.
    """

    status: int = 200
    events: tuple[Event, ...] | None = None
    body: bytes | None = None
    content_type: str = JSON_TYPE
    headers: Headers = ()
    inband: bytes = b""
    inband_after: int = 1
    separator: bytes = b"\r\n\r\n"
    chunk_bytes: int = 0  # 0: whole events
    first_byte_after_s: float = 0.0
    drip_s: float = 0.0
    hangs_after: int | None = None
    cut: Literal["", "event", "character", "end"] = ""
    failures: int = 0
    says_done: bool = True  # behind a stream, where the format has words for it


def candidate(*parts: dict[str, Any], finish: str | None = None) -> Event:
    found: dict[str, Any] = {"index": 0}
    if parts:
        found["content"] = {"parts": list(parts), "role": "model"}
    if finish:
        found["finishReason"] = finish
    return {"candidates": [found]}


def _one(text: str, *, finish: str | None = None) -> Event:
    return candidate({"text": text}, finish=finish)


def _said(*texts: str, finish: str | None = "STOP") -> tuple[Event, ...]:
    """A text in deltas, the end on an event without parts, as Gemini often sends it."""
    return (*map(_one, texts), candidate(finish=finish))


def _failure(code: int, message: str, *details: dict[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(google_error(code, message, *details)), indent=2)


def _as_event(body: bytes) -> bytes:
    return b"data: " + msgspec.json.encode(msgspec.json.decode(body)) + b"\r\n\r\n"


def _quota(quota_id: str) -> dict[str, Any]:
    metric = "generativelanguage.googleapis.com/generate_content_free_tier_requests"
    return {"@type": "QuotaFailure", "violations": [{"quotaMetric": metric, "quotaId": quota_id}]}


def _retry(delay: str) -> dict[str, Any]:
    return {"@type": "RetryInfo", "retryDelay": delay}


_PER_MINUTE = _quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier")
_PER_DAY = _quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier")
_QUOTA_MESSAGE = "You exceeded your current quota, please check your plan and billing details."
_NO_QUOTA_MESSAGE = f"{_QUOTA_MESSAGE}\n* Quota exceeded for metric: generate_requests, limit: 0"
_BAD_KEY = {"@type": "ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
HTML = b"<!DOCTYPE html><html><title>Error 502 (Server Error)!!1</title><p>That's an error.</html>"
_OVERLOADED = _failure(503, "The model is overloaded. Please try again later.")
_DEAD_KEY_MESSAGE = "API key not valid. Please pass a valid API key."
BLOCKING = ("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII")

SCENARIOS: dict[str, Scenario] = {
    "ok": Scenario(),
    "multipart": Scenario(
        events=(
            candidate({"text": "They want lunch.", "thought": True}),
            candidate({"text": "김밥 🍙\u2028"}, {"text": "아니면 "}),
            candidate({"text": "👨‍👩‍👧 함께 칼국수!"}, finish="STOP"),
        )
    ),
    "chunks-1": Scenario(chunk_bytes=1),
    "chunks-7": Scenario(chunk_bytes=7),
    "lf": Scenario(separator=b"\n\n"),
    "cr": Scenario(separator=b"\r\r"),
    "slow": Scenario(first_byte_after_s=SLOW_S),
    "drip": Scenario(chunk_bytes=1, drip_s=DRIP_S),
    "hang": Scenario(hangs_after=0),
    "hang-midway": Scenario(hangs_after=2),
    "hang-at-end": Scenario(events=_said("다 쓴 답"), hangs_after=2),
    "cut-event": Scenario(cut="event"),
    "cut-character": Scenario(cut="character"),
    "cut-at-end": Scenario(cut="end"),
    "eof": Scenario(events=_said("반쯤 쓴 답", finish=None), says_done=False),
    "eof-at-once": Scenario(body=b"", content_type="text/event-stream"),
    "error-bare": Scenario(inband=_OVERLOADED),
    "error-data": Scenario(inband=_as_event(_OVERLOADED)),
    "error-data-429": Scenario(inband=_as_event(_failure(429, _QUOTA_MESSAGE, _PER_MINUTE, _retry("0.05s")))),
    "error-first": Scenario(inband=_OVERLOADED, inband_after=0),
    "error-data-first": Scenario(inband=_as_event(_OVERLOADED), inband_after=0),
    "blank-then-error": Scenario(events=_said("\n\n", "아직"), inband=_OVERLOADED),
    "empty-stop-first": Scenario(events=(candidate(finish="STOP"), _one("하나 "), _one("둘", finish="STOP"))),
    "stop-on-each": Scenario(events=(_one("하나 ", finish="STOP"), _one("둘", finish="STOP"))),
    "stop-then-text": Scenario(events=(_one("하나", finish="STOP"), _one(" 그리고"))),
    "pings": Scenario(separator=b"\r\n\r\n: ping\r\n\r\n"),
    "finish-max-tokens": Scenario(events=_said("여기까지만", finish="MAX_TOKENS")),
    "finish-max-tokens-empty": Scenario(events=_said(finish="MAX_TOKENS")),
    **{
        f"finish-{reason.lower().replace('_', '-')}": Scenario(events=_said("못 할 말", finish=reason))
        for reason in (*BLOCKING, "OTHER", "LANGUAGE", "MALFORMED_FUNCTION_CALL", "A_REASON_OF_TOMORROW")
    },
    "stop-empty": Scenario(events=_said()),
    "blocked-prompt": Scenario(events=({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}},)),
    "empty-candidates": Scenario(events=({"candidates": []},)),
    "empty-object": Scenario(events=({},)),
    "huge": Scenario(events=_said("가" * 1_000_000), chunk_bytes=65_536),
    "html-200": Scenario(body=HTML, content_type="text/html"),
    "endless": Scenario(events=_said(*["가" * 10_000] * 300), chunk_bytes=65_536),
    "302": Scenario(status=302, body=b"", headers=((b"location", b"https://example.invalid/"),)),
    "400": Scenario(status=400, body=_failure(400, "Request contains an invalid argument.")),
    "400-key": Scenario(status=400, body=_failure(400, _DEAD_KEY_MESSAGE, _BAD_KEY)),
    "400-key-list": Scenario(status=400, body=b"[" + _failure(400, _DEAD_KEY_MESSAGE, _BAD_KEY) + b"]"),
    "403": Scenario(status=403, body=_failure(403, "Your API key was reported as leaked.")),
    "404": Scenario(status=404, body=_failure(404, "models/standin-404 is not found for API version v1beta.")),
    "408": Scenario(status=408, body=_failure(408, "The request timed out.")),
    "429-short": Scenario(status=429, body=_failure(429, _QUOTA_MESSAGE, _PER_MINUTE, _retry("0.05s"))),
    "429-now": Scenario(status=429, body=_failure(429, _QUOTA_MESSAGE, _PER_MINUTE, _retry("0s"))),
    "429-long": Scenario(status=429, body=_failure(429, _QUOTA_MESSAGE, _PER_MINUTE, _retry("45.837906927s"))),
    "429-per-day": Scenario(status=429, body=_failure(429, _QUOTA_MESSAGE, _PER_DAY, _retry("0.05s"))),
    "429-limit-0": Scenario(status=429, body=_failure(429, _NO_QUOTA_MESSAGE)),
    "429-bare": Scenario(status=429, body=_failure(429, "Resource has been exhausted.")),
    "500-huge": Scenario(status=500, body=b"x" * 10_000_000, chunk_bytes=65_536),
    "500": Scenario(status=500, body=_failure(500, "An internal error has occurred.")),
    "502": Scenario(status=502, body=HTML, content_type="text/html"),
    "503": Scenario(status=503, body=_OVERLOADED),
    "503-twice": Scenario(status=503, body=_OVERLOADED, failures=2),
    "504": Scenario(status=504, body=_failure(504, "The request timed out. Please try again.")),
}


def in_deltas(text: str) -> tuple[Event, ...]:
    """Word by word, so that whoever watches sees it being written."""
    return _said(*re.findall(r"\S+\s*", text))
