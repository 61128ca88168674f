"""How the stand-in's bytes go out: in one piece or as a stream, slowly, in crumbs, cut off, or never."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import msgspec

from assistant.standin.scenarios import JSON_TYPE, Headers, Scenario

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Respond:
    """One HTTP response, over ASGI's `send`. Every one is labelled."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def start(self, status: int, content_type: str, headers: Headers = ()) -> None:
        labels = [(b"content-type", content_type.encode()), (b"server", b"gemini-stand-in")]
        await self._send({"type": "http.response.start", "status": status, "headers": [*labels, *headers]})

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
    scenario: Scenario, pieces: list[bytes], receive: Receive, respond: Respond, *, as_events: bool
) -> bool:
    """Play the scenario. False if the client hung up before the end."""
    chunks = list(_chunks(scenario, pieces))
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
    if scenario.hangs_after == 0:
        await asyncio.Event().wait()
    await respond.start(scenario.status, content_type, scenario.headers)
    for number, chunk in enumerate(chunks, start=1):
        await respond.more(chunk)
        await asyncio.sleep(scenario.drip_s)
        if number == scenario.hangs_after:
            await asyncio.Event().wait()
    if not scenario.cut:  # returning without an end makes the server cut the connection
        await respond.end()


def _chunks(scenario: Scenario, pieces: list[bytes]) -> Iterator[bytes]:
    if scenario.cut == "event":
        middle = len(pieces) // 2
        yield b"".join(pieces[:middle]) + pieces[middle][: len(pieces[middle]) // 2]
    elif scenario.cut == "character":
        yield _cut_in_character(b"".join(pieces))
    elif scenario.chunk_bytes:
        whole = b"".join(pieces)
        for start in range(0, len(whole), scenario.chunk_bytes):
            yield whole[start : start + scenario.chunk_bytes]
    else:
        yield from pieces


def _cut_in_character(body: bytes) -> bytes:
    """The body up to the first byte of the last character that has several."""
    lead = max(position for position, byte in enumerate(body) if byte >= 0xC0)
    return body[: lead + 1]
