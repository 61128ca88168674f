"""The stand-in as an OpenAI-compatible endpoint: what it accepts, what it says, and how it fails.

Unknown fields are refused as OpenAI refuses them, so that a misspelt field fails here and not first in production.
"""

from dataclasses import replace
from typing import Any

import msgspec

from assistant.standin.gemini import PROMPT_TOKENS, TOKENS_A_DELTA
from assistant.standin.requests import Refused
from assistant.standin.scenarios import BLOCKING, HTML, SCENARIOS, Event, Scenario

_FINISH = {"STOP": "stop", "MAX_TOKENS": "length"} | dict.fromkeys(BLOCKING, "content_filter")


class OpenAIRefused(Refused):
    """A request that the endpoint would refuse, with the body it would send."""

    def __init__(self, code: int, message: str, *, kind: str | None = None) -> None:
        super().__init__(code, message)
        self.body = openai_error(message, code=kind)


def openai_error(message: str, *, kind: str = "invalid_request_error", code: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


# --- requests ----------------------------------------------------------------------------------


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    pass


class ChatMessage(_Strict):
    role: str
    content: str


class StreamOptions(_Strict):
    include_usage: bool = False


class ChatRequest(_Strict):
    model: str
    messages: list[ChatMessage]
    max_tokens: int | None = None
    temperature: float | None = None
    stream: bool = False
    stream_options: StreamOptions | None = None


def read_chat_request(body: bytes) -> ChatRequest:
    """The request in `body`. Raises OpenAIRefused."""
    try:
        request = msgspec.json.decode(body, type=ChatRequest)
    except msgspec.DecodeError as error:
        raise OpenAIRefused(400, f"Invalid request: {error}") from error
    if not request.messages:
        raise OpenAIRefused(400, "Invalid 'messages': empty array.")
    if request.stream_options is not None and not request.stream:
        raise OpenAIRefused(400, "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
    return request


# --- scenarios ---------------------------------------------------------------------------------


def _failure(status: int, error: dict[str, Any], **headers: str) -> Scenario:
    pairs = tuple((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items())
    return Scenario(status=status, body=msgspec.json.encode(error), headers=pairs)


_BUSY = openai_error("Rate limit reached for requests", kind="requests", code="rate_limit_exceeded")
_UNPAID = openai_error("You exceeded your current quota.", kind="insufficient_quota", code="insufficient_quota")
_BROKEN = openai_error("The server had an error while processing your request.", kind="server_error")
_DEAD_KEY = openai_error("Incorrect API key provided.", code="invalid_api_key")
_NO_MODEL = openai_error("The model does not exist.", code="model_not_found")
_FILTERED = openai_error("The response was filtered.", code="content_filter")

# the same names as Gemini's scenarios: what differs is said in the words of this format
OPENAI_SCENARIOS: dict[str, Scenario] = SCENARIOS | {
    "400": _failure(400, openai_error("Invalid value.")),
    "400-filter": _failure(400, _FILTERED),
    "401": _failure(401, _DEAD_KEY),
    "403": _failure(403, openai_error("Country not supported.", code="unsupported_country_region_territory")),
    "404": _failure(404, _NO_MODEL),
    "408": _failure(408, openai_error("Request timed out.", kind="timeout")),
    "429-now": _failure(429, _BUSY, retry_after="0"),
    "429-short": _failure(429, _BUSY, retry_after="0.05"),
    "429-long": _failure(429, _BUSY, retry_after="46"),
    "429-date": _failure(429, _BUSY, retry_after="Sun, 22 Nov 2026 12:00:00 GMT"),
    "429-bare": _failure(429, _BUSY),
    "429-unpaid": _failure(429, _UNPAID),
    "no-reason": Scenario(events=SCENARIOS["eof"].events),  # but `[DONE]`
    "500": _failure(500, _BROKEN),
    "500-text": _failure(500, {"error": "model runner has unexpectedly stopped"}),  # as Ollama says it
    "502": Scenario(status=502, body=HTML, content_type="text/html"),
    "503": _failure(503, _BROKEN),
    "503-twice": replace(_failure(503, _BROKEN), failures=2),
    "504": _failure(504, _BROKEN),
    "error-bare": Scenario(inband=msgspec.json.format(msgspec.json.encode(_BROKEN))),
    "error-data": Scenario(inband=b"data: " + msgspec.json.encode(_BROKEN) + b"\n\n"),
    "error-data-429": Scenario(inband=b"data: " + msgspec.json.encode(_BUSY) + b"\n\n"),
}


# --- answers -----------------------------------------------------------------------------------


def openai_pieces(scenario: Scenario, request: ChatRequest) -> list[bytes]:
    """The body in the pieces that a stream has; a unary answer is one piece."""
    if scenario.body is not None:
        return [scenario.body]
    said = [_said(event) for event in scenario.events or ()]
    if not request.stream:
        return [scenario.inband.removeprefix(b"data: ") or msgspec.json.encode(_in_one_piece(said, request.model))]
    chunks = [_chunk(request.model, choices=[choice]) if choice else _chunk(request.model) for choice in said]
    if request.stream_options is not None and request.stream_options.include_usage:
        chunks.append(_chunk(request.model, usage=_usage(len(said))))
    pieces = [b"data: " + msgspec.json.encode(chunk) + scenario.separator for chunk in chunks]
    if scenario.inband:
        return [*pieces[: scenario.inband_after], scenario.inband]
    return [*pieces, b"data: [DONE]" + scenario.separator] if scenario.says_done else pieces


def _said(event: Event) -> dict[str, Any] | None:
    """Gemini's event as a choice: its text and thoughts, and its end."""
    if not event.get("candidates"):
        return None
    [candidate] = event["candidates"]
    parts = candidate.get("content", {}).get("parts", ())
    delta = {
        "content": "".join(part["text"] for part in parts if not part.get("thought")),
        "reasoning_content": "".join(part["text"] for part in parts if part.get("thought")),
    }
    reason = candidate.get("finishReason")
    return {"index": 0, "delta": delta, "finish_reason": reason and _FINISH.get(reason, reason.lower())}


def _in_one_piece(said: list[dict[str, Any] | None], model: str) -> dict[str, Any]:
    choices = [choice for choice in said if choice]
    if not choices:
        return _chunk(model, usage=_usage(1))
    fields = ("content", "reasoning_content")
    message = {name: "".join(choice["delta"][name] for choice in choices) for name in fields}
    last = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": choices[-1]["finish_reason"]}
    return _chunk(model, choices=[last], usage=_usage(len(said))) | {"object": "chat.completion"}


def _chunk(model: str, *, choices: list[Any] | None = None, usage: dict[str, int] | None = None) -> dict[str, Any]:
    return {
        "id": "stand-in",
        "object": "chat.completion.chunk",
        "created": 1_763_800_000,
        "model": f"{model} (stand-in)",
        "choices": choices or [],
        "usage": usage,
    }


def _usage(deltas: int) -> dict[str, int]:
    spoken = deltas * TOKENS_A_DELTA
    return {
        "prompt_tokens": PROMPT_TOKENS,
        "completion_tokens": spoken,
        "total_tokens": PROMPT_TOKENS + spoken,
    }
