"""The bytes of WebSocket frames."""

import pytest

from messaging.wire.framing import Batch


@pytest.mark.parametrize(
    ("length", "head"), [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10), (200_000, 10)]
)
def test_a_frame_has_the_head_that_its_length_needs(length: int, head: int) -> None:
    framed = Batch([b"x" * length])
    assert len(framed) == head + length
    assert framed[0] == 0x81
    announced = framed[1] if head == 2 else int.from_bytes(framed[2:head], "big")
    assert announced == length


def test_a_batch_is_its_frames_back_to_back() -> None:
    assert Batch([b"a", b"bc"]) == b"\x81\x01a\x81\x02bc"


def test_a_batch_behind_others_is_all_of_them() -> None:
    behind = Batch([b"c"]).behind([b"a", b"b"])
    assert behind == Batch([b"a", b"b", b"c"])
    assert [*behind.texts] == [b"a", b"b", b"c"]
