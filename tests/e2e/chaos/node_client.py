"""Clients of the JavaScript library in a process of their own. What they do and see is written into journals."""

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from random import Random
from types import TracebackType
from typing import Any, Self

import msgspec

from tests.e2e.chaos.acting import Actor
from tests.e2e.chaos.client import TOO_LATE, Place
from tests.e2e.chaos.frames import Frame, frame_of, hexadecimal, message_of
from tests.e2e.chaos.journal import Acknowledged, Act, Closed, Heard, Journal, Message, Said
from tests.e2e.processes import WAIT_S
from tests.e2e.secrecy import keep_secret, make_token
from tests.javascript import CROWD, node

LINE_MAX_BYTES = 2**26  # all that a client shows


class NodeClient:
    """One of them. The same to a run as `chaos.client.Client`; when it was answered is not written down."""

    def __init__(self, crowd: "Crowd", member_id: int, name: str, room_ids: Iterable[int]) -> None:
        self.journal = Journal(name, member_id)
        self.places = {room_id: Place() for room_id in room_ids}
        self.actor = Actor(member_id, crowd.random)
        self._told_to_say = 0
        self._acts: dict[int, Act] = {}  # those without an answer, by their number
        self._picture = asyncio.Event()
        self.server = ""
        self.is_present = False
        self._crowd = crowd

    @property
    def unacknowledged(self) -> int:
        return self._told_to_say - len(self.journal.acknowledged) + len(self._acts)

    def __str__(self) -> str:
        return f"{self.journal.name} at {self.server}, present: {self.is_present}"

    def say(self, room_id: int, *, padding: str = "") -> None:
        """Have it say something, which the journal shows when it did."""
        text = f"{self.journal.name} says something, {time.monotonic_ns()}{padding}"
        keep_secret(text)
        self._told_to_say += 1
        self._crowd.tell({"command": "say", "name": self.journal.name, "roomId": room_id, "text": text})

    def act(self, room_id: int) -> bool:
        """Have it do something to a message of the room; False where there is none."""
        act = self.actor.choose(room_id)
        if act is None:
            return False
        number = len(self.journal.acts)
        self.journal.acts.append(act)
        self._acts[number] = act
        self._crowd.tell({"command": "act", "name": self.journal.name, "number": number, "frame": frame_of(act)})
        return True

    async def write_down_picture(self) -> None:
        """Have it say what it shows at the end, of the rooms it is still in."""
        self._crowd.tell({"command": "show", "name": self.journal.name, "rooms": list(self.places)})
        async with asyncio.timeout(WAIT_S):
            await self._picture.wait()

    def hear(self, event: dict[str, Any]) -> None:
        now, journal = time.monotonic(), self.journal
        self.server = event.get("server", self.server)
        match event:
            case {"event": "present", "is": is_present}:
                self.is_present = is_present
            case {"event": "began", "roomId": room_id, "version": version}:
                journal.began[room_id] = self.places[room_id].version = version
            case {"event": "said", "message": message}:
                said = Said(now, message["roomId"], _client_id(message), message["message"])
                journal.said.append(said)
            case {"event": "acknowledged", "message": message}:
                # of its version nothing is told
                ack = Acknowledged(now, message["roomId"], _client_id(message), message["seq"], 0, self.server)
                journal.acknowledged.append(ack)
            case {"event": "sent", "frame": frame}:
                for act in self._acts.values():
                    if frame.items() >= frame_of(act).items():
                        act.sent_at.append(now)
            case {"event": "answered", "number": number, "code": code}:
                act = self._acts.pop(number)
                assert code in ("", *TOO_LATE), f"{journal.name}: {code} for {act}"
                act.answered_at, act.code = now, code
            case {"event": "heard", "message": message, "recovered": recovered}:
                heard = _message(message)
                self.actor.hear(heard)
                journal.heard[heard.room_id].append(
                    Heard(now, heard._replace(reactions=None), recovered, self.server)
                )
                self.places[heard.room_id].version = heard.version
            case {"event": "shown", "rooms": rooms}:
                for room in rooms:
                    messages = map(_message, room["messages"])
                    journal.shown[room["roomId"]] = {message.seq: message for message in messages}
                    journal.pinned[room["roomId"]] = room["pinned"]
                self._picture.set()
            case {"event": "closed", "code": code, "after": after}:
                journal.closed.append(Closed(now, self.server, code, (), after))
                for act in self._acts.values():
                    if act.sent_at:  # then it may still be on its way, also where another one goes instead
                        act.sent_at.append(now)
            case _:
                raise AssertionError(f"{journal.name}: {event}")


class Crowd:
    """The process. `notify` hears of news."""

    def __init__(self, notify: Callable[[], None], random: Random) -> None:
        self._notify, self.random = notify, random
        self._clients: dict[str, NodeClient] = {}

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *node(CROWD), stdin=pipe, stdout=pipe, stderr=pipe, limit=LINE_MAX_BYTES
        )
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        assert self._process.stderr
        try:
            self._process.stdin.close()
            async with asyncio.timeout(WAIT_S):
                complaints = await self._process.stderr.read()
                code = await self._process.wait()
        except BaseException:
            self._process.kill()
            raise
        if error is None:
            assert (code, complaints.decode()) == (0, ""), "the JavaScript failed"
            await self._reader

    def add(self, member_id: int, name: str, room_ids: list[int], servers: list[str]) -> NodeClient:
        """A client that begins to live now, at any of the servers; then at the others in turn."""
        client = self._clients[name] = NodeClient(self, member_id, name, room_ids)
        token = make_token(member_id)
        self.tell({"command": "add", "name": name, "token": token, "rooms": room_ids, "servers": servers})
        return client

    def tell(self, command: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command).encode() + b"\n")

    async def _read(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            event = json.loads(line)
            self._clients[event["name"]].hear(event)
            self._notify()


def _client_id(message: dict[str, Any]) -> str:
    return hexadecimal(message["clientId"] or "")


def _message(message: dict[str, Any]) -> Message:
    return message_of(msgspec.convert(message, Frame, strict=False))
