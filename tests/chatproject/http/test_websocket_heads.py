"""A plain handshake is read as h11 and the WebSocket library read it; all that is unusual is left to them."""

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.server import ServerProtocol

from chatproject.http.websocket_heads import HEAD_MAX_BYTES, read_websocket_head

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
HOST, UPGRADE, CONNECTION = b"Host: chat.example.com", b"Upgrade: websocket", b"Connection: Upgrade"
KEY_LINE, VERSION = b"Sec-WebSocket-Key: " + KEY, b"Sec-WebSocket-Version: 13"
PLAIN = (HOST, UPGRADE, CONNECTION, KEY_LINE, VERSION)
LINE = b"GET /v2/chat/%ED%95%9C?access=a.b.c HTTP/1.1"


def head(*headers: bytes, line: bytes = LINE) -> bytes:
    return b"\r\n".join([line, *headers, b"", b""])


def test_what_a_browser_sends_is_read_whole() -> None:
    browsers = (b"Origin: https://a.example", b"Cookie: a=1; b=2", b"Accept-Language: ko,en;q=0.5", b"X-Empty:")
    offered = (b"Sec-WebSocket-Protocol: chat.v2, bearer.a.b-c_d", b"sec-websocket-protocol: other")
    read = read_websocket_head(head(*PLAIN, *browsers, *offered))

    assert read is not None
    assert (read.path, read.raw_path, read.query) == ("/v2/chat/한", b"/v2/chat/%ED%95%9C", b"access=a.b.c")
    assert read.headers[0] == (b"host", b"chat.example.com")
    assert read.headers[-3:] == [
        (b"x-empty", b""),
        (b"sec-websocket-protocol", b"chat.v2, bearer.a.b-c_d"),
        (b"sec-websocket-protocol", b"other"),
    ]
    assert (read.key, read.subprotocols) == (KEY.decode(), ["chat.v2", "bearer.a.b-c_d", "other"])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        head(*PLAIN)[:-1],
        head(*PLAIN) + b"\x81\x80abcd",
        head(*PLAIN) * 2,
        head(*PLAIN).replace(b"\r\n", b"\n"),
        head(*PLAIN, line=LINE.replace(b"1.1", b"1.0")),
        head(*PLAIN, line=LINE.replace(b"GET", b"POST")),
        head(*PLAIN, line=LINE.replace(b" /", b"  /")),
        head(*PLAIN, line=b"GET http://chat.example.com/v2/chat/connect HTTP/1.1"),
        head(*PLAIN, line="GET /방 HTTP/1.1".encode()),
        head(*PLAIN, b"X: \x00"),
        head(*PLAIN, b"X: \r"),
        head(*PLAIN, b"X:\ta"),
        head(*PLAIN, b" folded"),
        head(*PLAIN, b"a b: c"),
        head(*PLAIN, b"X : a"),
        head(*PLAIN, b"nothing"),
        head(*PLAIN, b": a"),
        head(*PLAIN, b"Content-Length: 0"),
        head(*PLAIN, b"Transfer-Encoding: chunked"),
        head(*PLAIN, b"Origin: https://a.example", b"Origin: https://b.example"),
        head(*PLAIN, b"Sec-WebSocket-Protocol: a b"),
        head(*PLAIN, b"Sec-WebSocket-Protocol: a,,b"),
        head(*PLAIN, b"Sec-WebSocket-Protocol:"),
        head(*PLAIN, b"X: " + b"x" * HEAD_MAX_BYTES),
        *(head(*(one for one in PLAIN if one is not missing)) for missing in PLAIN),
        *(head(*PLAIN, twice) for twice in PLAIN),
        *(
            head(*(one for one in PLAIN if one.partition(b":")[0] != other.partition(b":")[0]), other)
            for other in (
                b"Upgrade: h2c",
                b"Upgrade: websocket, h2c",
                b"Connection: close",
                b"Sec-WebSocket-Version: 8",
                b"Sec-WebSocket-Key: c2hvcnQ=",
                b"Sec-WebSocket-Key: " + b"!" * 24,
            )
        ),
    ],
)
def test_whatever_is_unusual_is_left_to_the_libraries(data: bytes) -> None:
    assert read_websocket_head(data) is None


PIECES = [*PLAIN, b"Connection: keep-alive, Upgrade", b"Origin: null", b"X-A: b", b"Cookie: \xff", b"a", b""]
MORE = [
    b"Sec-WebSocket-Protocol: chat.v2",
    b"Sec-WebSocket-Extensions: permessage-deflate",
    b"Expect: 100-continue",
]


@given(st.lists(st.sampled_from([*PIECES, *MORE]), max_size=4), st.permutations(PLAIN), st.binary(max_size=3))
def test_no_head_is_taken_that_the_libraries_refuse(more: list[bytes], plain: list[bytes], noise: bytes) -> None:
    data = head(*plain, *more, b"X-Noise: a" + noise)
    read = read_websocket_head(data)
    if read is None:
        return
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(data)
    request = connection.next_event()
    assert isinstance(request, h11.Request)
    assert list(request.headers) == read.headers
    library = ServerProtocol()
    library.receive_data(data)
    [event] = library.events_received()
    assert library.accept(event).status_code == 101  # type: ignore[arg-type]
