"""The AsyncAPI document: valid by its makers' schema, true for every frame of `tests/frames`, kept in `docs`."""

import json
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from django.conf import settings
from django.core.management import call_command

from chatproject.errors import InvalidInput, NotInRoom
from messaging.wire import asyncapi, client_frames, protocol
from tests.messaging import frames

ROOT = Path(settings.BASE_DIR)
SPECIFICATION = ROOT / "tests/contracts/node_modules/@asyncapi/specs/schemas/3.0.0.json"

# what is wrong with these a schema cannot say: `content` and `decoding` look closer
BEYOND_A_SCHEMA = {
    "chat-attachments-and-spaces",
    "chat-attachments-none",
    "chat-message-empty",
    "ask-message-spaces",
    "edit-message-spaces",
    "chat-client-id-hyphens-elsewhere",
    "chat-client-id-of-the-server",  # how its own ids begin
    "chat-client-id-line-feed",  # `$` in Python's patterns takes it
    "chat-message-hangul-fillers",
    "chat-message-only-control-characters",
    "chat-message-spaces",
    "chat-message-with-nul",
    "chat-message-zero-width",
    "id-lone-surrogate",
    "lone-surrogate",
    "subscribe-room-float-beyond-exactness",  # an integer, but who knows which
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(asyncapi.document()))
    return made


def payload_schema(document: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """A schema for whatever is one of these frames."""
    choices = [document["components"]["messages"][name]["payload"] for name in names]
    return {"anyOf": choices, "components": document["components"]}


def names_of(document: dict[str, Any], action: str) -> list[str]:
    """The frames that the server receives, or all that it sends: by itself and as replies."""
    operations = list(document["operations"].values())
    messages = [
        each for operation in operations if operation["action"] == action for each in operation["messages"]
    ]
    if action == "send":
        messages += [each for operation in operations for each in operation.get("reply", {}).get("messages", [])]
    return sorted({reference["$ref"].rpartition("/")[2] for reference in messages})


def allows(schema: dict[str, Any], frame: Any) -> bool:
    return not list(jsonschema.Draft202012Validator(schema).iter_errors(frame))


def test_the_document_is_what_the_specification_asks_for(document: dict[str, Any]) -> None:
    jsonschema.Draft7Validator(json.loads(SPECIFICATION.read_text())).validate(document)


def test_the_specification_would_find_a_fault(document: dict[str, Any]) -> None:
    faulty = {**document, "operations": {"chat": {"action": "shout"}}}
    assert list(jsonschema.Draft7Validator(json.loads(SPECIFICATION.read_text())).iter_errors(faulty))


@pytest.mark.parametrize("name", frames.names("client"))
def test_every_frame_of_a_client_is_allowed(document: dict[str, Any], name: str) -> None:
    schema = payload_schema(document, names_of(document, "receive"))
    jsonschema.Draft202012Validator(schema).validate(frames.read("client", name)["frame"])


@pytest.mark.parametrize("name", frames.names("server"))
def test_every_frame_of_the_server_is_allowed(document: dict[str, Any], name: str) -> None:
    schema = payload_schema(document, names_of(document, "send"))
    jsonschema.Draft202012Validator(schema).validate(frames.read("server", name)["frame"])


def test_what_the_server_refuses_is_not_allowed(document: dict[str, Any]) -> None:
    schema = payload_schema(document, names_of(document, "receive"))
    allowed = set()
    for name in (parameter.id for parameter in frames.names("client-invalid")):
        try:
            frame = json.loads(frames.text_of(frames.read("client-invalid", name)), object_pairs_hook=unique)
        except (ValueError, RecursionError):
            continue
        if allows(schema, frame):
            allowed.add(name)
    assert allowed == BEYOND_A_SCHEMA


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a repeated key")
    return dict(pairs)


def test_no_frame_is_missing(document: dict[str, Any]) -> None:
    written = set(names_of(document, "receive"))
    sent = set(names_of(document, "send"))
    assert written == {frame.__name__ for frame in get_args(client_frames.AnyClientFrame)}
    assert sent == {frame.__name__ for frame in protocol.ServerFrame.__subclasses__()} | {
        "ChatMessage",
        "ChangedMessage",
    }


def test_every_close_code_and_every_error_code_has_a_meaning(document: dict[str, Any]) -> None:
    assert set(document["x-close-codes"]) == {str(code.value) for code in protocol.CloseCode}
    assert document["x-error-codes"][InvalidInput.code]["httpStatus"] == 400
    assert document["x-error-codes"][NotInRoom.code]["meaning"] == "You may not do that."
    assert len(document["x-error-codes"]) == 55


def test_the_file_in_docs_is_not_stale(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("asyncapi")
    assert (ROOT / "docs/asyncapi.json").read_text() == capsys.readouterr().out, "run `make contracts`"
