"""An OpenAI-compatible endpoint as a provider, against the stand-in over real HTTP: each failure of that world."""

from collections.abc import AsyncIterator, Callable

import pytest

from assistant.prompting.prompts import Prompt
from assistant.providers.language_model import LanguageModel
from assistant.providers.openai import OpenAI, limit_name
from assistant.standin.server import StandIn
from chatproject.errors import (
    AssistantBudgetSpent,
    AssistantUnavailable,
    ChatError,
    ModelFailed,
    ModelRefused,
)
from tests.assistant.conftest import KEY, TIMEOUT_S

QUESTION = "[Bob]: 안녕\n>[Alice]: 점심 추천해 줘"
PROMPT = Prompt(rules="be kind", transcript=QUESTION, speaker="(도우미):")

MakeOpenAI = Callable[..., LanguageModel]


@pytest.fixture
async def make_openai(gemini_url: str) -> AsyncIterator[MakeOpenAI]:
    models = []

    def make(scenario: str = "ok", *, key: str = KEY, fallback: str = "") -> LanguageModel:
        model = LanguageModel(
            OpenAI(key=key, base_url=f"{gemini_url}/v1/"),
            model=f"standin-{scenario}",
            fallback_model=f"standin-{fallback}" if fallback else "",
        )
        models.append(model)
        return model

    yield make
    for model in models:
        await model.close()


async def failing(model: LanguageModel, shown: list[str] | None = None) -> ChatError:
    """What is told; watched where `shown` is to hear it."""
    if shown is None:
        asking = model.generate(PROMPT, deadline_s=TIMEOUT_S)
    else:
        asking = model.stream(PROMPT, deadline_s=TIMEOUT_S, show=shown.append)
    with pytest.raises(ChatError) as caught:
        await asking
    return caught.value


async def test_alice_gets_an_answer_to_her_question(make_openai: MakeOpenAI, standin: StandIn) -> None:
    answer = await make_openai().generate(PROMPT, deadline_s=TIMEOUT_S)

    assert answer.text.startswith("(연습용 답변) Alice님, “점심 추천해 줘” 이야기군요.")
    assert (answer.model_asked, answer.model_served) == ("standin-ok", "standin-ok (stand-in)")
    assert answer.prompt_tokens
    [call] = standin.received
    assert (call.path, call.key) == ("/v1/chat/completions", KEY)
    assert call.body["messages"] == [
        {"role": "system", "content": "be kind"},
        {"role": "user", "content": QUESTION},
    ]


@pytest.mark.parametrize(
    "scenario",
    [
        "ok",
        "multipart",
        "chunks-1",
        "chunks-7",
        "lf",
        "cr",
        "pings",
        "stop-on-each",
        "empty-stop-first",
        "no-reason",
        "cut-at-end",
        "hang-at-end",
    ],
)
async def test_the_room_sees_the_whole_answer_grow(make_openai: MakeOpenAI, scenario: str) -> None:
    shown: list[str] = []
    model = make_openai(scenario)
    streamed = await model.stream(PROMPT, deadline_s=TIMEOUT_S, show=shown.append)

    assert shown
    assert "".join(shown) == streamed.text
    if scenario == "ok":
        assert streamed == await model.generate(PROMPT, deadline_s=TIMEOUT_S)


async def test_an_answer_that_ran_out_of_tokens_is_kept_and_marked(make_openai: MakeOpenAI) -> None:
    answer = await make_openai("finish-max-tokens").generate(PROMPT, deadline_s=TIMEOUT_S)

    assert (answer.text, answer.truncated) == ("여기까지만", True)


BEFORE_ANYTHING = [
    ("400", ModelFailed, 1),
    ("400-filter", ModelRefused, 1),
    ("401", AssistantUnavailable, 1),
    ("403", AssistantUnavailable, 1),
    ("404", ModelFailed, 1),
    ("408", ModelFailed, 3),
    ("429-now", AssistantBudgetSpent, 3),
    ("429-short", AssistantBudgetSpent, 3),
    ("429-long", AssistantBudgetSpent, 1),
    ("429-date", AssistantBudgetSpent, 3),
    ("429-bare", AssistantBudgetSpent, 3),
    ("429-unpaid", AssistantBudgetSpent, 1),
    ("500", ModelFailed, 3),
    ("500-text", ModelFailed, 3),
    ("502", ModelFailed, 3),
    ("503", ModelFailed, 3),
    ("504", ModelFailed, 3),
    ("302", ModelFailed, 1),
    ("html-200", ModelFailed, 3),
    ("error-first", ModelFailed, 3),
    ("empty-candidates", ModelFailed, 2),
    ("stop-empty", ModelFailed, 2),
    ("finish-max-tokens-empty", ModelFailed, 1),
    ("huge", ModelFailed, 1),
]
AFTER_SOME_TEXT = [
    ("cut-event", ModelFailed),
    ("cut-character", ModelFailed),
    ("eof", ModelFailed),
    ("error-bare", ModelFailed),
    ("error-data", ModelFailed),
    ("error-data-429", ModelFailed),
    ("finish-other", ModelFailed),
    ("endless", ModelFailed),
    ("finish-safety", ModelRefused),
]


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize(("scenario", "told", "calls"), BEFORE_ANYTHING)
async def test_a_failing_server_is_asked_as_often_as_it_may_help(
    make_openai: MakeOpenAI, standin: StandIn, scenario: str, told: type[ChatError], calls: int, watched: bool
) -> None:
    shown: list[str] = []
    error = await failing(make_openai(scenario), shown if watched else None)

    assert (type(error), len(standin.received), shown) == (told, calls, [])


@pytest.mark.parametrize(("scenario", "told"), AFTER_SOME_TEXT)
async def test_what_people_have_seen_begin_is_not_begun_again(
    make_openai: MakeOpenAI, standin: StandIn, scenario: str, told: type[ChatError]
) -> None:
    shown: list[str] = []
    error = await failing(make_openai(scenario, fallback="ok"), shown)

    assert (type(error), len(standin.received)) == (told, 1)
    assert shown


@pytest.mark.parametrize(
    ("base_url", "limit"),
    [
        ("https://api.openai.com/v1", "max_completion_tokens"),
        ("https://EU.api.openai.com:443/v1/", "max_completion_tokens"),
        ("http://127.0.0.1:11434/v1", "max_tokens"),
        ("http://vllm:8000/v1", "max_tokens"),
        ("https://api.openai.com.example/v1", "max_tokens"),
        ("https://example.com/api.openai.com/v1", "max_tokens"),
    ],
)
def test_the_limit_has_the_name_that_the_server_knows(base_url: str, limit: str) -> None:
    assert limit_name(base_url) == limit


async def test_the_answer_is_limited(make_openai: MakeOpenAI, standin: StandIn) -> None:
    await make_openai().generate(PROMPT, deadline_s=TIMEOUT_S)

    assert standin.received[0].body["max_tokens"] == PROMPT.max_tokens


async def test_a_server_of_ones_own_needs_no_key(make_openai: MakeOpenAI, standin: StandIn) -> None:
    await make_openai(key="").generate(PROMPT, deadline_s=TIMEOUT_S)

    assert standin.received[0].key == ""


async def test_a_key_that_cannot_be_sent_is_not_left_out_in_silence(
    make_openai: MakeOpenAI, standin: StandIn
) -> None:
    assert isinstance(await failing(make_openai(key="키")), AssistantUnavailable)
    assert not standin.received
