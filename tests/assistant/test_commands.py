"""`manage.py gemini_standin` as somebody at the shell starts it."""

import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from chatproject.settings import BASE_DIR
from tests.assistant.conftest import TIMEOUT_S
from tests.servers import free_port

HELLO = {"contents": [{"parts": [{"text": ">[Alice]: 안녕"}]}]}


@pytest.fixture
def address() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "manage.py", "gemini_standin", "--port", str(port), "--instantly"]
    with subprocess.Popen(command, cwd=BASE_DIR, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first_line = process.stdout.readline()
        assert "no model" in first_line
        yield first_line.rsplit("=", 1)[1].strip()
        process.terminate()


def test_the_stand_in_says_where_it_is_and_answers(address: str) -> None:
    transport = httpx.HTTPTransport(retries=5)  # it says where it will be just before it is there
    with httpx.Client(transport=transport, timeout=TIMEOUT_S, headers={"x-goog-api-key": "x"}) as client:
        answer = client.post(f"{address}/v1beta/models/gemini-x:generateContent", json=HELLO)

    assert answer.json()["candidates"][0]["content"]["parts"][0]["text"].startswith("(연습용 답변) Alice님")
