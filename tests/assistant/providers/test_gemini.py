"""Gemini as a provider, against the stand-in over real HTTP: for each scenario, what people are told and shown."""

import asyncio

import pytest

from assistant.providers.gemini import Gemini
from assistant.providers.provider import CallRecord
from assistant.standin.scenarios import BLOCKING, SCENARIOS
from assistant.standin.server import StandIn
from chatproject.errors import AssistantBudgetSpent, AssistantUnavailable, ChatError, ModelFailed, ModelRefused
from tests.assistant.conftest import KEY, PROMPT, QUESTION, TIMEOUT_S, MakeGemini, ask, failing
from tests.conftest import TimePasses

# --- answers -----------------------------------------------------------------------------------


async def test_alice_gets_an_answer_to_her_question(make_gemini: MakeGemini) -> None:
    answer = await ask(make_gemini())

    assert answer.text.startswith("(연습용 답변) Alice님, “점심 추천해 줘” 이야기군요.")
    assert (answer.truncated, answer.model_asked) == (False, "standin-ok")
    assert answer.model_served == "standin-ok (stand-in)"
    assert answer.prompt_tokens
    assert answer.output_tokens
    assert answer.total_tokens == answer.prompt_tokens + answer.output_tokens


async def test_the_room_sees_the_same_answer_grow(make_gemini: MakeGemini) -> None:
    shown: list[str] = []
    answer = await ask(make_gemini(), shown)

    assert len(shown) > 2
    assert "".join(shown) == answer.text
    assert answer == await ask(make_gemini())


async def test_the_request_is_as_google_documents_it(make_gemini: MakeGemini, standin: StandIn) -> None:
    await ask(make_gemini())
    await ask(make_gemini(), [])

    assert [call.path for call in standin.received] == [
        "/v1beta/models/standin-ok:generateContent",
        "/v1beta/models/standin-ok:streamGenerateContent?alt=sse",
    ]
    for call in standin.received:
        assert call.key == KEY
        assert call.body == {
            "systemInstruction": {"parts": [{"text": "be kind"}]},
            "contents": [{"role": "user", "parts": [{"text": QUESTION}]}],
            "generationConfig": {"maxOutputTokens": 512},
        }


async def test_a_model_may_be_named_as_google_lists_it(gemini_url: str, standin: StandIn) -> None:
    provider = Gemini(key=KEY, base_url=gemini_url)
    await provider.generate("models/standin-ok", PROMPT, CallRecord())
    await provider.close()

    assert standin.received[0].model == "standin-ok"


@pytest.mark.parametrize("watched", [False, True])
async def test_all_parts_but_the_thoughts_are_the_answer(make_gemini: MakeGemini, watched: bool) -> None:
    answer = await ask(make_gemini("multipart"), [] if watched else None)

    assert answer.text == "김밥 🍙\u2028아니면 👨‍👩‍👧 함께 칼국수!"


@pytest.mark.parametrize("watched", [False, True])
async def test_an_answer_that_ran_out_of_tokens_is_kept_and_marked(make_gemini: MakeGemini, watched: bool) -> None:
    answer = await ask(make_gemini("finish-max-tokens"), [] if watched else None)

    assert (answer.text, answer.truncated) == ("여기까지만", True)


# --- every scenario: what is told (None: an answer), and how often the model is asked -----------

Told = type[ChatError] | None

# whole, and watched: nothing can be seen before the failure, so both are the same
ALIKE: dict[str, tuple[Told, int]] = {
    **dict.fromkeys(
        [
            "ok",
            "multipart",
            "chunks-1",
            "chunks-7",
            "lf",
            "cr",
            "slow",
            "pings",
            "stop-on-each",
            "empty-stop-first",
            "hang-at-end",
        ],
        (None, 1),
    ),
    "finish-max-tokens": (None, 1),
    "finish-a-reason-of-tomorrow": (None, 1),  # only what is known to be bad is bad
    "503-twice": (None, 3),
    "finish-max-tokens-empty": (ModelFailed, 1),
    "stop-empty": (ModelFailed, 2),
    "empty-candidates": (ModelFailed, 2),
    "empty-object": (ModelFailed, 2),
    "blocked-prompt": (ModelRefused, 1),
    "error-first": (ModelFailed, 3),
    "error-data-first": (ModelFailed, 3),
    "blank-then-error": (ModelFailed, 3),
    "huge": (ModelFailed, 1),
    "html-200": (ModelFailed, 3),
    "302": (ModelFailed, 1),
    "400": (ModelFailed, 1),
    "400-key": (AssistantUnavailable, 1),
    "400-key-list": (AssistantUnavailable, 1),
    "403": (AssistantUnavailable, 1),
    "404": (ModelFailed, 1),
    "408": (ModelFailed, 3),
    "429-short": (AssistantBudgetSpent, 3),
    "429-now": (AssistantBudgetSpent, 3),
    "429-bare": (AssistantBudgetSpent, 3),
    "429-long": (AssistantBudgetSpent, 1),
    "429-per-day": (AssistantBudgetSpent, 1),
    "429-limit-0": (AssistantBudgetSpent, 1),
    **dict.fromkeys(["500", "500-huge", "502", "503", "504"], (ModelFailed, 3)),
}
WHOLE: dict[str, tuple[Told, int]] = {
    "eof": (None, 1),  # a body is whole
    "eof-at-once": (ModelFailed, 3),
    "stop-then-text": (None, 1),  # in one piece nobody can tell
    "hang-midway": (None, 1),
    "endless": (ModelFailed, 1),
    "error-data-429": (AssistantBudgetSpent, 3),
    **dict.fromkeys(["cut-event", "cut-character", "cut-at-end", "error-bare", "error-data"], (ModelFailed, 3)),
    **{f"finish-{reason.lower().replace('_', '-')}": (ModelRefused, 1) for reason in BLOCKING},
    **dict.fromkeys(
        ["finish-other", "finish-language", "finish-malformed-function-call"],
        (ModelFailed, 2),
    ),
}
# people have seen it begin: nothing is tried again
WATCHED: dict[str, Told] = {
    **dict.fromkeys(WHOLE, ModelFailed),
    **{name: told for name, (told, _calls) in WHOLE.items() if told is ModelRefused},
    "cut-at-end": None,
}
del WATCHED["eof-at-once"], WATCHED["hang-midway"]  # below
TIMED = {"hang", "drip"}  # and hang-midway, watched


def test_every_scenario_is_among_these() -> None:
    assert {*ALIKE, *WHOLE, *TIMED} == set(SCENARIOS)


@pytest.mark.parametrize(("scenario", "expected"), [*ALIKE.items(), *WHOLE.items()])
async def test_alice_gets_a_whole_answer_or_none(
    make_gemini: MakeGemini, standin: StandIn, scenario: str, expected: tuple[Told, int]
) -> None:
    told, calls = expected
    model = make_gemini(scenario)
    if told is None:
        assert (await ask(model)).text
    else:
        assert type(await failing(model)) is told

    assert len(standin.received) == calls


@pytest.mark.parametrize(("scenario", "expected"), ALIKE.items())
async def test_a_room_sees_a_whole_answer_or_nothing(
    make_gemini: MakeGemini, standin: StandIn, scenario: str, expected: tuple[Told, int]
) -> None:
    told, calls = expected
    model, shown = make_gemini(scenario), list[str]()
    if told is None:
        answer = await ask(model, shown)
        assert "".join(shown) == answer.text
        assert answer.text
    else:
        assert (type(await failing(model, shown)), shown) == (told, [])

    assert len(standin.received) == calls


@pytest.mark.parametrize(("scenario", "told"), WATCHED.items())
async def test_half_an_answer_is_never_passed_off_as_whole(
    make_gemini: MakeGemini, standin: StandIn, scenario: str, told: Told
) -> None:
    model, shown = make_gemini(scenario, fallback="ok"), list[str]()
    if told is None:
        answer = await ask(model, shown)
        assert "".join(shown) == answer.text
    else:
        assert type(await failing(model, shown)) is told

    assert shown
    assert len(standin.received) == 1


async def test_a_stream_that_ends_before_it_began_is_tried_once_more(
    make_gemini: MakeGemini, standin: StandIn
) -> None:
    assert isinstance(await failing(make_gemini("eof-at-once"), []), ModelFailed)
    assert len(standin.received) == 2


@pytest.mark.parametrize(
    ("scenario", "watched"),
    [("hang", False), ("hang", True), ("drip", False), ("drip", True), ("hang-midway", True)],
)
async def test_nobody_waits_longer_than_the_deadline(
    make_gemini: MakeGemini, standin: StandIn, scenario: str, watched: bool, time_passes: TimePasses
) -> None:
    asking = asyncio.create_task(failing(make_gemini(scenario), [] if watched else None, deadline_s=TIMEOUT_S))
    async with asyncio.timeout(TIMEOUT_S):
        await standin.wait_until(lambda standin: standin.under_way == 1)
    time_passes(TIMEOUT_S)

    async with asyncio.timeout(TIMEOUT_S):
        assert isinstance(await asking, ModelFailed)
        await standin.wait_until(lambda standin: standin.hung_up == 1)
    assert len(standin.received) == 1


async def test_before_the_first_word_a_stream_is_tried_again(make_gemini: MakeGemini, standin: StandIn) -> None:
    standin.script("503", "blank-then-error", "ok")
    shown: list[str] = []
    answer = await ask(make_gemini(), shown)

    assert ("".join(shown), answer.retries) == (answer.text, 2)
    assert len(standin.received) == 3
