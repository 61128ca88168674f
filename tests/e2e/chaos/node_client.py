"""Clients of the JavaScript library in a process of their own. What they do and see is written into journals."""

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

from tests.e2e.chaos.client import Place
from tests.e2e.chaos.journal import Acknowledged, Closed, Heard, Journal, Message, Said
from tests.e2e.processes import WAIT_S
from tests.e2e.secrecy import keep_secret, make_token
from tests.javascript import CROWD, node


class NodeClient:
    """One of them. The same to a run as `chaos.client.Client`; when it was answered is not written down."""

    def __init__(self, crowd: "Crowd", member_id: int, name: str, room_ids: Iterable[int]) -> None:
        self.journal = Journal(name, member_id)
        self.places = {room_id: Place() for room_id in room_ids}
        self._told_to_say = 0
        self.server = ""
        self.is_present = False
        self._crowd = crowd

    @property
    def unacknowledged(self) -> int:
        return self._told_to_say - len(self.journal.acknowledged)

    def __str__(self) -> str:
        return f"{self.journal.name} at {self.server}, present: {self.is_present}"

    def say(self, room_id: int, *, padding: str = "") -> None:
        """Have it say something, which the journal shows when it did."""
        text = f"{self.journal.name} says something, {time.monotonic_ns()}{padding}"
        keep_secret(text)
        self._told_to_say += 1
        self._crowd.tell({"command": "say", "name": self.journal.name, "roomId": room_id, "text": text})

    def hear(self, event: dict[str, Any]) -> None:
        now, journal = time.monotonic(), self.journal
        self.server = event.get("server", self.server)
        match event:
            case {"event": "present", "is": is_present}:
                self.is_present = is_present
            case {"event": "began", "roomId": room_id, "version": version}:
                journal.began[room_id] = self.places[room_id].version = version
            case {"event": "said", "message": message}:
                journal.said.append(Said(now, message["roomId"], _hex(message)))
            case {"event": "acknowledged", "message": message}:
                seq = message["seq"]  # and the version: nothing is edited in these runs
                ack = Acknowledged(now, message["roomId"], _hex(message), seq, seq, self.server)
                journal.acknowledged.append(ack)
            case {"event": "heard", "message": message, "recovered": recovered}:
                heard = Heard(now, _message(message), recovered, self.server)
                journal.heard[message["roomId"]].append(heard)
                self.places[message["roomId"]].version = message["version"]
            case {"event": "closed", "code": code, "after": after}:
                journal.closed.append(Closed(now, self.server, code, (), after))
            case _:
                raise AssertionError(f"{journal.name}: {event}")


class Crowd:
    """The process. `notify` hears of news."""

    def __init__(self, notify: Callable[[], None]) -> None:
        self._notify = notify
        self._clients: dict[str, NodeClient] = {}

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(*node(CROWD), stdin=pipe, stdout=pipe, stderr=pipe)
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


def _hex(message: dict[str, Any]) -> str:
    return str(message["clientId"]).replace("-", "")


def _message(message: dict[str, Any]) -> Message:
    numbers = message["roomId"], message["seq"], message["version"], message["senderId"]
    return Message(*numbers, _hex(message), message["message"])
