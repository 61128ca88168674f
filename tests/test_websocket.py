"""Lean clients read what a server may send, however it is cut."""

import pytest
from websockets.frames import Frame, Opcode

from tests.websocket import PING, TEXT, FrameReader, masked

PAYLOADS = [b"", b"a" * 125, b"b" * 126, b"c" * 65_535, b"d" * 65_536]


@pytest.mark.parametrize("size", [1, 7, 1_000, 1_000_000])
def test_frames_are_read_however_they_are_cut(size: int) -> None:
    sent = b"".join(Frame(Opcode.TEXT, payload).serialize(mask=False) for payload in PAYLOADS)
    sent += Frame(Opcode.PING, b"?").serialize(mask=False)
    reader = FrameReader()
    read = [frame for start in range(0, len(sent), size) for frame in reader.feed(sent[start : start + size])]
    assert read == [*((TEXT, payload) for payload in PAYLOADS), (PING, b"?")]


@pytest.mark.parametrize("payload", PAYLOADS[:4])
def test_what_it_sends_is_a_masked_frame(payload: bytes) -> None:
    frame = masked(payload)
    head = 2 if len(payload) < 126 else 4
    assert frame[0] == TEXT
    assert frame[1] & 0x80
    assert frame[head : head + 4] == bytes(4)
    assert frame[head + 4 :] == payload
