"""Asking an ASGI application for files, as a browser's connection does, and what it answers."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from tests.times import WAIT_S


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_whole: bool = False


@dataclass
class Reader:
    """A connection. `takes` is how many chunks it reads before it waits for `goes_on`; `leaves` ends it."""

    takes: int = 1_000_000
    answer: Answer = field(default_factory=Answer)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    leaves: asyncio.Event = field(default_factory=asyncio.Event)
    is_waiting: asyncio.Event = field(default_factory=asyncio.Event)
    _is_asked: bool = False

    async def receive(self) -> dict[str, Any]:
        if not self._is_asked:
            self._is_asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, event: dict[str, Any]) -> None:
        if event["type"] == "http.response.start":
            self.answer.status = event["status"]
            self.answer.headers = {name.decode(): value.decode("latin-1") for name, value in event["headers"]}
            return
        if self.takes == 0:
            self.is_waiting.set()
            await self.goes_on.wait()
        self.takes -= 1
        self.answer.body += event["body"]
        self.answer.is_whole = not event.get("more_body", False)


def scope_of(path: str, method: str = "GET", *, client: str = "203.0.113.5", **headers: str) -> dict[str, Any]:
    """`if_range` is the header If-Range."""
    named = {"host": "chat.example.com", **headers}
    return {
        "type": "http",
        "method": method,
        "scheme": "https",
        "path": path,
        "query_string": b"",
        "root_path": "",
        "server": ("chat.example.com", 443),
        "client": (client, 50_000),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()],
    }


async def within_time(task: Any) -> Any:
    async with asyncio.timeout(WAIT_S):
        return await task
