"""A stand-in for Gemini and OpenAI-compatible endpoints, over real HTTP: for tests, and for trying without a key.

An ASGI application that speaks generateContent, streamGenerateContent and countTokens on /v1beta and /v1, and
/v1/chat/completions. It is no model and says so in its answers. The scenario of a request is the next one of the
script, or the one that the model is named for (`standin-503`); other models give the friendly answer. What came in
is recorded.

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

from assistant.standin.answers import friendly_answer
from assistant.standin.delivery import Receive, Respond, Send, respond_with
from assistant.standin.gemini import gemini_pieces
from assistant.standin.openai import OPENAI_SCENARIOS, OpenAIRefused, openai_pieces, read_chat_request
from assistant.standin.requests import GenerateRequest, Refused, google_error, read_request
from assistant.standin.scenarios import SCENARIOS, Scenario, in_deltas

logger = logging.getLogger(__name__)

_CALL = re.compile(r"/(?P<version>v1|v1beta)/models/(?P<model>[^/:]+):(?P<method>\w+)")
_CHAT, _CHAT_PATH = "chat.completions", "/v1/chat/completions"
_METHODS = ("generateContent", "streamGenerateContent", "countTokens")
_NO_KEY = "Method doesn't allow unregistered callers (callers without established identity)."


Plan = tuple[Scenario, list[bytes], bool]  # how, what, and whether as events


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
        unknown = set(scenarios) - SCENARIOS.keys() - OPENAI_SCENARIOS.keys()
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
        received = _received(scope, body)
        if received is None:
            await self._control(scope, body, respond)
            return
        await self._count(received)
        try:
            await self._answer(received, body, receive, respond)
        finally:
            self.under_way -= 1
            await self._tell_change()

    async def _answer(self, received: Received, body: bytes, receive: Receive, respond: Respond) -> None:
        try:
            if received.method == "countTokens":
                await respond.json(200, _token_count(_accepted(received, body)))
                return
            plan = self._plan_openai if received.method == _CHAT else self._plan_gemini
            scenario, pieces, as_events = plan(received, body)
        except Refused as refusal:
            logger.info("stand-in, no model: %s %s refused: %s", received.method, received.model, refusal)
            await respond.json(refusal.code, refusal.body)
            return
        if not await respond_with(scenario, pieces, receive, respond, as_events=as_events):
            self.hung_up += 1

    def _plan_gemini(self, received: Received, body: bytes) -> Plan:
        request, model = _accepted(received, body), received.model
        scenario = self._scenario_for("ok" if model.startswith("gemini-") else model, SCENARIOS)
        if scenario is None:
            raise Refused(404, f"models/{model} is not found for API version v1beta.")
        rules = request.system_instruction.text if request.system_instruction else ""
        scenario = self._with_answer(scenario, to=request.contents[-1].text, rules=rules)
        streamed = received.method == "streamGenerateContent"
        as_events = streamed and "alt=sse" in received.path
        return scenario, gemini_pieces(scenario, model, streamed=streamed, as_events=as_events), as_events

    def _plan_openai(self, received: Received, body: bytes) -> Plan:
        request, model = read_chat_request(body), received.model
        scenario = self._scenario_for(model if model.startswith("standin-") else "ok", OPENAI_SCENARIOS)
        if scenario is None:
            raise OpenAIRefused(404, f"The model `{model}` does not exist.", kind="model_not_found")
        rules = "\n".join(message.content for message in request.messages if message.role == "system")
        scenario = self._with_answer(scenario, to=request.messages[-1].content, rules=rules)
        return scenario, openai_pieces(scenario, request), request.stream

    def _scenario_for(self, model: str, scenarios: dict[str, Scenario]) -> Scenario | None:
        """The one that the script or the model names; None where it does not exist."""
        name = self._script.popleft() if self._script else model.removeprefix("standin-")
        logger.info("stand-in, no model: the scenario is %r", name)
        scenario = scenarios.get(name)
        if scenario is not None and scenario.failures:
            self._failed[name] += 1
            return scenario if self._failed[name] <= scenario.failures else scenarios["ok"]
        return scenario

    def _with_answer(self, scenario: Scenario, *, to: str, rules: str) -> Scenario:
        """With the friendly answer where the scenario says nothing of its own."""
        if scenario.events is not None or scenario.body is not None:
            return scenario
        if scenario == SCENARIOS["ok"]:
            scenario = replace(scenario, first_byte_after_s=self._think_s, drip_s=self._pace_s)
        return replace(scenario, events=in_deltas(friendly_answer(to, rules)))

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
                await respond.body(200, b"A stand-in for Gemini and others. It is no model.\n", "text/plain")
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


def _received(scope: dict[str, Any], body: bytes) -> Received | None:
    """The call, if it is one to a model."""
    if scope["method"] != "POST":
        return None
    path, query, recorded = scope["path"], scope["query_string"].decode(), _recorded(body)
    headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
    whole_path = f"{path}?{query}" if query else path
    if path == _CHAT_PATH:
        model = recorded.get("model") if isinstance(recorded, dict) else None
        key = headers.get("authorization", "").removeprefix("Bearer ")
        return Received(_CHAT, str(model), "v1", whole_path, recorded, key)
    call = _CALL.fullmatch(path)
    if call is None or call["method"] not in _METHODS:
        return None
    key = headers.get("x-goog-api-key", "")
    return Received(call["method"], call["model"], call["version"], whole_path, recorded, key)


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
