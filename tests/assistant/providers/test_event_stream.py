"""Events are the same however the network cuts their bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.providers.event_stream import ErrorEvent, EventStream, EventTooLarge

# everything that somebody might take for the end of a line, and characters of several bytes
TEXTS = st.text(st.sampled_from("가🍙é\u2028\u2029\x85\x0b\x0c a:{}"), max_size=12)


def events_of(*chunks: bytes, event_max_bytes: int = 10_000) -> list[bytes]:
    stream = EventStream(event_max_bytes=event_max_bytes)
    events = [event for chunk in chunks for event in stream.feed(chunk)] + stream.end()
    return [*events, stream.strays()] if stream.strays() else events


@given(texts=st.lists(TEXTS, max_size=6), line_end=st.sampled_from(["\r\n", "\n", "\r"]), data=st.data())
def test_any_cut_of_a_stream_gives_the_same_events(texts: list[str], line_end: str, data: st.DataObject) -> None:
    body = "".join(f"data: {text}{line_end * 2}" for text in texts).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=8)))
    chunks = [body[start:end] for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]

    assert events_of(*chunks) == [text.encode() for text in texts]
    assert events_of(*(bytes([byte]) for byte in body)) == [text.encode() for text in texts]


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n", b"\r"])
def test_an_event_is_there_as_soon_as_its_empty_line_is(line_end: bytes) -> None:
    assert EventStream(event_max_bytes=100).feed(b"data: 1" + line_end * 2) == [b"1"]


def test_comments_and_other_fields_are_no_events() -> None:
    assert events_of(b": ping\n\nevent: x\nid: 7\nretry: 1\ndata:1\ndata: 2\n\n\n\n: ping\n\n") == [b"1\n2"]


def test_fields_that_nobody_knows_and_lines_without_a_colon_are_passed_over() -> None:
    stream = b"x-trace: 7\nretry\ndata: 1\nkeep-alive\n\nping\n\ndata:2\nvendor:{}\n\n"
    assert events_of(stream) == [b"1", b"2"]


def test_a_line_that_is_only_the_fields_name_is_an_empty_one() -> None:
    assert events_of(b"data\n\ndata\ndata: 1\n\n") == [b"", b"\n1"]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_a_byte_order_mark_may_come_first(size: int) -> None:
    body = b"\xef\xbb\xbfdata: 1\n\ndata: \xef\xbb\xbf2\n\n"
    cut = [body[start : start + size] for start in range(0, len(body), size)]
    assert events_of(*cut) == [b"1", b"\xef\xbb\xbf2"]


def test_an_event_that_nothing_ends_is_there_at_the_end() -> None:
    assert events_of(b"data: 1\n\ndata: 2") == [b"1", b"2"]


def test_what_is_no_event_comes_last_and_whole() -> None:
    assert events_of(b'data: 1\r\n\r\n{\n  "error": {\n\n', b"  }\n}\n") == [b"1", b'{\n  "error": {\n  }\n}']


def test_what_a_server_calls_an_error_is_told_from_the_rest() -> None:
    told = events_of(
        b"data: 1\n\nerror: 2\n\nevent: error\ndata: 3\n\nevent:error\n\ndata: 4\n\nevent: x\ndata: 5"
    )
    assert told == [b"1", b"2", b"3", b"4", b"5"]
    assert [isinstance(event, ErrorEvent) for event in told] == [False, True, True, False, False]


@pytest.mark.parametrize("event", [b"data: " + b"x" * 20, b"data: x\n" * 4, b"x" * 20])
def test_an_endless_event_is_not_read_to_its_end(event: bytes) -> None:
    with pytest.raises(EventTooLarge):
        events_of(event, event_max_bytes=16)


def test_many_small_events_are_not_a_large_one() -> None:
    assert len(events_of(b"data: x\n\n" * 100, event_max_bytes=16)) == 100
