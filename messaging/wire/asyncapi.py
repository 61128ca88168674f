"""The WebSocket protocol as an AsyncAPI 3 document, made from the structs that check and write the frames. Pure.

Format: the AsyncAPI specification 3.0.0. Client frames are operations that the server receives, each with its
replies; whatever else the server sends is one operation, `deliver`.
"""

from collections.abc import Iterable, Iterator
from typing import Any, get_args

import msgspec
from django.utils import translation

from chatproject import errors, file_errors, room_errors
from chatproject.errors import ChatError
from messaging.wire import client_frames, protocol, room_frames  # noqa: F401 - its frames are among them
from messaging.wire.protocol import CloseCode, MessageObject, Refusal, ServerFrame

Json = dict[str, Any]

VERSION = "2.0.0"  # of the protocol: its path begins with /v2
ADDRESS = "/v2/chat/connect"
SUBPROTOCOL = "chat.v2"
_SCHEMA_REF = "#/components/schemas/"
_CHANNEL = "chat"

# what answers a client frame; `error` can answer any
_REPLIES: dict[type[client_frames.ClientFrame], type[ServerFrame] | None] = {
    client_frames.Subscribe: protocol.Subscribed,
    client_frames.Unsubscribe: protocol.Ok,
    client_frames.Chat: protocol.Ack,
    client_frames.Edit: protocol.Ok,
    client_frames.Delete: protocol.Ok,
    client_frames.React: protocol.Ok,
    client_frames.Pin: protocol.Ok,
    client_frames.Hide: protocol.Ok,
    client_frames.Mute: protocol.Ok,
    client_frames.Remove: protocol.Ok,
    client_frames.Lift: protocol.Ok,
    client_frames.SetRole: protocol.Ok,
    client_frames.SetRules: protocol.Ok,
    client_frames.Read: protocol.Ok,
    client_frames.Typing: None,
    client_frames.Look: None,
    client_frames.Watch: protocol.Ok,
    client_frames.Inbox: protocol.Ok,
    client_frames.Ask: protocol.Ack,
    client_frames.Stop: protocol.Ok,
    client_frames.Auth: protocol.Ok,
    client_frames.Ping: protocol.Pong,
}

_MESSAGE_FRAMES = {
    "ChatMessage": ("chat", "A new message."),
    "ChangedMessage": ("changed", "A message that was edited, deleted, reacted to or pinned, as it is now."),
}

_CLOSE_CODES = {
    CloseCode.NORMAL: "Ordinary. Reconnect as you like.",
    CloseCode.UNSUPPORTED_DATA: "A binary frame. Do not reconnect: mend the client.",
    CloseCode.NOT_UTF8: "Text that is not UTF-8. Do not reconnect: mend the client.",
    CloseCode.TOO_LARGE: "A frame beyond the limit. Do not reconnect: mend the client.",
    CloseCode.SERVICE_RESTART: "The server restarts. Reconnect after the seconds that its bye names.",
    CloseCode.UNAUTHENTICATED: "The token is missing, not valid, expired or revoked. Reconnect with a fresh one.",
    CloseCode.SHUT_OUT: "Shut out. Do not reconnect.",
    CloseCode.SLOW_READER: "Its messages were not read. Reconnect, and resume with since.",
    CloseCode.TOO_MANY: "Too many frames or sockets, or no valid frame in time. Reconnect after a pause.",
}

_DESCRIPTION = f"""\
Text frames, one JSON object each, at most {protocol.FRAME_MAX_BYTES:,} bytes. A client frame may carry `id`, a
string of at most 64 characters; its reply carries it back. Unknown keys are ignored, in both directions.

A ticket goes in the query (`ticket`; `POST /v1/chat/ticket` gives one, for 30 s and one socket). In its place the
token itself goes in the header `access` or `Authorization: Bearer`, as a subprotocol (`{SUBPROTOCOL},
bearer.<token>`: both, since the answer names `{SUBPROTOCOL}` and never the token; an offer of others alone is
refused with 400), or in the query (`access`), where it gets into logs.

Every change of a room has a `version`, 1, 2, 3 … without a gap. A socket gets them in that order, each at most
once. After a lost connection, `subscribe` with `since`, the last version that was seen, and repeat every message
that was not acknowledged, with the `clientId` it had.
"""


def document() -> Json:
    """The whole document, as JSON builtins."""
    schemas = _schemas()
    from_server = [*_MESSAGE_FRAMES, *(frame.__name__ for frame in _server_frames())]
    frames = [*(frame.__name__ for frame in _client_frames()), *from_server]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Community chat", "version": VERSION, "description": _DESCRIPTION},
        "defaultContentType": "application/json",
        "servers": {
            "chat": {
                "host": "{host}",
                "protocol": "wss",
                "variables": {"host": {"default": "localhost:8081", "description": "where the chat is served"}},
            }
        },
        "channels": {
            _CHANNEL: {
                "address": ADDRESS,
                "description": "One socket of one member.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in frames},
                "bindings": {"ws": _handshake()},
            }
        },
        "operations": {**_received(), "deliver": _delivered(from_server)},
        "components": {
            "messages": {name: _message(name, schemas[name]) for name in frames},
            "schemas": schemas,
        },
        "x-close-codes": {str(code.value): meaning for code, meaning in _CLOSE_CODES.items()},
        "x-error-codes": {error.code: _error(error) for error in _errors(ChatError)},
    }


# --- frames as schemas -------------------------------------------------------------------------


def _client_frames() -> tuple[type[client_frames.ClientFrame], ...]:
    return get_args(client_frames.AnyClientFrame)


def _server_frames() -> list[type[ServerFrame]]:
    return ServerFrame.__subclasses__()


def _schemas() -> dict[str, Json]:
    types = [*_client_frames(), *_server_frames(), MessageObject]
    _refs, made = msgspec.json.schema_components(types, ref_template=_SCHEMA_REF + "{name}")
    schemas: dict[str, Json] = msgspec.json.decode(msgspec.json.encode(made))  # a default may be a tuple
    written: list[type[msgspec.Struct]] = [*_server_frames(), MessageObject]
    for frame in written:
        _never_null(schemas[frame.__name__])
    message = schemas[MessageObject.__name__]
    for name, (tag, description) in _MESSAGE_FRAMES.items():
        schemas[name] = {
            **message,
            "title": name,
            "description": description,
            "properties": {"type": {"enum": [tag]}, **message["properties"]},
            "required": ["type", *message["required"]],
        }
    return schemas


def _never_null(schema: Json) -> None:
    """Of a server frame, what has its default is left out, never null."""
    for field in schema["properties"].values():
        if "default" in field:
            del field["default"]
            if "anyOf" in field:
                (only,) = (choice for choice in field.pop("anyOf") if choice != {"type": "null"})
                field.update(only)


def _message(name: str, schema: Json) -> Json:
    (tag,) = schema["properties"]["type"]["enum"]
    message = {"name": tag, "title": name, "payload": {"$ref": _SCHEMA_REF + name}}
    if "description" in schema:
        message["summary"] = schema["description"]
    if "id" in schema["properties"]:
        message["correlationId"] = {"location": "$message.payload#/id"}
    return message


# --- operations --------------------------------------------------------------------------------


def _received() -> dict[str, Json]:
    operations = {}
    for frame in _client_frames():
        reply = _REPLIES[frame]
        replies: list[type[ServerFrame]] = [Refusal] if reply is None else [reply, Refusal]
        operations[str(frame.__struct_config__.tag)] = {
            "action": "receive",
            "channel": _channel(),
            "summary": frame.__doc__,
            "messages": _messages([frame.__name__]),
            "reply": {"channel": _channel(), "messages": _messages(answer.__name__ for answer in replies)},
        }
    return operations


def _delivered(names: Iterable[str]) -> Json:
    replies = {reply.__name__ for reply in _REPLIES.values() if reply is not None}
    return {
        "action": "send",
        "channel": _channel(),
        "summary": "What happens in the rooms that the socket listens to, and to the socket itself.",
        "messages": _messages(name for name in names if name not in replies),
    }


def _channel() -> Json:
    return {"$ref": f"#/channels/{_CHANNEL}"}


def _messages(names: Iterable[str]) -> list[Json]:
    return [{"$ref": f"#/channels/{_CHANNEL}/messages/{name}"} for name in names]


def _handshake() -> Json:
    token = {"type": "string", "description": "The access token of the main server, at most 4,096 bytes."}
    ticket = {"type": "string", "description": "In its place, from `POST /v1/chat/ticket`; used once."}
    return {
        "method": "GET",
        "query": {"type": "object", "properties": {"ticket": ticket, "access": token}},
        "headers": {
            "type": "object",
            "properties": {
                "access": token,
                "Authorization": {"type": "string", "description": "`Bearer` and the token."},
                "Sec-WebSocket-Protocol": {"type": "string", "description": f"`{SUBPROTOCOL}, bearer.<token>`"},
            },
        },
        "bindingVersion": "0.1.0",
    }


# --- refusals ----------------------------------------------------------------------------------


def _errors(parent: type[ChatError]) -> Iterator[type[ChatError]]:
    """The failures that members' clients see, one for each code."""
    for error in parent.__subclasses__():
        if error.__module__ not in (errors.__name__, room_errors.__name__, file_errors.__name__):
            continue
        if error.code != parent.code or parent is ChatError:
            yield error
        yield from _errors(error)


def _error(error: type[ChatError]) -> Json:
    with translation.override("en"):
        return {"httpStatus": error.http_status, "meaning": str(error.default_message)}
