"""How many may ask at once, what ends with whom, and what nobody may read. Against the stand-in over real HTTP."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from assistant.providers import language_model as language_model_module
from assistant.providers.language_model import ANSWERS_AT_ONCE, DRAFTS_AT_ONCE, LanguageModel
from assistant.standin.server import StandIn
from chatproject.errors import AssistantUnavailable, ChatError, ModelFailed, TooManyRequests
from tests.assistant.conftest import KEY, PROMPT, TIMEOUT_S, MakeGemini, ask, failing

SHORT_DEADLINE_S = 0.2

# --- calls at once -----------------------------------------------------------------------------


async def asked(standin: StandIn, calls: int) -> None:
    """Return once so many calls are under way."""
    async with asyncio.timeout(TIMEOUT_S):
        await standin.wait_until(lambda standin: standin.under_way == calls)


@asynccontextmanager
async def drafts_that_hang(model: LanguageModel, standin: StandIn) -> AsyncIterator[None]:
    """Every place for drafts is taken."""
    asking = [asyncio.create_task(ask(model)) for _ in range(DRAFTS_AT_ONCE)]
    await asked(standin, DRAFTS_AT_ONCE)
    try:
        yield
    finally:
        for task in asking:
            task.cancel()
        await asyncio.wait(asking)


@pytest.mark.parametrize(("watched", "places"), [(False, DRAFTS_AT_ONCE), (True, ANSWERS_AT_ONCE)])
async def test_of_twenty_who_ask_all_are_answered_and_few_at_once(
    make_gemini: MakeGemini, standin: StandIn, watched: bool, places: int
) -> None:
    model = make_gemini("slow")
    answers = await asyncio.gather(*(ask(model, [] if watched else None) for _ in range(20)))

    assert (len(answers), standin.highest_concurrency) == (20, places)


async def test_drafts_that_hang_leave_the_answers_in_rooms_their_places(
    make_gemini: MakeGemini, standin: StandIn
) -> None:
    model = make_gemini("hang")
    async with drafts_that_hang(model, standin):
        standin.script("ok")
        assert (await ask(model, [])).text


async def test_who_waits_in_the_queue_past_the_deadline_is_told(make_gemini: MakeGemini, standin: StandIn) -> None:
    model = make_gemini("hang")
    async with drafts_that_hang(model, standin):
        assert isinstance(await failing(model, deadline_s=SHORT_DEADLINE_S), ModelFailed)
        assert len(standin.received) == DRAFTS_AT_ONCE
        # the model itself has done nothing wrong
        assert model.calls == {("standin-hang", "no-place-in-time"): 1}


async def test_with_a_full_queue_nobody_waits_in_vain(
    make_gemini: MakeGemini, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language_model_module, "CALLS_WAITING", 0)
    model = make_gemini("hang")
    async with drafts_that_hang(model, standin):
        error = await failing(model)

    assert isinstance(error, TooManyRequests)
    assert error.retry_after


# --- what ends with whom -----------------------------------------------------------------------


@pytest.mark.parametrize("watched", [False, True])
async def test_when_alice_gives_up_the_call_upstream_ends(
    make_gemini: MakeGemini, standin: StandIn, watched: bool
) -> None:
    model = make_gemini("hang")
    asking = asyncio.create_task(ask(model, [] if watched else None))
    await asked(standin, 1)
    asking.cancel()
    await asked(standin, 0)

    with pytest.raises(asyncio.CancelledError):
        await asking
    assert standin.hung_up == 1
    assert model.calls == {("standin-hang", "cancelled"): 1}


async def test_an_answer_can_be_stopped_in_the_middle(make_gemini: MakeGemini, standin: StandIn) -> None:
    model, shown, seen = make_gemini("hang-midway"), list[str](), asyncio.Event()

    def show(text: str) -> None:
        shown.append(text)
        seen.set()

    answering = asyncio.create_task(model.stream(PROMPT, deadline_s=TIMEOUT_S, show=show))
    async with asyncio.timeout(TIMEOUT_S):
        await seen.wait()
    answering.cancel()
    await asked(standin, 0)

    assert standin.hung_up == 1
    assert shown
    assert model.breaker_states == {"standin-hang-midway": "closed"}


async def test_whoever_cannot_show_ends_the_call_too(make_gemini: MakeGemini, standin: StandIn) -> None:
    def show(_text: str) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await make_gemini("hang-midway").stream(PROMPT, deadline_s=TIMEOUT_S, show=show)
    await asked(standin, 0)

    assert (len(standin.received), standin.hung_up) == (1, 1)


# --- the key, and what nobody may read ---------------------------------------------------------


@pytest.mark.parametrize("key", ["", "  ", "a\nb", "키"])
async def test_without_a_usable_key_nothing_is_sent(make_gemini: MakeGemini, standin: StandIn, key: str) -> None:
    assert isinstance(await failing(make_gemini(key=key)), AssistantUnavailable)
    assert not standin.received


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize(
    "scenario",
    ["ok", "503", "400", "403", "502", "429-short", "cut-event", "finish-safety", "error-data", "500-huge"],
)
async def test_neither_key_nor_words_reach_a_log_or_an_error(
    make_gemini: MakeGemini, caplog: pytest.LogCaptureFixture, scenario: str, watched: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="assistant.standin.server")
    model = make_gemini(scenario)
    try:
        told = repr(await ask(model, [] if watched else None))
    except ChatError as error:
        told = f"{error!r} {error} {error.__cause__!r} {error.__context__!r}"

    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    for secret in (KEY, "점심", "be kind", "연습용", "못 할 말"):
        assert secret not in logged
        assert secret not in told + repr(model) + repr(model.__dict__)
    assert "standin-" in logged
