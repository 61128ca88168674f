"""One request to a receiver and what came of it: within ten seconds, without redirects, little of the answer read.

By httpcore, the transport of httpx: a client with 32 connections looks at each of them for every request, which
took 2,700 µs of CPU (httpx's 1,700) where lanes of one connection each take 380 (httpx's 640).
"""

import asyncio
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import SplitResult

import httpcore

from chatproject.outgoing.answers import Answer, answer_of
from chatproject.outgoing.connecting import GuardedNetwork, RefusedAddress

REQUEST_MAX_S = 10.0  # from looking for the host to the last byte that is read
CONNECT_MAX_S = 3.0  # to each address of the host
ANSWER_MAX_BYTES = 65_536
ANSWER_REST_MAX_S = 2.0  # for what follows the status, which is read only so that the connection can be used again
KEEP_ALIVE_S = 4.0  # idle; below the 5 s after which common servers close
ERROR_MAX_CHARACTERS = 200

Headers = Sequence[tuple[bytes, bytes]]


class Receiver:
    """Where requests go, worked out once."""

    def __init__(self, parts: SplitResult, *, content_type: bytes = b"application/json") -> None:
        host = parts.hostname or ""
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.url = httpcore.URL(scheme=parts.scheme, host=host, port=parts.port, target=target)
        named = f"[{host}]" if ":" in host else host
        self._headers = [
            (b"host", (named if parts.port is None else f"{named}:{parts.port}").encode()),
            (b"user-agent", b"community-chat-events/1"),
            (b"accept-encoding", b"identity"),
            (b"content-type", content_type),
        ]

    def headers(self, body: bytes) -> Headers:
        return [*self._headers, (b"content-length", b"%d" % len(body))]


class Lane:
    """At most one connection, kept between requests, for one request at a time."""

    def __init__(self, network: GuardedNetwork, tls: ssl.SSLContext) -> None:
        self._network, self._tls = network, tls
        self._pool = self._new_pool()
        self._used_at = time.monotonic()

    async def post(self, receiver: Receiver, headers: Headers, body: bytes) -> Answer:
        """Send `body`. What goes wrong is an answer too; only a cancellation is raised."""
        is_whole = False
        try:
            async with asyncio.timeout(REQUEST_MAX_S):
                response = await self._pool.handle_async_request(_request(receiver, headers, body))
                with suppress(httpcore.NetworkError, httpcore.ProtocolError):  # the status counts
                    is_whole = await _read_rest(response)
                return _answer(response)
        except TimeoutError:
            return Answer(None, "timeout", f"no answer within {REQUEST_MAX_S:g} s")
        except httpcore.TimeoutException:
            return Answer(None, "timeout", f"no connection within {CONNECT_MAX_S:g} s")
        except RefusedAddress:
            return Answer(None, "refused", "the host has only addresses that nothing is sent to")
        except httpcore.ConnectError as error:
            return Answer(None, "connect", _described(error))
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            return Answer(None, "dropped", type(error).__name__)  # some of their texts quote headers
        finally:
            self._used_at = time.monotonic()
            if not is_whole:
                await self._begin_anew()

    def is_unused(self) -> bool:
        """Whether its connection has been idle for so long that it would not be used again."""
        return time.monotonic() - self._used_at > KEEP_ALIVE_S

    async def close(self) -> None:
        await self._pool.aclose()

    async def _begin_anew(self) -> None:
        """Away with a connection that has something left unread, and with a pool that takes one for in use."""
        pool, self._pool = self._pool, self._new_pool()
        await pool.aclose()

    def _new_pool(self) -> httpcore.AsyncConnectionPool:
        return httpcore.AsyncConnectionPool(
            self._tls, max_connections=1, keepalive_expiry=KEEP_ALIVE_S, network_backend=self._network
        )


def _request(receiver: Receiver, headers: Headers, body: bytes) -> httpcore.Request:
    return httpcore.Request(
        b"POST",
        receiver.url,
        headers=[*receiver.headers(body), *headers],
        content=body,
        extensions={"timeout": {"connect": CONNECT_MAX_S}},
    )


async def _read_rest(response: httpcore.Response) -> bool:
    """Whether the answer ended within our bounds; then its connection can be used again."""
    size = 0
    try:
        async with asyncio.timeout(ANSWER_REST_MAX_S):
            async for chunk in response.aiter_stream():
                size += len(chunk)
                if size > ANSWER_MAX_BYTES:
                    return False
    except TimeoutError:
        return False
    finally:
        await response.aclose()
    return True


def _answer(response: httpcore.Response) -> Answer:
    said = (value.decode("latin-1") for name, value in response.headers if name.lower() == b"retry-after")
    return answer_of(response.status, retry_after=next(said, None), now=time.time())


def _described(error: Exception) -> str:
    """By what it began with: around that is only that all addresses were tried."""
    cause = error.__cause__ or error.__context__ or error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return f"{type(cause).__name__}: {cause}"[:ERROR_MAX_CHARACTERS]
