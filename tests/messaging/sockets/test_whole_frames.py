"""Texts that come whole are read as the library reads them; everything else is left to it."""

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import SERVER, Protocol

from messaging.sockets.whole_frames import read_whole_text

MOST = 1_000


def framed(opcode: Opcode, data: bytes, *, fin: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=True)


def read_all(data: bytes) -> list[str]:
    texts, start = [], 0
    while (whole := read_whole_text(data, start, max_bytes=MOST)) is not None:
        text, start = whole
        texts.append(text)
    return texts


def test_texts_of_every_length_are_read_one_after_another() -> None:
    texts = ["", "안녕 🍣", "a" * 125, "a" * 126, "b" * MOST]
    data = b"".join(framed(Opcode.TEXT, text.encode()) for text in texts)

    assert read_all(data) == texts
    assert read_all(data + framed(Opcode.PING, b"") + data) == texts
    assert read_all(data[:-1]) == texts[:-1]


def test_what_is_no_plain_text_is_left_to_the_library() -> None:
    unmasked = Frame(Opcode.TEXT, b"a").serialize(mask=False)
    strange = [
        b"",
        b"\x81",
        unmasked,
        b"\xc1" + framed(Opcode.TEXT, b"a")[1:],  # a reserved bit
        b"\x81\xfe\x00\x01" + bytes(4) + b"a",  # a length in more bytes than it needs
        b"\x81\xff" + (1).to_bytes(8, "big") + bytes(4) + b"a",
        framed(Opcode.TEXT, b"a", fin=False),
        framed(Opcode.CONT, b"a"),
        framed(Opcode.BINARY, b"a"),
        framed(Opcode.CLOSE, b"\x03\xe8"),
        framed(Opcode.TEXT, b"\xff"),
        framed(Opcode.TEXT, b"a" * (MOST + 1)),
    ]

    assert [read_all(data) for data in strange] == [[] for _ in strange]


@given(st.binary(max_size=40).map(lambda tail: b"\x81" + tail))
def test_no_bytes_are_read_in_another_way_than_the_librarys(data: bytes) -> None:
    library = Protocol(SERVER, max_size=MOST)
    library.receive_data(data)
    parsed = [frame for frame in library.events_received() if isinstance(frame, Frame)]

    read = read_all(data)
    assert read == [bytes(frame.data).decode(errors="replace") for frame in parsed[: len(read)]]
