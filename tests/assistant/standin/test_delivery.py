"""How the stand-in's bytes arrive. That our client and Google's SDK cope with them is tested with those."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from assistant.standin.server import StandIn

KEY_HEADER = {"x-goog-api-key": "x"}
HELLO = {"contents": [{"parts": [{"text": ">[Alice]: 안녕"}]}]}


async def stream(url: str, scenario: str, query: str = "?alt=sse") -> bytes:
    """All bytes of the stream, also where the connection is cut."""
    path = f"{url}/v1beta/models/standin-{scenario}:streamGenerateContent{query}"
    received = b""
    async with httpx.AsyncClient(headers=KEY_HEADER, trust_env=False) as client:
        try:
            async with client.stream("POST", path, json=HELLO) as response:
                async for chunk in response.aiter_raw():
                    received += chunk
        except httpx.RemoteProtocolError:
            received += b"<cut>"
    return received


@pytest.mark.parametrize(("scenario", "separator"), [("ok", "\r\n\r\n"), ("lf", "\n\n"), ("cr", "\r\r")])
async def test_events_are_separated_as_servers_do_it(gemini_url: str, scenario: str, separator: str) -> None:
    events = (await stream(gemini_url, scenario)).decode().split(separator)

    assert events.pop() == ""
    assert len(events) > 2
    assert all(json.loads(event.removeprefix("data: ")) for event in events)
    assert "[DONE]" not in events[-1]


async def test_without_events_a_stream_is_a_list(gemini_url: str) -> None:
    assert len(json.loads(await stream(gemini_url, "ok", query=""))) > 2


async def test_a_line_separator_stands_unescaped_in_the_text(gemini_url: str) -> None:
    assert "\u2028" in (await stream(gemini_url, "multipart")).decode()


async def test_a_stream_can_break_inside_a_character(gemini_url: str) -> None:
    body = (await stream(gemini_url, "cut-character")).removesuffix(b"<cut>")

    with pytest.raises(UnicodeDecodeError, match="unexpected end of data"):
        body.decode()


async def test_a_stream_can_break_inside_an_event(gemini_url: str) -> None:
    body = await stream(gemini_url, "cut-event")

    assert body.endswith(b"<cut>")
    with pytest.raises(json.JSONDecodeError):
        json.loads(body.removesuffix(b"<cut>").rsplit(b"data: ", 1)[1])


async def test_a_stream_can_end_in_order_without_saying_so(gemini_url: str) -> None:
    body = await stream(gemini_url, "eof")

    assert body.endswith(b"\r\n\r\n")
    assert b"finishReason" not in body


async def test_an_error_can_come_in_the_middle_with_or_without_its_label(gemini_url: str) -> None:
    bare, labelled = await stream(gemini_url, "error-bare"), await stream(gemini_url, "error-data")

    assert b'\r\n\r\n{\n  "error": {' in bare
    assert b'\r\n\r\ndata: {"error":{' in labelled
    assert bare.startswith(b'data: {"candidates"')


@pytest.mark.parametrize(("scenario", "size"), [("chunks-1", 1), ("chunks-7", 7)])
async def test_a_stream_can_come_in_crumbs(scenario: str, size: int) -> None:
    """Below HTTP, where nothing joins the crumbs again."""
    sent: list[Any] = []
    asked = [{"type": "http.request", "body": json.dumps(HELLO).encode(), "more_body": False}]

    async def receive() -> Any:
        return asked.pop() if asked else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/v1beta/models/standin-{scenario}:streamGenerateContent",
        "query_string": b"alt=sse",
        "headers": [(b"x-goog-api-key", b"x")],
    }
    await StandIn()(scope, receive, send)

    chunks = [message["body"] for message in sent if message.get("body")]
    assert {len(chunk) for chunk in chunks[:-1]} == {size}
    assert b"".join(chunks).startswith(b'data: {"candidates"')
