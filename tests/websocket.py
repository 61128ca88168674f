"""WebSocket as far as clients by the hundred need it: a handshake, masked text out, unmasked frames in. Pure."""

from collections.abc import Iterator

TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A


def handshake(path: str, port: int) -> bytes:
    """A request to open a socket (RFC 6455, 4.1). The key is the standard's example: nobody here checks it."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def masked(payload: bytes, kind: int = TEXT) -> bytes:
    """A client's frame of at most 64 KiB. Masked with zeros: the server's work is the same, ours is none."""
    length = len(payload)
    head = bytes([kind, 0x80 | length]) if length < 126 else bytes([kind, 0xFE]) + length.to_bytes(2, "big")
    return head + b"\0\0\0\0" + payload


class FrameReader:
    """Cuts what a server sends into frames."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The whole frames in what came until now, each as its first byte and its payload."""
        if self._rest:
            data = self._rest + data
        position, end = 0, len(data)
        while end - position >= 2:
            start, length = position + 2, data[position + 1]
            if length == 126:
                start = position + 4
                length = int.from_bytes(data[position + 2 : start], "big")
            elif length == 127:
                start = position + 10
                length = int.from_bytes(data[position + 2 : start], "big")
            if start + length > end:
                break
            yield data[position], data[start : start + length]
            position = start + length
        self._rest = data[position:]
