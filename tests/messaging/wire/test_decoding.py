"""What clients send becomes a frame, or a refusal that names the frame it answers."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.wire.client_frames import Chat, Ping, Subscribe, Unsubscribe
from messaging.wire.decoding import MalformedFrame, decode, decode_v1
from messaging.wire.protocol import Refusal, encode
from tests.messaging import frames

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=10,
)
KEYS = st.sampled_from(
    [
        "type",
        "id",
        "roomId",
        "message",
        "clientId",
        "replyTo",
        "since",
        "seq",
        "runId",
        "access",
        "mentions",
        "everyone",
        "key",
        "on",
    ]
)
TYPES = st.sampled_from(
    [
        "subscribe",
        "unsubscribe",
        "chat",
        "edit",
        "delete",
        "react",
        "pin",
        "read",
        "typing",
        "ask",
        "stop",
        "auth",
        "ping",
    ]
)


def refused(text: str) -> MalformedFrame:
    with pytest.raises(MalformedFrame) as refusal:
        decode(text)
    return refusal.value


@pytest.mark.parametrize("name", frames.names("client"))
def test_a_valid_frame_is_taken_as_it_is(name: str) -> None:
    frame = frames.read("client", name)["frame"]
    for text in (frames.text_of(frames.read("client", name)), json.dumps(frame), frames.wire(frame).decode()):
        taken: Any = decode(text)
        assert type(taken).__struct_config__.tag == frame["type"]
        fields = dict(zip(taken.__struct_encode_fields__, taken.__struct_fields__, strict=True))
        for key in fields.keys() & frame.keys():
            value = getattr(taken, fields[key])
            assert (list(value) if isinstance(value, tuple) else value) == frame[key]
            assert not isinstance(getattr(taken, fields[key]), float)


@pytest.mark.parametrize("name", frames.names("client-invalid"))
def test_an_invalid_frame_is_refused_with_its_code_and_its_id(name: str) -> None:
    expected = frames.read("client-invalid", name)
    refusal = refused(frames.text_of(expected))
    assert refusal.error.code == expected["code"]
    assert refusal.frame_id == expected["id"]
    assert refusal.room_id == expected.get("roomId")


def test_a_client_who_sends_a_wrong_value_reads_which_one() -> None:
    message = str(refused('{"type":"subscribe","roomId":"42"}').error.message)
    assert "$.roomId" in message


def test_a_refusal_quotes_no_long_nonsense() -> None:
    message = str(refused(json.dumps({"type": "x" * 20_000})).error.message)
    assert len(message) < 400


def test_a_key_of_a_nested_unknown_value_is_not_a_repeated_one() -> None:
    frame = decode('{"type":"ping","id":"x","more":{"type":1,"id":2},"less":[{"id":3},{"id":4}]}')
    assert frame == Ping(id="x")


@pytest.mark.parametrize(
    "frame", ['{"type":"ping","id":"x"%s"id":"x"}', '{"type":"ping","id":"x"%s"b c":1,"b c":2}']
)
@pytest.mark.parametrize("between", [",", ' , "more" : {"a":[":"]}, '])
@pytest.mark.parametrize("before", ["", " ", "\t\n"])
def test_a_key_that_comes_twice_is_refused_however_it_is_written(frame: str, between: str, before: str) -> None:
    text = (frame % between).replace('":"x"}', f'"{before}:"x"}}').replace('":2}', f'"{before}:2}}')
    with pytest.raises(MalformedFrame):
        decode(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("id", "\\u0069d"), ("a/b", "a\\/b"), ("가", "\\uac00"), ("🎉", "\\ud83c\\udf89"), ('\\"', "\\u0022")],
)
@pytest.mark.parametrize(
    "frame", ['{"type":"ping","%s":"x","%s":"y"}', '{"type":"look","on":true,"%s":"x","%s":"y"}']
)
def test_a_key_that_comes_twice_in_two_spellings_is_refused(frame: str, one: str, other: str) -> None:
    with pytest.raises(MalformedFrame):
        decode(frame % (one, other))


def test_text_that_looks_like_keys_is_only_text() -> None:
    text = '"type" "id" "roomId" \\u0069 {"message": "message"}'
    frame = decode(json.dumps({"type": "chat", "roomId": 1, "message": text}))
    assert isinstance(frame, Chat)
    assert frame.message == text


@given(st.text() | JSON.map(json.dumps))
def test_no_text_is_more_than_a_frame_or_a_refusal(text: str) -> None:
    assert_is_frame_or_refusal(text)


@given(TYPES, st.dictionaries(KEYS, JSON))
def test_no_object_is_more_than_a_frame_or_a_refusal(type_: str, fields: dict[str, Any]) -> None:
    assert_is_frame_or_refusal(json.dumps({**fields, "type": type_}))


def assert_is_frame_or_refusal(text: str) -> None:
    try:
        decode(text)
    except MalformedFrame as refusal:
        answer = Refusal(
            id=refusal.frame_id,
            code=refusal.error.code,
            message=str(refusal.error.message),
            room_id=refusal.room_id,
        )
        assert encode(answer)


# --- v1


@pytest.mark.parametrize("type_", ["chat", "CHAT", "Chat", "cHaT"])
@pytest.mark.parametrize("room_id", [42, "42", "042"])
def test_v1_takes_any_letter_case_and_room_ids_as_strings(type_: str, room_id: object) -> None:
    text = json.dumps({"type": type_, "roomId": room_id, "senderId": 999, "message": "안녕"})
    assert decode_v1(text) == Chat(room_id=42, message="안녕")


def test_v1_subscribes_and_unsubscribes() -> None:
    assert decode_v1('{"type":"SUBSCRIBE","roomId":"42"}') == Subscribe(room_id=42)
    assert decode_v1('{"type":"unSubscribe","roomId":42}') == Unsubscribe(room_id=42)


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "chat", "roomId": 42},
        {"type": "chat", "roomId": 42, "message": ""},
        {"type": "chat", "roomId": 42, "message": " \u200b"},
        {"type": "chat", "roomId": 42, "message": "a" * 4_001},
        {"type": "chat", "roomId": "٤٢", "message": "hello"},
        {"type": "chat", "roomId": "4_2", "message": "hello"},
        {"type": "chat", "roomId": " 42", "message": "hello"},
        {"type": "chat", "roomId": "", "message": "hello"},
        {"type": "chat", "roomId": "-1", "message": "hello"},
        {"type": "chat", "roomId": 0, "message": "hello"},
        {"type": "chat", "roomId": str(2**63), "message": "hello"},
        {"type": "chat", "roomId": 42.5, "message": "hello"},
        {"type": "chat", "roomId": None, "message": "hello"},
        {"type": "subscribe"},
        {"type": "read", "roomId": 42, "seq": 1},
        {"type": "shout", "roomId": 42},
        {"roomId": 42},
        [],
        "chat",
    ],
)
def test_v1_refuses_what_is_no_frame_of_it(frame: object) -> None:
    with pytest.raises(MalformedFrame):
        decode_v1(json.dumps(frame))


@pytest.mark.parametrize("number", ["42.0", "42.000", "4.2e1", "420E-1"])
@pytest.mark.parametrize("type_", ["chat", "SUBSCRIBE", "unsubscribe"])
def test_a_v1_client_that_knows_only_floats_is_understood(type_: str, number: str) -> None:
    frame = decode_v1(f'{{"type": "{type_}", "roomId": {number}, "message": "1.5"}}')
    assert type(frame.room_id) is int
    assert frame.room_id == 42


@pytest.mark.parametrize("number", ["1.5", "0.0", "-1.0", "1e16", "9007199254740993.0", "1e300", "1e400", '"1.0"'])
def test_a_v1_room_that_is_no_exact_integer_is_none(number: str) -> None:
    with pytest.raises(MalformedFrame):
        decode_v1(f'{{"type": "subscribe", "roomId": {number}}}')


@pytest.mark.parametrize("tail", ["x", "{}", ",", "]", "\0"])
def test_nothing_may_follow_a_frame(tail: str) -> None:
    for text in ('{"type": "ping"}', '{"type": "subscribe", "roomId": 1.0}'):
        refused(text + tail)
    with pytest.raises(MalformedFrame):
        decode_v1('{"type": "subscribe", "roomId": 1}' + tail)


def test_unknown_keys_may_nest_but_not_without_end() -> None:
    nested = '{"type": "ping", "more": %s}'
    assert isinstance(decode(nested % ("[" * 31 + "]" * 31)), Ping)
    with pytest.raises(MalformedFrame):
        decode(nested % ("[" * 32 + "]" * 32))
    with pytest.raises(MalformedFrame):
        decode_v1('{"type": "subscribe", "roomId": 1, "more": %s}' % ("[" * 32 + "]" * 32))


def test_brackets_in_a_message_are_only_text() -> None:
    code = "[[{" * 100 + '\\"'
    frame = decode(json.dumps({"type": "chat", "roomId": 1, "message": code}))
    assert isinstance(frame, Chat)
    assert frame.message == code


def test_a_v1_client_may_have_one_object_for_all_its_frames() -> None:
    frame = decode_v1('{"type": "subscribe", "roomId": 1, "senderId": 7, "message": null}')
    assert frame == Subscribe(room_id=1)
    with pytest.raises(MalformedFrame):
        decode_v1('{"type": "chat", "roomId": 1, "message": null}')
