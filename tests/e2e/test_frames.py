"""Every client frame of `tests/frames`, sent to a real server."""

import json
from typing import Any

import pytest

from chatproject.text import is_encodable
from tests.e2e.client import Socket
from tests.e2e.people import Person
from tests.messaging.frames import FOLDER, read

pytestmark = pytest.mark.e2e

ANSWERS = {
    "subscribe": "subscribed",
    "unsubscribe": "ok",
    "chat": "ack",
    "edit": "ok",
    "delete": "ok",
    "react": "ok",
    "pin": "ok",
    "read": "ok",
    "typing": None,
    "ask": "ack",
    "stop": "ok",
    "look": None,
    "watch": "ok",
    "inbox": "ok",
    "auth": "ok",
    "ping": "pong",
}


NOT_YET = {"hide", "mute", "remove", "lift", "role", "rules", "chat-attachments"}


def names(kind: str) -> list[str]:
    return sorted(path.stem for path in (FOLDER / kind).glob("*.json") if path.stem not in NOT_YET)


def text_of(case: dict[str, Any]) -> str:
    """What goes over the wire, as short as clients in browsers write it; half a character has to be escaped."""
    if "text" in case:
        return str(case["text"])
    text = json.dumps(case["frame"], ensure_ascii=False)
    return text if is_encodable(text) else json.dumps(case["frame"])


def fitted(frame: dict[str, Any], *, room: int, access: str) -> dict[str, Any]:
    """The frame with this room, this token, and an answer to a message that is there; 1.0 stays a float."""
    real = {"roomId": room, "access": access, "replyTo": 1, "seq": 1}
    return {name: type(value)(real[name]) if name in real and value else value for name, value in frame.items()}


async def answers_to(socket: Socket, text: str, *, at_least: int) -> list[tuple[Any, ...]]:
    """What the server answers, and answers before the next ping: (type, code, id, room of a refusal)."""
    before = len(socket.answers)
    await socket.send(text)
    await socket.wait_for_answers(before + at_least)
    await socket.catch_up()
    return [
        (frame["type"], frame.get("code"), frame.get("id"), frame.get("roomId") if "code" in frame else None)
        for frame in socket.answers[before:-1]
    ]


async def test_every_valid_frame_gets_the_documented_answer(alice: Person, room_name: str) -> None:
    documented, given = {}, {}
    for name in names("client"):
        room = await alice.create_room(f"{room_name} {name}"[:50])
        socket = await alice.listen(room)
        await socket.say(room, "said before")
        frame = fitted(read("client", name)["frame"], room=room, access=alice.token)
        answer = ANSWERS[frame["type"]]
        documented[name] = [(answer, None, frame.get("id"), None)] if answer else []
        given[name] = await answers_to(socket, text_of({"frame": frame}), at_least=len(documented[name]))
    assert given == documented


async def test_every_malformed_frame_gets_its_code(alice: Person, room: int) -> None:
    socket = await alice.connect()
    documented, given = {}, {}
    for name in names("client-invalid"):
        case = read("client-invalid", name)
        documented[name] = [("error", case["code"], case.get("id"), case.get("roomId"))]
        given[name] = await answers_to(socket, text_of(case), at_least=1)
    assert given == documented
