"""Frames of the server as bytes: exactly those of `tests/frames/server`."""

import json
import re
from uuid import UUID

import msgspec
import pytest

from messaging.wire import client_frames, protocol
from messaging.wire.client_frames import BIGINT_MAX
from messaging.wire.content import MESSAGE_MAX_CHARACTERS
from messaging.wire.decoding import decode
from messaging.wire.protocol import CloseCode, MessageObject, ServerFrame, encode, encode_message
from tests.messaging import frames

FRAMES_BY_TYPE = {str(frame.__struct_config__.tag): frame for frame in ServerFrame.__subclasses__()}
MESSAGE_TYPES = {"chat", "changed"}


@pytest.mark.parametrize("name", frames.names("server"))
def test_a_server_frame_is_written_as_its_file_says(name: str) -> None:
    frame = frames.read("server", name)["frame"]
    if frame["type"] in MESSAGE_TYPES:
        fields = {key: value for key, value in frame.items() if key != "type"}
        written = encode_message(msgspec.convert(fields, MessageObject))
    else:
        written = encode(msgspec.json.decode(frames.wire(frame), type=FRAMES_BY_TYPE[frame["type"]]))
    assert written == frames.wire(frame)


def test_every_server_frame_has_a_file() -> None:
    named = {frames.read("server", parameter.values[0])["frame"]["type"] for parameter in frames.names("server")}
    assert named == set(FRAMES_BY_TYPE) | MESSAGE_TYPES


def test_every_client_frame_has_a_file() -> None:
    named = {frames.read("client", parameter.values[0])["frame"]["type"] for parameter in frames.names("client")}
    assert named == {str(frame.__struct_config__.tag) for frame in client_frames.ClientFrame.__subclasses__()}


def test_the_keys_on_the_wire_are_camel_case() -> None:
    for name in frames.names("server"):
        assert all(
            re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", key) for key in frames.read("server", name.values[0])["frame"]
        )


def test_the_close_codes_are_those_of_the_contract() -> None:
    assert {code.name: code.value for code in CloseCode} == {
        "NORMAL": 1000,
        "UNSUPPORTED_DATA": 1003,
        "NOT_UTF8": 1007,
        "TOO_LARGE": 1009,
        "SERVICE_RESTART": 1012,
        "UNAUTHENTICATED": 4401,
        "SHUT_OUT": 4403,
        "SLOW_READER": 4408,
        "TOO_MANY": 4429,
    }


def test_the_longest_message_fits_into_a_frame_as_a_client_may_write_it() -> None:
    client_id = str(UUID(int=0))
    names = {"id": "🍣" * 64, "clientId": client_id, "replyTo": BIGINT_MAX, "roomId": BIGINT_MAX}
    frame = {"type": "chat", "message": "🍣" * MESSAGE_MAX_CHARACTERS, **names}
    text = json.dumps(frame)
    assert text.count("\\ud83c") == MESSAGE_MAX_CHARACTERS + 64  # each of these characters takes twelve bytes
    assert decode(text) == decode(json.dumps(frame, ensure_ascii=False))
    also_escaped = len("type chat id roomId message clientId replyTo" + client_id) * len("\\u0000")
    assert len(text) + also_escaped < protocol.FRAME_MAX_BYTES
