"""A client's frame that came whole: a text in one piece, as nearly every frame is. Pure; RFC 6455, 5.2.

Whatever else there may be (pieces, pings, closes, faults) is left to the library.
"""

from typing import Any

from websockets.frames import apply_mask  # type: ignore[attr-defined]  # in C, where that was built
from websockets.protocol import Protocol
from websockets.streams import StreamReader

_TEXT, _MASKED, _LENGTH_16 = 0x81, 0x80, 0xFE
_MASK_BYTES = 4
_AWAITS_A_FRAME = StreamReader.at_eof.__code__


def read_whole_text(data: bytes, start: int, *, max_bytes: int) -> tuple[str, int] | None:
    """The text whose frame begins at `start`, and where the next one does; None where no plain one is there, or a
    part of it only.
    """
    if len(data) < start + 2 or data[start] != _TEXT or not data[start + 1] & _MASKED:
        return None
    length, begin = data[start + 1] & 0x7F, start + 2
    if data[start + 1] == _LENGTH_16:
        length, begin = int.from_bytes(data[begin : begin + 2], "big"), begin + 2
        if length < 126:
            return None
    elif length > 125:
        return None
    body = begin + _MASK_BYTES
    end = body + length
    if len(data) < end or length > max_bytes:
        return None
    try:
        return apply_mask(data[body:end], data[begin:body]).decode(), end
    except UnicodeDecodeError:
        return None


def is_between_messages(connection: Protocol) -> bool:
    """Whether the library waits for a message's first byte.

    An empty buffer does not tell: of a frame whose head it has, the library has taken the head out of it.
    """
    waits_in: Any = connection.parser
    while waits_in.gi_yieldfrom is not None:
        waits_in = waits_in.gi_yieldfrom
    return connection.current_size is None and waits_in.gi_code is _AWAITS_A_FRAME
