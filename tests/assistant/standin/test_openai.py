"""The stand-in as an OpenAI-compatible endpoint: what it accepts and refuses, and what its stream looks like."""

import json
from typing import Any

import httpx
import pytest

from assistant.standin.openai import OpenAIRefused, read_chat_request
from assistant.standin.server import StandIn

HELLO = {"model": "llama3.2", "messages": [{"role": "user", "content": ">[Alice]: 안녕"}]}


async def post(url: str, body: Any) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.post(f"{url}/v1/chat/completions", json=body, headers={"authorization": "Bearer x"})


async def test_any_model_gives_the_friendly_answer(gemini_url: str, standin: StandIn) -> None:
    answer = (await post(gemini_url, HELLO)).json()

    [choice] = answer["choices"]
    assert choice["message"]["content"].startswith("(연습용 답변) Alice님")
    assert (choice["finish_reason"], answer["model"]) == ("stop", "llama3.2 (stand-in)")
    assert answer["usage"]["total_tokens"]
    assert [(call.method, call.model, call.key) for call in standin.received] == [
        ("chat.completions", "llama3.2", "x")
    ]


async def test_a_stream_ends_with_its_count_where_it_is_asked_for_and_says_so(gemini_url: str) -> None:
    for options in ({}, {"stream_options": {"include_usage": True}}):
        body = (await post(gemini_url, HELLO | {"stream": True} | options)).text
        *events, done, nothing = body.split("\r\n\r\n")
        chunks = [json.loads(event.removeprefix("data: ")) for event in events]

        assert (done, nothing) == ("data: [DONE]", "")
        assert bool(chunks[-1]["usage"]) == bool(options)
        assert [choice["finish_reason"] for chunk in chunks for choice in chunk["choices"]][-1] == "stop"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"max_token": 5}, "max_token"),
        ({"messages": []}, "empty array"),
        ({"messages": [{"role": "user"}]}, "content"),
        ({"stream_options": {"include_usage": True}}, "only allowed when"),
    ],
)
def test_what_the_endpoint_refuses_is_named(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(OpenAIRefused, match=words) as caught:
        read_chat_request(json.dumps(HELLO | wrong).encode())

    assert (caught.value.code, caught.value.body["error"]["type"]) == (400, "invalid_request_error")


async def test_an_unknown_scenario_is_an_unknown_model(gemini_url: str) -> None:
    answer = await post(gemini_url, HELLO | {"model": "standin-no-such-thing"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")
