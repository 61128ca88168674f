"""What an operator sees of the assistant at /metrics, beside the chat server's own."""

import httpx
import pytest
from httpx import ASGITransport
from prometheus_client import CollectorRegistry, generate_latest

from assistant.metrics import AssistantMetrics
from assistant.models import AssistantRun
from assistant.providers.provider import Answer
from chatproject.asgi import Process
from rooms.models import Room
from tests.assistant.conftest import MakeGemini
from tests.assistant.houses import OpenHouse
from tests.factories import ALICE, BOB

State = AssistantRun.State


def test_answers_are_counted_by_their_end_with_first_words_and_tokens() -> None:
    registry = CollectorRegistry()
    metrics = AssistantMetrics(registry)
    answer = Answer("비밀", truncated=False, model_asked="m", model_served="m", prompt_tokens=30, output_tokens=12)
    metrics.count_run(State.DONE, answer=answer, first_word_ms=700)
    metrics.count_run(State.FAILED, answer=None, first_word_ms=None)

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, labels)

    ends = [value("chat_assistant_runs_total", state=state) for state in ("done", "stopped", "failed", "blocked")]
    assert ends == [1, 0, 1, 0]
    assert value("chat_assistant_first_word_seconds_sum") == pytest.approx(0.7)
    assert value("chat_assistant_first_word_seconds_count") == 1
    assert value("chat_assistant_tokens_total", kind="read") == 30
    assert value("chat_assistant_tokens_total", kind="written") == 12
    assert "비밀" not in generate_latest(registry).decode()


async def test_calls_of_the_model_and_answers_under_way_are_read_off(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini
) -> None:
    house = await open_house(make_gemini("503-twice"))
    bob = await house.listen(BOB, room)
    await house.ask(room, await (await house.listen(ALICE, room)).says("도와줘"))
    assert house.metric("chat_assistant_runs_under_way") == 1
    await bob.sees("done")

    assert house.metric("chat_model_calls_total", model="standin-503-twice", outcome="answered") == 1
    assert house.metric("chat_model_retries_total") == 2
    assert house.metric("chat_model_breaker", model="standin-503-twice", state="closed") == 1
    assert house.metric("chat_model_breaker", model="standin-503-twice", state="open") == 0


async def test_they_are_served_with_the_chat_servers_own() -> None:
    process = Process()
    transport = ASGITransport(process)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        text = (await client.get("/metrics")).text
    await process.stop()

    assert "chat_sockets" in text
    assert 'chat_assistant_runs_total{state="done"} 0.0' in text
    assert "chat_assistant_runs_under_way 0.0" in text
