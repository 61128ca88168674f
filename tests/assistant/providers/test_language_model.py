"""How often models are asked, which of them, and when one is left alone. Against the stand-in, over real HTTP."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import stamina

from assistant.providers.gemini import Gemini
from assistant.providers.language_model import ANSWERS_AT_ONCE, OUTAGES, REST_S, LanguageModel
from assistant.standin.server import StandIn
from chatproject.errors import AssistantBudgetSpent, ModelFailed, ModelRefused
from tests.assistant.conftest import KEY, TIMEOUT_S, Clock, MakeGemini, ask, failing
from tests.conftest import TimePasses

SHORT_DEADLINE_S = 0.2
ASKED_FOR_S = 0.05  # by the scenario 429-short

# --- trying again ------------------------------------------------------------------------------


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


# --- a model that is left alone ----------------------------------------------------------------


@pytest.fixture
async def failing_model(gemini_url: str, clock: Clock) -> AsyncIterator[LanguageModel]:
    """Its first model meets the scenario 503, its second one answers."""
    provider = Gemini(key=KEY, base_url=gemini_url)
    model = LanguageModel(provider, model="standin-503", fallback_model="standin-ok", clock=clock)
    yield model
    await model.close()


def asked(standin: StandIn) -> list[str]:
    """Which models were asked since the last look."""
    models = [call.model.removeprefix("standin-") for call in standin.received]
    standin.received.clear()
    return models


async def test_a_model_that_fails_again_and_again_is_left_alone_until_it_is_back(
    failing_model: LanguageModel, standin: StandIn, clock: Clock
) -> None:
    for expected in (["503", "503", "503", "ok"], ["503", "503", "ok"], ["ok"]):
        await ask(failing_model)
        assert asked(standin) == expected
    assert failing_model.breaker_states == {"standin-503": "open", "standin-ok": "closed"}

    clock.now += REST_S
    await ask(failing_model)
    assert asked(standin) == ["503", "ok"]  # one try, and another rest

    clock.now += REST_S
    standin.script("ok")
    assert (await ask(failing_model)).model_asked == "standin-503"
    assert failing_model.breaker_states == {"standin-503": "closed", "standin-ok": "closed"}


async def test_nobody_waits_for_a_model_that_hangs_once_it_is_known(
    make_gemini: MakeGemini, standin: StandIn
) -> None:
    model = make_gemini("hang")
    for _ in range(OUTAGES):
        await failing(model, deadline_s=SHORT_DEADLINE_S)
    standin.received.clear()

    error = await failing(model)
    assert (type(error), standin.received) == (ModelFailed, [])
    assert error.retry_after is not None
    assert 0 < error.retry_after <= REST_S


async def test_a_model_that_was_left_no_time_is_not_blamed(
    make_gemini: MakeGemini, standin: StandIn, time_passes: TimePasses
) -> None:
    model = make_gemini("hang")
    first = [asyncio.create_task(ask(model, [])) for _ in range(ANSWERS_AT_ONCE)]
    async with asyncio.timeout(TIMEOUT_S):
        await standin.wait_until(lambda standin: standin.under_way == ANSWERS_AT_ONCE)
    waiting = [asyncio.create_task(failing(model, [])) for _ in range(OUTAGES)]
    await asyncio.sleep(0)  # their time runs
    time_passes(TIMEOUT_S * 0.8)  # so late that whoever gets a place now has no time left
    for task in first:
        task.cancel()
    async with asyncio.timeout(TIMEOUT_S):
        await standin.wait_until(lambda standin: len(standin.received) == ANSWERS_AT_ONCE + OUTAGES)
    time_passes(TIMEOUT_S * 0.2)
    await asyncio.wait([*first, *waiting])

    assert model.breaker_states == {"standin-hang": "closed"}


@pytest.mark.parametrize("scenario", ["400", "429-now", "finish-safety", "stop-empty", "404"])
async def test_a_model_that_is_there_and_unwilling_is_not_left_alone(
    make_gemini: MakeGemini, scenario: str
) -> None:
    model = make_gemini(scenario)
    for _ in range(OUTAGES):
        await failing(model)

    assert model.breaker_states == {f"standin-{scenario}": "closed"}


# --- what an operator sees ---------------------------------------------------------------------


async def test_calls_are_counted_by_model_and_outcome(failing_model: LanguageModel) -> None:
    answer = await ask(failing_model)

    assert failing_model.calls == {("standin-503", "status-503"): 3, ("standin-ok", "answered"): 1}
    assert (failing_model.retries, answer.retries) == (3, 3)
