"""What the stand-in says, in Gemini's words: a scenario's events as the bytes of a stream or of one answer."""

from typing import Any

import msgspec

from assistant.standin.scenarios import Event, Scenario, candidate

PROMPT_TOKENS = 11  # made up, as are the other counts
TOKENS_A_DELTA = 4


def gemini_pieces(scenario: Scenario, model: str, *, streamed: bool, as_events: bool) -> list[bytes]:
    """The body in the pieces that a stream has; a unary answer is one. Without `alt=sse` a stream is a list."""
    if scenario.body is not None:
        return [scenario.body]
    events = [_complete(event, model, number) for number, event in enumerate(scenario.events or (), start=1)]
    if not streamed:
        return [scenario.inband.removeprefix(b"data: ") or msgspec.json.encode(_in_one_piece(events))]
    encoded = [msgspec.json.encode(event) for event in events]
    if not as_events:
        return [b"[" + b",\r\n".join(encoded) + b"]"]
    pieces = [b"data: " + line + scenario.separator for line in encoded]
    return [*pieces[: scenario.inband_after], scenario.inband] if scenario.inband else pieces


def _complete(event: Event, model: str, number: int) -> Event:
    """The event with what Gemini adds to each: counts so far, the version, an id."""
    spoken = number * TOKENS_A_DELTA
    usage = {
        "promptTokenCount": PROMPT_TOKENS,
        "candidatesTokenCount": spoken,
        "totalTokenCount": PROMPT_TOKENS + spoken,
    }
    return {**event, "usageMetadata": usage, "modelVersion": f"{model} (stand-in)", "responseId": "stand-in"}


def _in_one_piece(events: list[Event]) -> Event:
    candidates = [found for event in events for found in event.get("candidates", ())]
    if not candidates:
        return events[-1]
    parts = [part for found in candidates for part in found.get("content", {}).get("parts", ())]
    reasons = [found["finishReason"] for found in candidates if "finishReason" in found]
    return {**events[-1], **candidate(*_joined(parts), finish=reasons[-1] if reasons else None)}


def _joined(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Neighbouring texts as one part, as in Gemini's own unary answers; thoughts stay apart."""
    joined: list[dict[str, Any]] = []
    for part in parts:
        if joined and joined[-1].keys() == part.keys() == {"text"}:
            joined[-1] = {"text": joined[-1]["text"] + part["text"]}
        else:
            joined.append(part)
    return joined
