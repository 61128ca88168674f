"""What the clients of each server say and hear. Pure."""

import json
import time
from dataclasses import dataclass

import jwt

from tests.services import TEST_JWT_SECRET

STAMP_DIGITS = 18
FILLING = "x" * 41  # every message has 60 characters
HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Seat:
    """A member's socket in a room. `since`: the version up to which its client knows the room."""

    room_id: int
    member_id: int
    since: int | None = None


def text_of(stamp: int) -> str:
    """What a message says: the nanosecond when it was due, and some filling."""
    return f"~{stamp:0{STAMP_DIGITS}d}{FILLING}"


def stamp_in(payload: bytes) -> int:
    start = payload.index(b"~") + 1
    return int(payload[start : start + STAMP_DIGITS])


class Refused(Exception):
    """What the server said instead of yes."""


class Dialect:
    """The plainest: a path that names the room, JSON out and in. A sender's own message is its acknowledgement."""

    ready_at_once = True  # when the handshake is answered; else `reaction` says when
    delivery = b'{"type":"chat"'
    ack: bytes | None = None

    def path(self, seat: Seat) -> str:
        return f"/ws/{seat.room_id}/{seat.member_id}"

    def chat(self, room_id: int, stamp: int) -> bytes:
        return json.dumps({"type": "chat", "roomId": room_id, "message": text_of(stamp)}).encode()

    def stamp_in(self, payload: bytes) -> int:
        """The stamp of a message that is delivered."""
        return stamp_in(payload)

    def reaction(self, seat: Seat, payload: bytes) -> tuple[bytes | None, bool]:
        """What to answer to any other frame, and whether the socket is ready now."""
        return None, False


class OurDialect(Dialect):
    """Protocol v2 of this project, with a token."""

    ready_at_once = False
    ack = b'{"type":"ack"'

    def path(self, seat: Seat) -> str:
        now_s = int(time.time())
        claims = {"category": "access", "userId": seat.member_id, "role": "USER", "iat": now_s}
        token = jwt.encode(claims | {"exp": now_s + HOUR_S}, TEST_JWT_SECRET, algorithm="HS256")
        return f"/v2/chat/connect?access={token}"

    def chat(self, room_id: int, stamp: int) -> bytes:
        frame = {"type": "chat", "roomId": room_id, "message": text_of(stamp), "id": f"~{stamp:0{STAMP_DIGITS}d}"}
        return json.dumps(frame).encode()

    def reaction(self, seat: Seat, payload: bytes) -> tuple[bytes | None, bool]:
        if payload.startswith(b'{"type":"welcome"'):
            since = {} if seat.since is None else {"since": seat.since}
            return json.dumps({"type": "subscribe", "roomId": seat.room_id, **since}).encode(), False
        if payload.startswith(b'{"type":"error"'):
            raise Refused(payload.decode())
        return None, payload.startswith(b'{"type":"subscribed"')


class SocketIoDialect(Dialect):
    """Engine.IO 4 with Socket.IO's packets in it, on a WebSocket from the start."""

    ready_at_once = False
    delivery = b'42["chat"'

    def path(self, seat: Seat) -> str:
        return "/socket.io/?EIO=4&transport=websocket"

    def chat(self, room_id: int, stamp: int) -> bytes:
        return b"42" + json.dumps(["chat", room_id, text_of(stamp)]).encode()

    def reaction(self, seat: Seat, payload: bytes) -> tuple[bytes | None, bool]:
        if payload.startswith(b"0"):  # open
            return b"40", False
        if payload.startswith(b"40"):  # connected to the default namespace
            return b"420" + json.dumps(["join", seat.room_id]).encode(), False
        if payload == b"2":  # ping
            return b"3", False
        return None, payload.startswith(b"430")  # the join is acknowledged
