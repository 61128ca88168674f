"""How the stand-in's bytes go out: in one piece or as a stream, slowly, in crumbs, cut off, or never."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import msgspec

from assistant.standin_scenarios import JSON_TYPE, Event, Scenario, candidate

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PROMPT_TOKENS = 11  # made up, as are the other counts
_LAST_BYTES_CUT = 20


class Respond:
    """One HTTP response, over ASGI's `send`. Every one is labelled."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def start(self, status: int, content_type: str, *, location: str = "") -> None:
        headers = [(b"content-type", content_type.encode()), (b"server", b"gemini-stand-in")]
        if location:
            headers.append((b"location", location.encode()))
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def more(self, chunk: bytes) -> None:
        await self._send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def end(self) -> None:
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def body(self, status: int, body: bytes, content_type: str) -> None:
        await self.start(status, content_type)
        await self.more(body)
        await self.end()

    async def json(self, status: int, body: Any) -> None:
        await self.body(status, msgspec.json.encode(body), JSON_TYPE)


async def respond_with(
    scenario: Scenario, receive: Receive, respond: Respond, *, model: str, streamed: bool, as_events: bool
) -> bool:
    """Play the scenario. False if the client hung up before the end."""
    chunks = list(_chunks(scenario, _pieces(scenario, model, streamed=streamed, as_events=as_events)))
    is_event_stream = as_events and scenario.status == 200 and scenario.body is None
    content_type = "text/event-stream" if is_event_stream else scenario.content_type
    answering = asyncio.create_task(_send_chunks(scenario, chunks, respond, content_type))
    leaving = asyncio.create_task(_hang_up(receive))
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finished = answering.done()
        if finished:
            answering.result()
    finally:
        answering.cancel()
        leaving.cancel()
        await asyncio.wait({answering, leaving})
    return finished


async def _hang_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_chunks(scenario: Scenario, chunks: list[bytes], respond: Respond, content_type: str) -> None:
    await asyncio.sleep(scenario.first_byte_after_s)
    if scenario.hangs:
        await asyncio.Event().wait()
    await respond.start(scenario.status, content_type, location=scenario.location)
    for chunk in chunks:
        await respond.more(chunk)
        await asyncio.sleep(scenario.drip_s)
    if not scenario.cut:  # returning without an end makes the server cut the connection
        await respond.end()


def _pieces(scenario: Scenario, model: str, *, streamed: bool, as_events: bool) -> list[bytes]:
    """The body in the pieces that a stream has; a unary answer and a failure are one piece."""
    if scenario.body is not None:
        return [scenario.body]
    events = [_complete(event, model, number) for number, event in enumerate(scenario.events or (), start=1)]
    if not streamed:
        return [scenario.inband.removeprefix(b"data: ") or msgspec.json.encode(_in_one_piece(events))]
    encoded = [msgspec.json.encode(event) for event in events]
    if not as_events:
        return [b"[" + b",\r\n".join(encoded) + b"]"]
    pieces = [b"data: " + line + scenario.separator for line in encoded]
    return [pieces[0], scenario.inband] if scenario.inband else pieces


def _complete(event: Event, model: str, number: int) -> Event:
    """The event with what Gemini adds to each: counts so far, the version, an id."""
    spoken = number * 4
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


def _chunks(scenario: Scenario, pieces: list[bytes]) -> Iterator[bytes]:
    if scenario.cut:
        yield _cut(b"".join(pieces), scenario.cut)
    elif scenario.chunk_bytes:
        whole = b"".join(pieces)
        for start in range(0, len(whole), scenario.chunk_bytes):
            yield whole[start : start + scenario.chunk_bytes]
    else:
        yield from pieces


def _cut(body: bytes, where: str) -> bytes:
    """The body without its end; "character": it ends inside the last character that has several bytes."""
    if where == "event":
        return body[:-_LAST_BYTES_CUT]
    lead = max(position for position, byte in enumerate(body) if byte >= 0xC0)
    return body[: lead + 1]
