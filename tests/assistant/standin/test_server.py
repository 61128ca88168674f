"""The stand-in speaks Gemini: Google's own SDK understands it, and what Google refuses is refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from google import genai
from google.genai import errors, types

from assistant.standin.server import StandIn
from tests.assistant.conftest import TIMEOUT_S

KEY_HEADER = {"x-goog-api-key": "x"}
HELLO = {"contents": [{"role": "user", "parts": [{"text": "[Alice]: 안녕"}]}]}


@pytest.fixture
async def google(gemini_url: str) -> AsyncIterator[genai.Client]:
    options = types.HttpOptions(base_url=gemini_url, api_version="v1beta")
    with closing(genai.Client(api_key="x", http_options=options)) as client:
        yield client
        await client.aio.aclose()


async def post(url: str, path: str, body: Any, headers: dict[str, str] = KEY_HEADER) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.post(url + path, json=body, headers=headers)


# --- Google's SDK ------------------------------------------------------------------------------


async def test_googles_sdk_gets_an_answer(google: genai.Client, standin: StandIn) -> None:
    answer = await google.aio.models.generate_content(
        model="gemini-2.5-flash-lite",
        contents="[Alice]: 점심 뭐 먹지?",
        config=types.GenerateContentConfig(system_instruction="be kind", max_output_tokens=99),
    )

    assert answer.text is not None
    assert answer.text.startswith("(연습용 답변) Alice님")
    assert answer.candidates is not None
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    assert answer.usage_metadata is not None
    assert answer.usage_metadata.total_token_count
    assert answer.model_version == "gemini-2.5-flash-lite (stand-in)"
    assert standin.received[0].key == "x"


@pytest.mark.parametrize("scenario", ["ok", "multipart", "chunks-1", "chunks-7", "lf", "cr", "slow"])
async def test_googles_sdk_reads_the_stream_to_the_same_text(google: genai.Client, scenario: str) -> None:
    model = f"standin-{scenario}"
    whole = await google.aio.models.generate_content(model=model, contents="[Alice]: 안녕")
    events = [
        event
        async for event in await google.aio.models.generate_content_stream(model=model, contents="[Alice]: 안녕")
    ]

    assert len(events) > 1
    assert "".join(event.text or "" for event in events) == whole.text
    assert events[-1].candidates is not None
    assert events[-1].candidates[0].finish_reason == types.FinishReason.STOP


async def test_googles_sdk_counts_tokens(google: genai.Client) -> None:
    counted = await google.aio.models.count_tokens(model="gemini-2.5-flash-lite", contents="안녕하세요")

    assert counted.total_tokens


@pytest.mark.parametrize(
    ("scenario", "code", "status"),
    [
        ("400-key", 400, "INVALID_ARGUMENT"),
        ("403", 403, "PERMISSION_DENIED"),
        ("404", 404, "NOT_FOUND"),
        ("429-per-day", 429, "RESOURCE_EXHAUSTED"),
        ("503", 503, "UNAVAILABLE"),
    ],
)
async def test_googles_sdk_understands_the_failures(
    google: genai.Client, scenario: str, code: int, status: str
) -> None:
    with pytest.raises(errors.APIError) as caught:
        await google.aio.models.generate_content(model=f"standin-{scenario}", contents="안녕")

    assert (caught.value.code, caught.value.status) == (code, status)


async def test_googles_sdk_sees_a_blocked_prompt(google: genai.Client) -> None:
    answer = await google.aio.models.generate_content(model="standin-blocked-prompt", contents="안녕")

    assert not answer.candidates
    assert answer.prompt_feedback is not None
    assert answer.prompt_feedback.block_reason == types.BlockedReason.PROHIBITED_CONTENT


# --- what it refuses ---------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["v1", "v1beta"])
async def test_both_versions_are_served(gemini_url: str, version: str) -> None:
    answer = await post(gemini_url, f"/{version}/models/gemini-x:generateContent", HELLO)

    assert answer.status_code == 200
    assert "stand-in" in answer.json()["modelVersion"]
    assert answer.headers["server"] == "gemini-stand-in"


async def test_without_a_key_google_does_not_know_the_caller(gemini_url: str) -> None:
    answer = await post(gemini_url, "/v1beta/models/gemini-x:generateContent", HELLO, headers={})

    assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("path", ["/v1beta/models/standin-no-such-thing:generateContent", "/v1beta/models/other:"])
async def test_an_unknown_model_or_path_is_not_found(gemini_url: str, path: str) -> None:
    answer = await post(gemini_url, path, HELLO)

    assert (answer.status_code, answer.json()["error"]["status"]) == (404, "NOT_FOUND")


# --- what it is told, and what it tells --------------------------------------------------------


async def test_a_script_goes_before_the_models_name(gemini_url: str) -> None:
    await post(gemini_url, "/standin/script", ["503", "blocked-prompt"])
    answers = [await post(gemini_url, "/v1beta/models/gemini-x:generateContent", HELLO) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [503, 200, 200]
    assert ["candidates" in answer.json() for answer in answers] == [False, False, True]


async def test_a_misspelt_scenario_is_an_error_and_not_the_usual_answer(standin: StandIn) -> None:
    with pytest.raises(ValueError, match="safty"):
        standin.script("finish-safty")


async def test_a_model_that_fails_twice_answers_the_third_time(gemini_url: str) -> None:
    path = "/v1beta/models/standin-503-twice:generateContent"

    assert [(await post(gemini_url, path, HELLO)).status_code for _ in range(4)] == [503, 503, 200, 200]


async def test_the_report_says_who_called_with_what(gemini_url: str) -> None:
    await post(gemini_url, "/v1beta/models/gemini-x:generateContent", HELLO)
    async with httpx.AsyncClient(trust_env=False) as client:
        report = (await client.get(f"{gemini_url}/standin/report")).json()
        await client.post(f"{gemini_url}/standin/forget")
        afterwards = (await client.get(f"{gemini_url}/standin/report")).json()

    call = {"method": "generateContent", "model": "gemini-x", "body": HELLO}
    assert report == {"received": [call], "highestConcurrency": 1, "hungUp": 0}
    assert afterwards["received"] == []


async def test_its_front_page_says_what_it_is(gemini_url: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        assert "no model" in (await client.get(gemini_url)).text


async def test_a_client_that_hangs_up_is_counted(gemini_url: str, standin: StandIn) -> None:
    calling = asyncio.create_task(post(gemini_url, "/v1beta/models/standin-hang:generateContent", HELLO))
    async with asyncio.timeout(TIMEOUT_S):
        await standin.wait_until(lambda standin: standin.under_way == 1)
        calling.cancel()
        await standin.wait_until(lambda standin: standin.under_way == 0)

    assert standin.hung_up == 1
