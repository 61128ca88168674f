"""Gemini as a provider, against the stand-in over real HTTP: what is sent, and how a stream is read."""

from collections.abc import Callable

import pytest

from assistant.language_model import LanguageModel
from assistant.prompts import Prompt
from assistant.provider import Answer
from assistant.standin import StandIn
from chatproject.errors import ChatError, ModelFailed, ModelRefused
from tests.assistant.conftest import KEY, TIMEOUT_S, MakeGemini

QUESTION = "[Bob]: 안녕\n>[Alice]: 점심 추천해 줘"
PROMPT = Prompt(rules="be kind", transcript=QUESTION, speaker="(도우미):")

Watch = Callable[[str], None]


async def watch(model: LanguageModel, show: Watch) -> Answer:
    return await model.stream(PROMPT, deadline_s=TIMEOUT_S, show=show)


async def watch_failing(model: LanguageModel, show: Watch) -> ChatError:
    with pytest.raises(ChatError) as caught:
        await watch(model, show)
    return caught.value


async def test_the_room_sees_the_answer_grow(make_gemini: MakeGemini, standin: StandIn) -> None:
    shown: list[str] = []
    answer = await watch(make_gemini(), shown.append)

    assert len(shown) > 2
    assert "".join(shown) == answer.text
    assert answer == await make_gemini().generate(PROMPT, deadline_s=TIMEOUT_S)
    call = standin.received[0]
    assert (call.path, call.key) == ("/v1beta/models/standin-ok:streamGenerateContent?alt=sse", KEY)
    assert call.body == standin.received[1].body


@pytest.mark.parametrize("scenario", ["multipart", "chunks-1", "chunks-7", "slow", "lf", "cr"])
async def test_however_the_stream_arrives_the_text_is_the_same(make_gemini: MakeGemini, scenario: str) -> None:
    shown: list[str] = []
    streamed = await watch(make_gemini(scenario), shown.append)

    assert streamed == await make_gemini(scenario).generate(PROMPT, deadline_s=TIMEOUT_S)
    assert "".join(shown) == streamed.text


@pytest.mark.parametrize(
    "scenario", ["eof", "cut-event", "cut-character", "error-bare", "error-data", "finish-other"]
)
async def test_half_an_answer_is_never_passed_off_as_whole(
    make_gemini: MakeGemini, standin: StandIn, scenario: str
) -> None:
    shown: list[str] = []
    error = await watch_failing(make_gemini(scenario, fallback="ok"), shown.append)

    assert (type(error), len(standin.received)) == (ModelFailed, 1)  # nothing is tried again before people's eyes
    assert shown


async def test_an_answer_that_turns_bad_is_taken_back(make_gemini: MakeGemini, standin: StandIn) -> None:
    shown: list[str] = []
    error = await watch_failing(make_gemini("finish-safety", fallback="ok"), shown.append)

    assert (type(error), len(standin.received)) == (ModelRefused, 1)
    assert shown == ["못 할 말"]


async def test_before_the_first_word_a_stream_is_tried_again(make_gemini: MakeGemini, standin: StandIn) -> None:
    standin.script("503", "429-now")
    shown: list[str] = []
    answer = await watch(make_gemini(), shown.append)

    assert ("".join(shown), answer.retries) == (answer.text, 2)
    assert len(standin.received) == 3
