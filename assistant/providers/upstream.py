"""HTTP to a provider of models: bytes bounded, redirects and proxies refused, the key in a header only.

Knows no provider's URLs or JSON. Nothing it raises holds the key, the prompt or the answer.
"""

import asyncio
from collections.abc import Callable, Mapping

import httpx
import msgspec

from assistant.providers.event_stream import BEGINS_A_STREAM, BYTE_ORDER_MARK, EventStream, EventTooLarge
from assistant.providers.provider import Answer, CallFailed, CallRecord, Show, passing_failure
from assistant.providers.reading import Reading
from chatproject.errors import ModelFailed

CONNECT_TIMEOUT_S = 3.0
ANSWER_MAX_BYTES = 1_048_576  # an honest answer has some kilobytes, as a stream some hundred
EVENT_MAX_BYTES = 262_144
ERROR_MAX_BYTES = 65_536
# how long to wait for what follows the end of an answer, such as the count of tokens
LAST_WORDS_S = 2.0  # behind the end of the stream, which only the connection's own can follow
MORE_WORDS_S = 10.0  # behind the end of the answer, which some gateways put into every chunk, slow ones too

ReadFailure = Callable[[int, Mapping[str, str], bytes], CallFailed]


def sendable_key(key: str) -> str:
    """The key as it can stand in a header; "" for one that cannot: h11 would name it in its exception."""
    key = key.strip()
    return key if key.isascii() and key.isprintable() else ""


class Upstream:
    """One per process: it holds the connections. `read_failure` says what a status, headers and body tell."""

    def __init__(self, *, headers: Mapping[str, str], read_failure: ReadFailure) -> None:
        self._read_failure = read_failure
        self._http = httpx.AsyncClient(
            headers={
                **headers,
                "content-type": "application/json",
                "accept-encoding": "identity",  # so that the bytes counted are the bytes decoded
            },
            # a dripping server never trips a read time-out: the caller's deadline ends a call, nothing else
            timeout=httpx.Timeout(None, connect=CONNECT_TIMEOUT_S),
            follow_redirects=False,
            trust_env=False,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def post(
        self, url: str, request: object, reading: Reading, record: CallRecord, show: Show | None = None
    ) -> Answer:
        """Send `request` as JSON, read the answer: a stream where there is `show`. Raises CallFailed."""
        try:
            async with self._http.stream("POST", url, content=msgspec.json.encode(request)) as response:
                if not response.is_success:  # 201 is what some frameworks answer to any POST
                    body = await _read_start(response)
                    raise self._read_failure(response.status_code, response.headers, body)
                record.was_read = True
                try:
                    if show is None or _is_json(response):  # it need not stream, whatever it was asked for
                        _add_body(await _read_whole(response), reading, show)
                    else:
                        await _read_events(response, reading, show)
                finally:
                    record.model_served = reading.model_served
        except httpx.HTTPError as error:  # holds the request and so the key: only its name goes on
            failure = passing_failure(f"http-{type(error).__name__}")
        else:
            return reading.finish()
        raise failure


async def _read_start(response: httpx.Response) -> bytes:
    """The first bytes of a failure: enough for every honest one."""
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) >= ERROR_MAX_BYTES:
            break
    return bytes(body[:ERROR_MAX_BYTES])


async def _read_whole(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > ANSWER_MAX_BYTES:
            raise _too_large()
    return bytes(body)


async def _read_events(response: httpx.Response, reading: Reading, show: Show) -> None:
    """Read to the end of the stream. What goes wrong after the end of the answer does no harm any more."""
    events, size = EventStream(event_max_bytes=EVENT_MAX_BYTES), 0
    try:
        async with asyncio.timeout(None) as last_words:
            async for chunk in response.aiter_raw():
                size += len(chunk)
                if size > ANSWER_MAX_BYTES:
                    raise _too_large()
                had_ended, come = reading.has_ended, events.feed(chunk)
                for event in come:
                    _show(reading.add(event), show)
                if come and not had_ended:  # comments and what follows the end give no more time
                    last_words.reschedule(_wait_until(reading))
            _add_end(events, reading, show)
    except EventTooLarge:
        raise _too_large() from None
    except httpx.HTTPError:
        if not reading.is_whole:
            raise
    except TimeoutError:
        if not reading.may_be_whole:
            raise
        reading.cut()


def _add_body(body: bytes, reading: Reading, show: Show | None) -> None:
    """Read a body that is complete: as one answer, or as the events that some servers send unasked."""
    if not body.removeprefix(BYTE_ORDER_MARK).lstrip().startswith(BEGINS_A_STREAM):
        return _show(reading.add_whole(body), show)
    try:
        events = EventStream(event_max_bytes=EVENT_MAX_BYTES)
        for event in events.feed(body):
            _show(reading.add(event), show)
        _add_end(events, reading, show)
    except EventTooLarge:
        raise _too_large() from None


def _add_end(events: EventStream, reading: Reading, show: Show | None) -> None:
    for event in events.end():
        _show(reading.add(event), show)
    if rest := events.strays():
        _show(reading.add_rest(rest), show)


def _wait_until(reading: Reading) -> float | None:
    """When, by the loop's clock, to wait no longer for more; None while the answer cannot be whole."""
    if not reading.may_be_whole:
        return None
    return asyncio.get_running_loop().time() + (LAST_WORDS_S if reading.has_ended else MORE_WORDS_S)


def _is_json(response: httpx.Response) -> bool:
    content_type: str = response.headers.get("content-type", "")
    return content_type.partition(";")[0].strip().lower() == "application/json"


def _show(text: str, show: Show | None) -> None:
    if text and show is not None:
        show(text)


def _too_large() -> CallFailed:
    return CallFailed("too-large", ModelFailed())
