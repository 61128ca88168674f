"""The proxy's eye: what Redis sends comes in pieces of any size and is cut into whole frames."""

import pytest

from tests.e2e.chaos.resp import RespReader, message_of

MESSAGE = b">3\r\n$7\r\nmessage\r\n$5\r\nroom1\r\n$7\r\na\r\nb\r\nc\r\n"
OLD_MESSAGE = b"*" + MESSAGE[1:]
OTHERS = [
    b"+OK\r\n",
    b":1\r\n",
    b"$-1\r\n",
    b"*-1\r\n",
    b"_\r\n",
    b"-ERR no\r\n",
    b"$0\r\n\r\n",
    b"%2\r\n+version\r\n$1\r\n7\r\n+modules\r\n*0\r\n",
    b">3\r\n$9\r\nsubscribe\r\n$5\r\nroom1\r\n:1\r\n",
    b"*2\r\n*1\r\n:1\r\n$2\r\nab\r\n",
]


@pytest.mark.parametrize("size", [1, 2, 7, 1_000])
def test_frames_come_out_whole_and_none_is_changed(size: int) -> None:
    frames = [*OTHERS, MESSAGE, *OTHERS, OLD_MESSAGE]
    stream, reader = b"".join(frames), RespReader()

    cut = [frame for at in range(0, len(stream), size) for frame in reader.feed(stream[at : at + size])]

    assert cut == frames


@pytest.mark.parametrize("frame", [MESSAGE, OLD_MESSAGE])
def test_a_message_is_known_by_its_channel_and_contents(frame: bytes) -> None:
    assert message_of(frame) == (b"room1", b"a\r\nb\r\nc")


@pytest.mark.parametrize("frame", OTHERS)
def test_nothing_else_is_taken_for_a_message(frame: bytes) -> None:
    assert message_of(frame) is None
