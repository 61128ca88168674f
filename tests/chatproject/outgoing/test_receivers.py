"""What the sender signs, before receivers that are not ours: Standard Webhooks' own libraries, and the examples.

Those of docs/examples run as they are there. They take an event once, and refuse what is forged or replayed.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from chatproject.outgoing.models import Endpoint, EndpointSecret
from chatproject.outgoing.services import rotate_secret
from chatproject.outgoing.signing import headers as sign
from tests.chatproject.outgoing.conftest import StartSender, make_events
from tests.chatproject.outgoing.receiver import SECRET, Receiver, Taken
from tests.javascript import TESTS, node
from tests.messaging.people import in_thread, soon

EXAMPLES = Path(settings.BASE_DIR) / "docs/examples"
COMMANDS = {"Python": [sys.executable, str(EXAMPLES / "receiver.py")], "Node": node(EXAMPLES / "receiver.mjs")}
ANOTHER_SECRET = "whsec_" + "YW5vdGhlci1zZWNyZXQtYW5vdGhlci1zZWNyZXQtMzI="
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
OLDEST_S = 300


# --- the libraries


@pytest.fixture
async def sent(receiver: Receiver, start_sender: StartSender, endpoint_id: int) -> Taken:
    """A real event of a room, as the sender sent it, while its secret is being replaced."""
    await in_thread(lambda: rotate_secret(endpoint_id=endpoint_id, now=datetime.now(UTC)))
    await in_thread(make_events, endpoint_id, 5)
    await start_sender()
    return (await soon(receiver.has_taken(1)))[0]


def judged_in_python(secret: str, headers: dict[str, str], body: bytes) -> Any:
    return Webhook(secret).verify(body, headers)


def judged_in_node(secret: str, headers: dict[str, str], body: bytes) -> Any:
    asked = json.dumps({"secret": secret, "headers": headers, "body": body.decode()})
    done = subprocess.run(node(TESTS / "judge.mjs"), input=asked, capture_output=True, text=True, check=False)
    if done.returncode:
        assert "WebhookVerificationError" in done.stderr, done.stderr
        raise WebhookVerificationError(done.stderr)
    return json.loads(done.stdout)


@pytest.mark.parametrize("judge", [judged_in_python, judged_in_node])
async def test_standard_webhooks_takes_what_is_sent_and_nothing_else(judge: Any, sent: Taken) -> None:
    headers, body = {name: sent.headers[name] for name in HEADERS}, sent.body
    secrets = await in_thread(lambda: list(EndpointSecret.objects.values_list("secret", flat=True)))
    assert len(secrets) == 2
    assert [judge(secret, headers, body) for secret in secrets] == [sent.event] * 2
    late = {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - OLDEST_S - 1)}
    for forged in (
        (SECRET, headers, body.replace(b'"seq":1', b'"seq":2')),
        (SECRET, {**headers, "webhook-id": "evt_1_1"}, body),
        (SECRET, late, body),
        (ANOTHER_SECRET, headers, body),
    ):
        with pytest.raises(WebhookVerificationError):
            judge(*forged)


# --- the examples


@dataclass
class Example:
    """`events` are those that it took."""

    process: asyncio.subprocess.Process
    port: int = 0
    events: list[Any] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events"

    async def line(self) -> str:
        assert self.process.stdout
        return (await soon(self.process.stdout.readline())).decode()

    async def takes(self) -> Any:
        return json.loads(await self.line())


@pytest.fixture(params=COMMANDS)
async def example(request: pytest.FixtureRequest, receiver: Receiver) -> AsyncIterator[Example]:
    """`receiver` is asked for because it lets events go to this machine."""
    environment = {**os.environ, "EVENTS_SECRET": f"{ANOTHER_SECRET}  {SECRET} "}
    process = await asyncio.create_subprocess_exec(*COMMANDS[request.param], "0", stdout=PIPE, env=environment)
    example = Example(process)
    example.port = int((await example.line()).removeprefix("listening on "))
    yield example
    process.kill()
    await process.wait()


async def test_an_example_takes_what_the_sender_sends_in_order(
    example: Example, endpoint_id: int, start_sender: StartSender
) -> None:
    await in_thread(lambda: Endpoint.objects.update(url=example.url))
    numbers = await in_thread(make_events, endpoint_id, 5, 5)
    await start_sender()
    taken = [await example.takes() for _ in numbers]
    assert [one["number"] for one in taken] == numbers
    assert [one["prevRoomEvent"] for one in taken] == [None, numbers[0]]


def event(number: int, *, secret: str = SECRET, age_s: float = 0) -> tuple[dict[str, str], bytes]:
    body = json.dumps({"type": "test", "number": number}).encode()
    signed = sign(f"evt_1_{number}", body, secrets=[secret], epoch_s=int(time.time() - age_s))
    return {name.decode(): value.decode() for name, value in signed}, body


async def test_an_example_refuses_what_is_forged_or_replayed_and_takes_each_once(example: Example) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:

        async def post(headers: dict[str, str], body: bytes) -> int:
            coded = {name.encode(): value.encode() for name, value in headers.items()}
            return (await client.post(example.url, headers=coded, content=body)).status_code

        genuine, body = event(1)
        assert await post(*event(2, secret="whsec_" + "d3Jvbmctc2VjcmV0LXdyb25nLXNlY3JldC13cm9uZy4=")) == 401
        assert await post(*event(2, secret="")) == 401
        assert await post(genuine, body.replace(b"1", b"3")) == 401
        assert await post({**genuine, "webhook-id": "evt_1_4"}, body) == 401
        assert await post(*event(5, age_s=OLDEST_S + 60)) == 401
        assert await post(*event(6, age_s=-OLDEST_S - 60)) == 401
        for name, value in (
            ("webhook-timestamp", "soon"),
            ("webhook-timestamp", "²"),
            ("webhook-signature", "v1,é"),
        ):
            assert await post({**genuine, name: value}, body) == 401
        for name in HEADERS:
            assert await post({key: value for key, value in genuine.items() if key != name}, body) == 401

        assert [await post(genuine, body) for _ in range(2)] == [204, 204]
        assert await post(*event(7, secret=ANOTHER_SECRET)) == 204
    assert [(await example.takes())["number"] for _ in range(2)] == [1, 7]
