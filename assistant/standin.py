"""A stand-in for Gemini, over real HTTP: for tests, and for trying everything out without a key.

An ASGI application that speaks generateContent, streamGenerateContent and countTokens on /v1beta and /v1. It is no
model and says so in its answers. The scenario of a request is the next one of the script, or the one that the
model is named for (`standin-503`); any `gemini-…` model gives the friendly answer. What came in is recorded.

From outside: `POST /standin/script` with a JSON list of scenarios, `GET /standin/report`, `POST /standin/forget`.
"""

import asyncio
import logging
import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from assistant.standin_delivery import Receive, Respond, Send, respond_with
from assistant.standin_requests import GenerateRequest, Refused, google_error, read_request
from assistant.standin_scenarios import SCENARIOS, Scenario, friendly_answer, in_deltas

logger = logging.getLogger(__name__)

_CALL = re.compile(r"/(?P<version>v1|v1beta)/models/(?P<model>[^/:]+):(?P<method>\w+)")
_METHODS = ("generateContent", "streamGenerateContent", "countTokens")
_NO_KEY = "Method doesn't allow unregistered callers (callers without established identity)."


@dataclass(frozen=True, slots=True)
class Received:
    """A call as it came in."""

    method: str
    model: str
    version: str
    path: str  # with the query
    body: Any
    key: str = field(repr=False)


class StandIn:
    """`think_s` passes before the friendly answer, `pace_s` between its deltas: for people who watch."""

    def __init__(self, *, think_s: float = 0.0, pace_s: float = 0.0) -> None:
        self._think_s, self._pace_s = think_s, pace_s
        self._changed = asyncio.Condition()
        self.forget()

    def forget(self) -> None:
        """Begin anew: no script, nothing recorded."""
        self.received: list[Received] = []
        self.under_way = 0
        self.highest_concurrency = 0
        self.hung_up = 0
        self._script: deque[str] = deque()
        self._failed: Counter[str] = Counter()

    def script(self, *scenarios: str) -> None:
        """The next calls get these scenarios, whatever model they name."""
        unknown = set(scenarios) - SCENARIOS.keys()
        if unknown:
            raise ValueError(f"no such scenarios: {sorted(unknown)}")
        self._script.extend(scenarios)

    async def wait_until(self, condition: Callable[["StandIn"], bool]) -> None:
        """Return once `condition` holds; it is looked at whenever a call comes or goes."""
        async with self._changed:
            await self._changed.wait_for(lambda: condition(self))

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await _read_body(receive)
        respond = Respond(send)
        call = _CALL.fullmatch(scope["path"])
        if call is None or scope["method"] != "POST" or call["method"] not in _METHODS:
            await self._control(scope, body, respond)
            return
        query = scope["query_string"].decode()
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        received = Received(
            method=call["method"],
            model=call["model"],
            version=call["version"],
            path=f"{scope['path']}?{query}" if query else scope["path"],
            body=_recorded(body),
            key=headers.get("x-goog-api-key", ""),
        )
        await self._count(received)
        try:
            await self._answer(received, body, receive, respond)
        finally:
            self.under_way -= 1
            await self._tell_change()

    async def _answer(self, received: Received, body: bytes, receive: Receive, respond: Respond) -> None:
        try:
            request = _accepted(received, body)
            if received.method == "countTokens":
                await respond.json(200, _token_count(request))
                return
            scenario = self._scenario_for(received.model, request)
        except Refused as refusal:
            logger.info("stand-in, not Gemini: %s %s refused: %s", received.method, received.model, refusal)
            await respond.json(refusal.code, refusal.body)
            return
        streamed = received.method == "streamGenerateContent"
        as_events = streamed and "alt=sse" in received.path
        finished = await respond_with(
            scenario, receive, respond, model=received.model, streamed=streamed, as_events=as_events
        )
        if not finished:
            self.hung_up += 1

    def _scenario_for(self, model: str, request: GenerateRequest) -> Scenario:
        name = self._script.popleft() if self._script else model.removeprefix("standin-")
        name = "ok" if name.startswith("gemini-") else name
        scenario = SCENARIOS.get(name)
        if scenario is None:
            raise Refused(404, f"models/{model} is not found for API version v1beta.")
        logger.info("stand-in, not Gemini: %s gets the scenario %r", model, name)
        if scenario.failures:
            self._failed[name] += 1
            if self._failed[name] > scenario.failures:
                name, scenario = "ok", SCENARIOS["ok"]
        if scenario.events is not None or scenario.body is not None:
            return scenario
        if name == "ok":
            scenario = replace(scenario, first_byte_after_s=self._think_s, drip_s=self._pace_s)
        return replace(scenario, events=in_deltas(friendly_answer(request.contents[-1].text)))

    async def _control(self, scope: dict[str, Any], body: bytes, respond: Respond) -> None:
        match scope["method"], scope["path"]:
            case "GET", "/standin/report":
                await respond.json(200, self._report())
            case "POST", "/standin/forget":
                self.forget()
                await respond.json(200, {})
            case "POST", "/standin/script":
                self.script(*msgspec.json.decode(body, type=list[str]))  # a wrong one is a 500: tests look
                await respond.json(200, {})
            case "GET", "/":
                await respond.body(200, b"A stand-in for Gemini. It is no model.\n", "text/plain")
            case _:
                await respond.json(404, google_error(404, "The requested URL was not found on this server."))

    def _report(self) -> dict[str, Any]:
        calls = [{"method": call.method, "model": call.model, "body": call.body} for call in self.received]
        return {"received": calls, "highestConcurrency": self.highest_concurrency, "hungUp": self.hung_up}

    async def _count(self, received: Received) -> None:
        self.received.append(received)
        self.under_way += 1
        self.highest_concurrency = max(self.highest_concurrency, self.under_way)
        await self._tell_change()

    async def _tell_change(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _accepted(received: Received, body: bytes) -> GenerateRequest:
    if not received.key:
        raise Refused(403, _NO_KEY)
    return read_request(body, "countTokens" if received.method == "countTokens" else "generateContent")


def _recorded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None


def _token_count(request: GenerateRequest) -> dict[str, Any]:
    total = sum(len(content.text) for content in request.contents) // 4 + 1
    return {"totalTokens": total, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": total}]}


async def _read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)
