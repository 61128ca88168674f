"""Our client against the stand-in, over real HTTP: how often it asks, what it gives up, what it never tells."""

import asyncio
import logging
import socket
import time

import pytest
import stamina

from assistant import language_model as language_model_module
from assistant.language_model import DRAFTS_AT_ONCE, LanguageModel
from assistant.prompts import Prompt
from assistant.provider import Answer
from assistant.standin import StandIn
from assistant.upstream import ANSWER_MAX_BYTES
from chatproject.errors import (
    AssistantBudgetSpent,
    AssistantUnavailable,
    ChatError,
    ModelFailed,
    ModelRefused,
    TooManyRequests,
)
from tests.assistant.conftest import KEY, TIMEOUT_S, MakeGemini, serving

QUESTION = "[Bob]: 안녕\n>[Alice]: 점심 추천해 줘"
PROMPT = Prompt(rules="be kind", transcript=QUESTION, speaker="(도우미):")
SHORT_DEADLINE_S = 0.2
ASKED_FOR_S = 0.05  # by the scenario 429-short


async def ask(client: LanguageModel, deadline_s: float = TIMEOUT_S) -> Answer:
    return await client.generate(PROMPT, deadline_s=deadline_s)


async def failing(client: LanguageModel, deadline_s: float = TIMEOUT_S) -> ChatError:
    with pytest.raises(ChatError) as caught:
        await ask(client, deadline_s)
    return caught.value


# --- answers -----------------------------------------------------------------------------------


async def test_alice_gets_an_answer_to_her_question(make_gemini: MakeGemini, standin: StandIn) -> None:
    answer = await ask(make_gemini())

    assert answer.text.startswith("(연습용 답변) Alice님, “점심 추천해 줘” 이야기군요.")
    assert (answer.truncated, answer.model_asked) == (False, "standin-ok")
    assert answer.model_served == "standin-ok (stand-in)"
    assert answer.total_tokens


async def test_the_request_is_as_google_documents_it(make_gemini: MakeGemini, standin: StandIn) -> None:
    await ask(make_gemini())

    call = standin.received[0]
    assert call.path == "/v1beta/models/standin-ok:generateContent"
    assert call.key == KEY
    assert call.body == {
        "systemInstruction": {"parts": [{"text": "be kind"}]},
        "contents": [{"role": "user", "parts": [{"text": QUESTION}]}],
        "generationConfig": {"maxOutputTokens": 512},
    }


async def test_all_parts_but_the_thoughts_are_the_answer(make_gemini: MakeGemini) -> None:
    assert (await ask(make_gemini("multipart"))).text == "김밥 🍙\u2028아니면 👨‍👩‍👧 함께 칼국수!"


@pytest.mark.parametrize("scenario", ["chunks-1", "chunks-7", "slow", "lf", "cr"])
async def test_however_the_bytes_arrive_the_answer_is_the_same(make_gemini: MakeGemini, scenario: str) -> None:
    assert (await ask(make_gemini(scenario))).text == (await ask(make_gemini())).text


async def test_an_answer_that_ran_out_of_tokens_is_kept_and_marked(make_gemini: MakeGemini) -> None:
    answer = await ask(make_gemini("finish-max-tokens"))

    assert (answer.text, answer.truncated) == ("여기까지만", True)


# --- failures: what Alice is told, and how often the model was asked ---------------------------

GIVEN_UP_AT_ONCE = [
    "400",
    "404",
    "302",
    "huge",
    "finish-max-tokens-empty",
]
ASKED_ONCE_MORE = [
    "finish-other",
    "finish-malformed-function-call",
    "finish-a-reason-of-tomorrow",
    "eof",
    "stop-empty",
    "empty-candidates",
    "empty-object",
]
ASKED_TWICE_MORE = [
    "408",
    "500",
    "502",
    "503",
    "504",
    "html-200",
    "cut-event",
    "cut-character",
    "error-bare",
    "error-data",
]


@pytest.mark.parametrize(
    ("scenario", "calls"),
    [
        *((name, 1) for name in GIVEN_UP_AT_ONCE),
        *((name, 2) for name in ASKED_ONCE_MORE),
        *((name, 3) for name in ASKED_TWICE_MORE),
    ],
)
async def test_a_failing_model_is_asked_as_often_as_it_may_help(
    make_gemini: MakeGemini, standin: StandIn, scenario: str, calls: int
) -> None:
    error = await failing(make_gemini(scenario))

    assert (type(error), len(standin.received)) == (ModelFailed, calls)


@pytest.mark.parametrize("scenario", ["400-key", "400-key-list", "403"])
async def test_with_a_key_that_google_refuses_there_is_no_assistant(
    make_gemini: MakeGemini, standin: StandIn, scenario: str
) -> None:
    error = await failing(make_gemini(scenario, fallback="ok"))

    assert (type(error), len(standin.received)) == (AssistantUnavailable, 1)


@pytest.mark.parametrize(
    "scenario",
    [
        "blocked-prompt",
        "finish-safety",
        "finish-recitation",
        "finish-blocklist",
        "finish-prohibited-content",
        "finish-spii",
    ],
)
async def test_a_refusal_for_safety_is_final(make_gemini: MakeGemini, standin: StandIn, scenario: str) -> None:
    error = await failing(make_gemini(scenario, fallback="ok"))

    assert (type(error), len(standin.received)) == (ModelRefused, 1)


@pytest.mark.parametrize(
    ("scenario", "calls", "retry_after"),
    [("429-short", 3, 0.05), ("429-now", 3, 0.0), ("429-bare", 3, 60.0), ("429-long", 1, 45.837906927)],
)
async def test_a_spent_quota_is_waited_for_if_there_is_time(
    make_gemini: MakeGemini, standin: StandIn, scenario: str, calls: int, retry_after: float
) -> None:
    error = await failing(make_gemini(scenario))

    assert (type(error), len(standin.received)) == (AssistantBudgetSpent, calls)
    assert error.retry_after == retry_after


@pytest.mark.parametrize("scenario", ["429-per-day", "429-limit-0"])
async def test_a_quota_that_will_not_come_back_today_is_not_waited_for(
    make_gemini: MakeGemini, standin: StandIn, scenario: str
) -> None:
    error = await failing(make_gemini(scenario))

    assert (type(error), len(standin.received)) == (AssistantBudgetSpent, 1)
    assert error.retry_after is not None
    assert 0 < error.retry_after <= 24 * 3_600


async def test_a_model_that_fails_twice_answers_at_last(make_gemini: MakeGemini, standin: StandIn) -> None:
    standin.script("503", "429-short", "ok")

    assert (await ask(make_gemini())).text
    assert len(standin.received) == 3


async def test_the_pause_that_google_asks_for_is_kept(make_gemini: MakeGemini, standin: StandIn) -> None:
    standin.script("429-short", "ok")
    started = time.monotonic()
    with stamina.set_testing(False):
        await ask(make_gemini())

    assert time.monotonic() - started >= ASKED_FOR_S


# --- the fallback model ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenario", "calls"), [("503", 3), ("404", 1), ("429-per-day", 1), ("429-long", 1), ("429-short", 3)]
)
async def test_where_the_model_does_not_help_the_fallback_is_asked_once(
    make_gemini: MakeGemini, standin: StandIn, scenario: str, calls: int
) -> None:
    answer = await ask(make_gemini(scenario, fallback="ok"))

    assert answer.model_asked == "standin-ok"
    assert [call.model for call in standin.received] == [f"standin-{scenario}"] * calls + ["standin-ok"]


async def test_the_fallback_is_not_asked_again(make_gemini: MakeGemini, standin: StandIn) -> None:
    error = await failing(make_gemini("429-long", fallback="503"))

    assert len(standin.received) == 2
    assert isinstance(error, AssistantBudgetSpent)  # of the model that was meant: it says how long to wait


async def test_a_refusal_of_the_fallback_is_told(make_gemini: MakeGemini) -> None:
    assert isinstance(await failing(make_gemini("503", fallback="finish-safety")), ModelRefused)


@pytest.mark.parametrize("scenario", ["400", "finish-other", "finish-max-tokens-empty"])
async def test_what_another_model_would_not_know_better_is_not_asked_there(
    make_gemini: MakeGemini, standin: StandIn, scenario: str
) -> None:
    await failing(make_gemini(scenario, fallback="ok"))

    assert {call.model for call in standin.received} == {f"standin-{scenario}"}


# --- time and room -----------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["hang", "drip"])
async def test_nobody_waits_longer_than_the_deadline(
    make_gemini: MakeGemini, standin: StandIn, scenario: str
) -> None:
    error = await failing(make_gemini(scenario), SHORT_DEADLINE_S)

    assert isinstance(error, ModelFailed)
    async with asyncio.timeout(TIMEOUT_S):
        await standin.wait_until(lambda standin: standin.hung_up == 1)


async def test_when_alice_gives_up_the_call_upstream_ends(make_gemini: MakeGemini, standin: StandIn) -> None:
    asking = asyncio.create_task(ask(make_gemini("hang")))
    async with asyncio.timeout(TIMEOUT_S):
        await standin.wait_until(lambda standin: standin.under_way == 1)
        asking.cancel()
        await standin.wait_until(lambda standin: standin.hung_up == 1)

    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_drafts_take_their_own_places_and_the_others_wait_their_turn(
    make_gemini: MakeGemini, standin: StandIn
) -> None:
    client = make_gemini("slow")
    answers = await asyncio.gather(*(ask(client) for _ in range(2 * DRAFTS_AT_ONCE)))

    assert len(answers) == 2 * DRAFTS_AT_ONCE
    assert standin.highest_concurrency == DRAFTS_AT_ONCE


async def test_who_waits_in_the_queue_past_the_deadline_is_told(make_gemini: MakeGemini, standin: StandIn) -> None:
    client = make_gemini("hang")
    asking = [asyncio.create_task(ask(client)) for _ in range(DRAFTS_AT_ONCE)]
    async with asyncio.timeout(TIMEOUT_S):
        await standin.wait_until(lambda standin: standin.under_way == DRAFTS_AT_ONCE)

    assert isinstance(await failing(client, SHORT_DEADLINE_S), ModelFailed)
    assert len(standin.received) == DRAFTS_AT_ONCE

    for task in asking:
        task.cancel()
    await asyncio.wait(asking)


async def test_with_a_full_queue_nobody_waits_in_vain(
    make_gemini: MakeGemini, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language_model_module, "CALLS_WAITING", 0)
    client = make_gemini("hang")
    asking = [asyncio.create_task(ask(client)) for _ in range(DRAFTS_AT_ONCE)]
    async with asyncio.timeout(TIMEOUT_S):
        await standin.wait_until(lambda standin: standin.under_way == DRAFTS_AT_ONCE)

    error = await failing(client)
    assert isinstance(error, TooManyRequests)
    assert error.retry_after

    for task in asking:
        task.cancel()
    await asyncio.wait(asking)


async def test_an_endless_answer_is_not_read_to_its_end(make_gemini: MakeGemini, standin: StandIn) -> None:
    assert len("가".encode()) * 1_000_000 > ANSWER_MAX_BYTES  # the scenario is larger than the limit

    assert isinstance(await failing(make_gemini("huge")), ModelFailed)
    async with asyncio.timeout(TIMEOUT_S):
        await standin.wait_until(lambda standin: standin.under_way == 0)


async def test_a_server_that_is_not_there_is_a_failure_of_the_model(make_gemini: MakeGemini) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        nobody_listens = f"http://127.0.0.1:{probe.getsockname()[1]}"

    assert isinstance(await failing(make_gemini(url=nobody_listens)), ModelFailed)


async def test_no_redirect_and_no_proxy_is_followed(
    make_gemini: MakeGemini, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = StandIn()
    async with serving(other) as elsewhere:
        monkeypatch.setenv("HTTP_PROXY", elsewhere)
        monkeypatch.setenv("ALL_PROXY", elsewhere)
        await failing(make_gemini("302"))
        await ask(make_gemini())

    assert not other.received


# --- the key, and what nobody may read ---------------------------------------------------------


@pytest.mark.parametrize("key", ["", "  ", "a\nb", "키"])
async def test_without_a_usable_key_nothing_is_sent(make_gemini: MakeGemini, standin: StandIn, key: str) -> None:
    assert isinstance(await failing(make_gemini(key=key)), AssistantUnavailable)
    assert not standin.received


@pytest.mark.parametrize("scenario", ["ok", "503", "400", "403", "502", "429-short", "cut-event", "finish-safety"])
async def test_neither_key_nor_words_reach_a_log_or_an_error(
    make_gemini: MakeGemini, caplog: pytest.LogCaptureFixture, scenario: str
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="assistant.standin")
    client = make_gemini(scenario)
    try:
        shown = repr(await ask(client))
    except ChatError as error:
        shown = f"{error!r} {error} {error.__cause__!r}"

    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    for secret in (KEY, "점심", "be kind", "연습용"):
        assert secret not in logged
        assert secret not in shown + repr(client)
    assert "standin-" in logged
