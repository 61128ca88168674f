"""What every request and handshake passes before anything else: who asks by which scheme, and for which host.

An ASGI wrapper around the whole application, so that sockets are held to the rules that Django has for its views.
"""

import logging
import re
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from chatproject.errors import ChatError, HeadersTooLarge, InvalidInput
from chatproject.http.proxies import Proxies
from chatproject.http.refusals import refuse
from chatproject.origins import DEFAULT_PORTS

HEADERS_MAX_BYTES = 64 * 1024  # the cookies of a big site are some 8 KiB, and proxies allow 32 at most
HEADERS_MAX = 200  # browsers send 20, proxies add as many
CONTENT_TYPE_MAX_BYTES = 256  # Django reads 60 KB of one for a second
HOST_MAX_CHARACTERS = 512  # a name has 253 at most; longer ones were never allowed, nor kept
HOSTS_KEPT = 256
# RFC 9112, 3.2.2, and what WebSocket clients write there
_ABSOLUTE = re.compile(rb"(?:https?|wss?)://([^/]*)(.*)", re.IGNORECASE | re.DOTALL)

logger = logging.getLogger(__name__)


class _TurnedAway(Exception):
    """Carries the failure that the client is told; `reason` is for the log and for sockets."""

    def __init__(self, error: ChatError, reason: str) -> None:
        self.error, self.reason = error, reason
        super().__init__(reason)


class Entrance:
    """Sees through proxies, reads absolute targets, and refuses what no application may get."""

    def __init__(self, application: Any, *, proxies: Proxies) -> None:
        self._application = application
        self._proxies = proxies

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return
        seen = self._proxies.see_through(scope)
        headers, size = _quick_headers(seen)
        scope = {**seen, "headers": headers}
        try:
            _check_size(size, len(headers))
            if not scope["path"].startswith("/"):
                scope = _with_plain_target(scope)
            if scope["type"] == "websocket":
                _check_host(scope)
        except _TurnedAway as refusal:
            await _turn_away(scope, receive, send, refusal)
        else:
            await self._application(scope, receive, send)


def _quick_headers(scope: dict[str, Any]) -> tuple[list[tuple[bytes, bytes]], int]:
    """The headers, and how many bytes they have.

    Without what takes very long to read: cookies with escapes, of which Python before 3.11.10 and 3.12.6 takes
    the quotes off in quadratic time (ours have none), and endless content types.
    """
    headers, size = [], 0
    for name, value in scope["headers"]:
        if name == b"host":
            value = _plain_host(value, scope)
        elif name == b"cookie" and b"\\" in value:
            value = b";".join(cookie for cookie in value.split(b";") if b"\\" not in cookie)
        elif name == b"content-type" and len(value) > CONTENT_TYPE_MAX_BYTES:
            continue
        size += len(name) + len(value)
        headers.append((name, value))
    return headers, size


def _check_size(size: int, headers: int) -> None:
    if size > HEADERS_MAX_BYTES or headers > HEADERS_MAX:
        raise _TurnedAway(HeadersTooLarge(), "headers too large")


def _plain_host(host: bytes, scope: dict[str, Any]) -> bytes:
    """In lower case and without the scheme's own port, as browsers' origins are."""
    return host.lower().removesuffix(b":%d" % DEFAULT_PORTS[scope.get("scheme", "http")])


def _with_plain_target(scope: dict[str, Any]) -> dict[str, Any]:
    """The scope of `GET http://host/path`, as that of `GET /path` with this Host, whatever the header said."""
    found = _ABSOLUTE.fullmatch(scope.get("raw_path") or scope["path"].encode())
    if found is None:
        return scope
    host, path = found[1], found[2] or b"/"
    if not host or b"@" in host:
        raise _TurnedAway(InvalidInput(), "no host in the target")
    others = [(name, value) for name, value in scope["headers"] if name != b"host"]
    headers = [(b"host", _plain_host(host, scope)), *others]
    return {**scope, "path": unquote(path.decode()), "raw_path": path, "headers": headers}


def _check_host(scope: dict[str, Any]) -> None:
    """Hold a handshake to the rule of Django's `get_host`."""
    host = dict(scope["headers"]).get(b"host", (scope.get("server") or ("unknown",))[0])
    text = host if isinstance(host, str) else host.decode("latin-1")
    if len(text) > HOST_MAX_CHARACTERS or not _is_allowed(text, tuple(settings.ALLOWED_HOSTS)):
        raise _TurnedAway(InvalidInput(), "host not allowed")


@lru_cache(HOSTS_KEPT)
def _is_allowed(host: str, allowed: tuple[str, ...]) -> bool:
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)


async def _turn_away(scope: Any, receive: Any, send: Any, refusal: _TurnedAway) -> None:
    """Answer with the failure, and log it: nothing behind this has seen the request."""
    status = refusal.error.http_status
    logger.info("turned away with %d: %s", status, refusal.reason, extra={"kind": scope["type"]})
    if scope["type"] == "http":
        await refuse(scope, send, refusal.error, closes=True)
    elif "websocket.http.response" in scope.get("extensions", {}):
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": refusal.reason.encode()})
    else:
        await receive()  # the event that asks to connect
        await send({"type": "websocket.close"})
