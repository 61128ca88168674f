"""The head of a WebSocket handshake, where it came whole and is as clients write it: read in one go. Pure.

Whatever is unusual is left to h11 and to the library behind it, which take ten times as long and know every rule.
"""

import binascii
from typing import NamedTuple
from urllib.parse import unquote

HEAD_MAX_BYTES = 4 * 1024  # browsers send 600, and 300 more of a token
_PLAIN = bytes(range(0x20, 0x7F)) + b"\r\n"
_NAME = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"  # RFC 9110, 5.6.2
_ONCE = frozenset((b"host", b"connection", b"upgrade", b"origin", b"sec-websocket-key", b"sec-websocket-version"))
_BODIES = frozenset((b"content-length", b"transfer-encoding", b"expect"))
_UPGRADES = (b"upgrade", b"keep-alive, upgrade")  # the second is Firefox's
_KEY_BYTES, _KEY_CHARACTERS = 16, 24  # RFC 6455, 4.1
_PROTOCOLS = b"sec-websocket-protocol"


class WebSocketHead(NamedTuple):
    """A handshake that RFC 6455 has nothing against. The names of its headers are in lower case."""

    path: str
    raw_path: bytes
    query: bytes
    headers: list[tuple[bytes, bytes]]
    key: str
    subprotocols: list[str]


def read_websocket_head(data: bytes) -> WebSocketHead | None:
    """None for what is no handshake, more than one or less than one, or unusual."""
    if not (data.startswith(b"GET /") and data.endswith(b"\r\n\r\n")) or len(data) > HEAD_MAX_BYTES:
        return None
    lines = data[:-4].split(b"\r\n")
    if data.translate(None, _PLAIN) or not data.count(b"\r") == data.count(b"\n") == len(lines) + 1:
        return None
    words = lines[0].split(b" ")
    headers = _read_headers(lines)
    if headers is None or len(words) != 3 or words[2] != b"HTTP/1.1":
        return None
    said = dict(headers)
    key = said.get(b"sec-websocket-key", b"")
    subprotocols = _read_subprotocols(headers) if _PROTOCOLS in said else []
    if subprotocols is None or not _is_handshake(said) or not _is_key(key):
        return None
    raw_path, _mark, query = words[1].partition(b"?")
    return WebSocketHead(unquote(raw_path.decode()), raw_path, query, headers, key.decode(), subprotocols)


def _read_headers(lines: list[bytes]) -> list[tuple[bytes, bytes]] | None:
    headers, once = [], set()
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        name = name.lower()
        if not colon or not name or name.translate(None, _NAME) or name in _BODIES or name in once:
            return None
        if name in _ONCE:
            once.add(name)
        headers.append((name, value.strip(b" ")))
    return headers


def _is_handshake(said: dict[bytes, bytes]) -> bool:
    return (
        b"host" in said
        and said.get(b"connection", b"").lower() in _UPGRADES
        and said.get(b"upgrade", b"").lower() == b"websocket"
        and said.get(b"sec-websocket-version") == b"13"
    )


def _is_key(key: bytes) -> bool:
    try:
        return len(key) == _KEY_CHARACTERS and len(binascii.a2b_base64(key, strict_mode=True)) == _KEY_BYTES
    except binascii.Error:
        return False


def _read_subprotocols(headers: list[tuple[bytes, bytes]]) -> list[str] | None:
    """All that are offered; None where one of them is no token."""
    names = [name.strip(b" ") for header, value in headers if header == _PROTOCOLS for name in value.split(b",")]
    is_plain = all(name and not name.lower().translate(None, _NAME) for name in names)
    return [name.decode() for name in names] if is_plain else None
