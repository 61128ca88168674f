"""Server-sent events from bytes that arrive in any cut. Pure: no I/O.

After WHATWG's HTML standard, 9.2: a byte-order mark may come first, lines end with CRLF, LF or CR, an empty line
ends an event, fields that nobody knows are passed over, and a line without a colon is a field's name. Bytes are
cut here and decoded later, as a whole: U+2028 is no line's end, and a chunk may end inside a character.
"""

import re

_LINE_END = re.compile(rb"\r\n|\n|\r")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
BEGINS_A_STREAM = (b"data:", b"event:", b"id:", b"retry:", b":")
_BEGINS_A_BODY = (b"{", b"[", b"<")  # JSON, or a proxy's page: no field's name begins so


class EventTooLarge(Exception):
    """An event has more bytes than it may."""


class ErrorEvent(bytes):
    """The data of an event that is called `error`, or of an `error:` field, as llama.cpp's servers have it."""


class EventStream:
    """Give it chunks, get the data of the events that they complete.

    A body that begins between the events without being one is kept apart, to its end: Gemini reports an error so,
    in a 200's body, and some servers answer in one piece whatever they are asked for.
    """

    def __init__(self, *, event_max_bytes: int) -> None:
        self._event_max_bytes = event_max_bytes
        self._line = bytearray()
        self._data: list[bytes] = []
        self._stray = bytearray()
        self._is_error = False
        self._size = 0  # of the event that is being read
        self._after_cr = False
        self._is_first_line = True

    def feed(self, chunk: bytes) -> list[bytes]:
        """The events that end in this chunk. Raises EventTooLarge."""
        if not chunk:
            return []
        if self._after_cr:
            chunk = chunk.removeprefix(b"\n")  # the second half of a CRLF that was cut
        self._after_cr = chunk.endswith(b"\r")
        events = []
        *ended, rest = _LINE_END.split(chunk)
        for end in ended:
            self._take(end)
            line = bytes(self._line)
            self._line.clear()
            if line:
                self._read_line(line)
                continue
            self._size = 0
            if self._data:
                events.append(self._event())
            self._is_error = False
        self._take(rest)
        return events

    def end(self) -> list[bytes]:
        """What is left after the last byte: an event without the empty line that should end it."""
        if self._line:
            self._read_line(bytes(self._line))
        return [self._event()] if self._data else []

    def strays(self) -> bytes:
        """The body that began between the events, after the end; b"" for none."""
        return bytes(self._stray).strip()

    def _take(self, part: bytes) -> None:
        self._line += part
        self._size += len(part)
        if self._size > self._event_max_bytes:
            raise EventTooLarge

    def _read_line(self, line: bytes) -> None:
        if self._is_first_line:
            line, self._is_first_line = line.removeprefix(BYTE_ORDER_MARK), False
        field, _colon, value = line.partition(b":")
        if field in (b"data", b"error"):
            self._data.append(value.removeprefix(b" "))
            self._is_error = self._is_error or field == b"error"
        elif field == b"event":
            self._is_error = self._is_error or value.strip() == b"error"
        elif self._stray or line.lstrip().startswith(_BEGINS_A_BODY):
            self._stray += line + b"\n"

    def _event(self) -> bytes:
        event = b"\n".join(self._data)
        self._data.clear()
        return ErrorEvent(event) if self._is_error else event
