"""Texts as the bytes of WebSocket frames. Knows no socket."""

from collections.abc import Sequence


class Batch(bytes):
    """Frames on their way to many sockets: unmasked WebSocket text frames (RFC 6455, 5.2), back to back.

    It is those bytes itself, so that a transport's own `write` takes it without a call of ours between.
    """

    texts: Sequence[bytes]

    def __new__(cls, texts: Sequence[bytes]) -> "Batch":
        batch = super().__new__(cls, b"".join(map(_framed, texts)))
        batch.texts = texts
        return batch

    def behind(self, texts: Sequence[bytes]) -> "Batch":
        """The same with these frames before it."""
        batch = super().__new__(type(self), b"".join([*map(_framed, texts), self]))
        batch.texts = (*texts, *self.texts)
        return batch


def _framed(text: bytes) -> bytes:
    length = len(text)
    if length < 126:
        return b"\x81" + length.to_bytes(1, "big") + text
    if length < 65_536:
        return b"\x81\x7e" + length.to_bytes(2, "big") + text
    return b"\x81\x7f" + length.to_bytes(8, "big") + text
