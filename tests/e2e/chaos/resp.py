"""What Redis sends, cut into whole frames (RESP 2 and 3, https://redis.io/docs/latest/develop/reference/protocol-spec).

Pure. Only what the channel layer makes Redis send: no streamed types.
"""

from collections.abc import Iterator

AGGREGATES = {b"*": 1, b">": 1, b"~": 1, b"%": 2}  # how many frames an element is
BULKS = (b"$", b"=", b"!")


class RespReader:
    """Bytes go in as they come, whole frames come out."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._buffer += data
        start = 0
        while (end := _end_of_frame(self._buffer, start)) is not None:
            yield self._buffer[start:end]
            start = end
        self._buffer = self._buffer[start:]


def _end_of_frame(data: bytes, start: int) -> int | None:
    """Where the frame that begins at `start` ends; None where it is not whole."""
    line_end = data.find(b"\r\n", start)
    if line_end < 0:
        return None
    kind, end = data[start : start + 1], line_end + 2
    if kind in BULKS:
        length = int(data[start + 1 : line_end])
        end += length + 2 if length >= 0 else 0  # -1: there is nothing, not even an empty line
        return end if end <= len(data) else None
    elements = AGGREGATES.get(kind, 0) and AGGREGATES[kind] * int(data[start + 1 : line_end])
    for _element in range(elements):
        inner = _end_of_frame(data, end)
        if inner is None:
            return None
        end = inner
    return end


def message_of(frame: bytes) -> tuple[bytes, bytes] | None:
    """Channel and contents of a pub/sub message; None for any other frame."""
    if frame[:1] not in (b"*", b">"):
        return None
    parts, start = [], frame.find(b"\r\n") + 2
    while start < len(frame):
        end = _end_of_frame(frame, start)
        assert end is not None
        parts.append(frame[frame.find(b"\r\n", start) + 2 : end - 2])
        start = end
    return (parts[1], parts[2]) if len(parts) == 3 and parts[0] == b"message" else None
