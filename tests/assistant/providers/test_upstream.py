"""What goes over the wire, whoever is asked: bounded, without detours, and only with a key that can be sent."""

import asyncio
import socket
from typing import Any

import pytest
from msgspec.json import encode

from assistant.providers.upstream import sendable_key
from assistant.standin.server import StandIn
from chatproject.errors import ModelFailed
from tests.assistant.conftest import PROMPT, TIMEOUT_S, MakeGemini, ask, failing, serving


@pytest.mark.parametrize(("key", "sent"), [(" a-key\n", "a-key"), ("a\nb", ""), ("a\x7fb", ""), ("키", "")])
def test_a_key_that_no_header_can_hold_is_none(key: str, sent: str) -> None:
    assert sendable_key(key) == sent


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize("scenario", ["huge", "endless", "500-huge"])
async def test_what_is_endless_is_not_read_to_its_end(
    make_gemini: MakeGemini, standin: StandIn, scenario: str, watched: bool
) -> None:
    error = await failing(make_gemini(scenario), [] if watched else None)

    assert isinstance(error, ModelFailed)
    async with asyncio.timeout(TIMEOUT_S):
        await standin.wait_until(lambda standin: standin.under_way == 0)
    assert standin.hung_up == len(standin.received)


async def test_a_server_that_goes_on_after_the_answer_takes_nothing_from_it(
    make_gemini: MakeGemini, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.providers.upstream.MORE_WORDS_S", 0.3)
    is_over = asyncio.Event()

    async def chatterbox(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        chunk = b'data: {"candidates":[{"content":{"parts":[{"text":"Hi."}]},"finishReason":"STOP"}]}\n\n'
        while not is_over.is_set():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            chunk = b": still here\n\n"
            await asyncio.sleep(0.01)

    async with serving(chatterbox) as url:
        try:
            answer = await ask(make_gemini(url=url), [])
        finally:
            is_over.set()

    assert (answer.text, answer.truncated) == ("Hi.", False)


async def test_an_end_in_every_chunk_ends_nothing_however_slowly_they_come(
    make_gemini: MakeGemini, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "assistant.providers.upstream.LAST_WORDS_S", 0.05
    )  # gives no answer less time to be written
    words, seen = ["오늘 ", "점심은 ", "김치찌개 ", "어때요?"], list[str]()
    paused = asyncio.Event()

    async def gateway(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for word in words:
            chunk = {"candidates": [{"content": {"parts": [{"text": word}]}, "finishReason": "STOP"}]}
            await send({"type": "http.response.body", "body": b"data: %s\n\n" % encode(chunk), "more_body": True})
            await asyncio.wait_for(paused.wait(), TIMEOUT_S)
            await asyncio.sleep(0.1)
        await send({"type": "http.response.body", "body": b""})

    def show(text: str) -> None:
        seen.append(text)
        paused.set()

    async with serving(gateway) as url:
        answer = await make_gemini(url=url).stream(PROMPT, deadline_s=TIMEOUT_S, show=show)

    assert answer.text == "".join(words) == "".join(seen)


async def test_a_server_that_does_not_stream_is_read_all_the_same(make_gemini: MakeGemini) -> None:
    async def unary(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"application/json; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        events = [{"candidates": [{"content": {"parts": [{"text": text}]}}]} for text in ("하나", "둘")]
        await send({"type": "http.response.body", "body": encode(events)})

    shown: list[str] = []
    async with serving(unary) as url:
        answer = await ask(make_gemini(url=url), shown)

    assert (answer.text, "".join(shown)) == ("하나둘", "하나둘")


async def test_a_server_that_is_not_there_is_a_failure_of_the_model(make_gemini: MakeGemini) -> None:
    with socket.socket() as taken:  # so that nobody else comes to listen there
        taken.bind(("127.0.0.1", 0))
        nobody_listens = f"http://127.0.0.1:{taken.getsockname()[1]}"

        assert isinstance(await failing(make_gemini(url=nobody_listens)), ModelFailed)


async def test_no_redirect_and_no_proxy_is_followed(
    make_gemini: MakeGemini, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = StandIn()
    async with serving(other) as elsewhere:
        monkeypatch.setenv("HTTP_PROXY", elsewhere)
        monkeypatch.setenv("ALL_PROXY", elsewhere)
        await failing(make_gemini("302"))
        await ask(make_gemini())

    assert not other.received


WORDS = [
    b'{"candidates":[{"content":{"parts":[{"text":"%d"}]},"finishReason":"STOP"}]}' % number for number in (1, 2)
]
STREAM = b"".join(b"data: %s\n\n" % words for words in WORDS)


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize("content_type", [b"application/json", b"text/event-stream", b"text/plain"])
@pytest.mark.parametrize("body", [STREAM, b"\xef\xbb\xbf: hello\n\n" + STREAM, b"[%s]" % b",".join(WORDS)])
async def test_an_answer_is_read_for_what_it_is_and_not_for_what_it_is_called(
    make_gemini: MakeGemini, body: bytes, content_type: bytes, watched: bool
) -> None:
    async def gateway(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", content_type)]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    shown: list[str] = []
    async with serving(gateway) as url:
        assert (await ask(make_gemini(url=url), shown if watched else None)).text == "12"
    assert "".join(shown) == ("12" if watched else "")


async def test_an_answer_whose_every_piece_says_the_end_is_none_where_the_connection_is_lost(
    make_gemini: MakeGemini,
) -> None:
    async def gateway(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/event-stream"), (b"content-length", b"%d" % (2 * len(STREAM)))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": STREAM, "more_body": True})
        raise ConnectionResetError

    async with serving(gateway) as url:
        assert isinstance(await failing(make_gemini(url=url), []), ModelFailed)


async def test_an_answer_whose_every_piece_says_the_end_is_marked_where_nothing_comes_any_more(
    make_gemini: MakeGemini, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.providers.upstream.MORE_WORDS_S", 0.1)
    is_over = asyncio.Event()

    async def gateway(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": STREAM, "more_body": True})
        await is_over.wait()

    async with serving(gateway) as url:
        try:
            answer = await ask(make_gemini(url=url), [])
        finally:
            is_over.set()
    assert (answer.text, answer.truncated) == ("12", True)
