"""A call for one member's eyes counts on the budgets, whether it succeeds, fails or is broken off."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from assistant.models import Budget, Scope, Usage
from assistant.private.calls import Reader, call_privately
from assistant.prompting.prompts import Prompt
from assistant.providers.provider import Show
from assistant.room.runs import MODEL_DEADLINE_S
from assistant.standin.server import StandIn
from chatproject.errors import AssistantBudgetSpent, ModelFailed, ModelRefused, StoreUnavailable
from rooms.models import Room
from tests.assistant.conftest import TIMEOUT_S, MakeGemini, on_a_thread
from tests.conftest import TimePasses
from tests.factories import ALICE

PROMPT = Prompt(rules="Be kind.", transcript=">[Alice]: 안녕", speaker="(도우미):", max_tokens=100)


async def call(room: Room, read: Reader, model: Any, show: Show | None = None) -> str:
    answer = await call_privately(PROMPT, member_id=ALICE, room_id=room.room_id, read=read, model=model, show=show)
    return answer.text


async def used(scope: Scope = Scope.MEMBER) -> tuple[int, int]:
    line = await on_a_thread(Usage.objects.get, scope=scope)
    return line.calls, line.tokens


async def test_an_answer_counts_as_what_it_took(room: Room, read: Reader, make_gemini: MakeGemini) -> None:
    model = make_gemini()
    answer = await call_privately(PROMPT, member_id=ALICE, room_id=room.room_id, read=read, model=model)

    assert answer.total_tokens is not None
    assert 0 < answer.total_tokens < PROMPT.tokens_at_most
    for scope in Scope:
        assert await used(scope) == (1, answer.total_tokens)


@pytest.mark.parametrize("scenario", ["400", "503"])
async def test_a_failure_is_a_call_without_tokens(
    room: Room, read: Reader, make_gemini: MakeGemini, scenario: str
) -> None:
    with pytest.raises(ModelFailed):
        await call(room, read, make_gemini(scenario))

    assert await used() == (1, 0)


@pytest.mark.parametrize("scenario", ["finish-safety", "blocked-prompt"])
async def test_what_the_model_refused_was_read_all_the_same(
    room: Room, read: Reader, make_gemini: MakeGemini, scenario: str
) -> None:
    with pytest.raises(ModelRefused):
        await call(room, read, make_gemini(scenario))

    assert await used() == (1, PROMPT.tokens_at_most - PROMPT.max_tokens)


@pytest.mark.parametrize("scenario", ["finish-max-tokens-empty", "empty-candidates", "cut-event", "error-first"])
async def test_what_the_model_read_counts_although_it_gave_no_answer(
    room: Room, read: Reader, make_gemini: MakeGemini, scenario: str
) -> None:
    with pytest.raises(ModelFailed):
        await call(room, read, make_gemini(scenario))

    assert await used() == (1, PROMPT.tokens_to_read)


async def test_a_deadline_in_the_middle_counts_what_was_read(
    room: Room, read: Reader, make_gemini: MakeGemini, time_passes: TimePasses
) -> None:
    has_begun = asyncio.Event()
    calling = asyncio.create_task(
        call(room, read, make_gemini("hang-midway"), show=lambda _piece: has_begun.set())
    )
    async with asyncio.timeout(TIMEOUT_S):
        await has_begun.wait()
    time_passes(MODEL_DEADLINE_S)
    with pytest.raises(ModelFailed):
        await calling

    assert await used() == (1, PROMPT.tokens_to_read)


async def test_who_breaks_off_is_charged_for_what_may_have_been_read(
    room: Room, read: Reader, make_gemini: MakeGemini, standin: StandIn
) -> None:
    calling = asyncio.create_task(call(room, read, make_gemini("hang")))
    async with asyncio.timeout(TIMEOUT_S):
        await standin.wait_until(lambda standin: standin.under_way == 1)
        calling.cancel()
        await standin.wait_until(lambda standin: standin.hung_up == 1)

    assert await used() == (1, PROMPT.tokens_at_most)


async def test_who_has_used_the_budget_up_is_refused_before_the_model_is_asked(
    room: Room, read: Reader, make_gemini: MakeGemini, standin: StandIn
) -> None:
    figures = {"calls_per_day": 1, "calls_per_minute": 0, "tokens_per_minute": 0, "tokens_per_day": 0}
    await on_a_thread(Budget.objects.update_or_create, scope=Scope.MEMBER, defaults=figures)
    model = make_gemini()
    await call(room, read, model)
    with pytest.raises(AssistantBudgetSpent) as refusal:
        await call(room, read, model)

    assert refusal.value.retry_after is not None
    assert len(standin.received) == 1


async def test_an_answer_is_not_lost_with_the_store(room: Room, read: Reader, make_gemini: MakeGemini) -> None:
    async def read_once(function: Callable[..., Any], /, **kwargs: Any) -> Any:
        if function.__name__ == "settle":
            raise StoreUnavailable
        return await read(function, **kwargs)

    assert await call(room, read_once, make_gemini())
    assert await used() == (1, PROMPT.tokens_at_most)
