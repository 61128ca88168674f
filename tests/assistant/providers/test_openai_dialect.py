"""What a server of OpenAI's format refuses by name is left out and remembered; over real HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from msgspec.json import decode, encode

from assistant.providers.openai import OpenAI
from assistant.providers.openai_dialect import Dialect, FieldRefused
from assistant.providers.openai_wire import OpenAIReading, read_failure
from assistant.providers.provider import CallFailed, CallRecord
from tests.assistant.conftest import PROMPT, serving

WORDS = "오늘은 김치찌개 어때요?"
CHUNK = {"choices": [{"index": 0, "delta": {"content": WORDS}, "finish_reason": "stop"}]}
ANSWER = b"data: %s\n\ndata: [DONE]\n\n" % encode(CHUNK)

OPENAI = {
    "message": "Unsupported parameter: 'max_tokens' with this model. Use 'max_completion_tokens' instead.",
    "type": "invalid_request_error",
    "param": "max_tokens",
    "code": "unsupported_parameter",
}
PYDANTIC = {"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}
REFUSALS = [
    ("max_tokens", 400, {"error": OPENAI}),
    ("max_tokens", 400, {"error": {"message": OPENAI["message"], "code": "invalid_request_body"}}),
    ("stream_options", 400, {"error": {"message": "Unrecognized request argument supplied: stream_options"}}),
    (
        "stream_options",
        400,
        {"error": {"message": "Unknown parameter: 'stream_options'.", "param": "stream_options"}},
    ),
    ("stream_options", 422, {"object": "error", "message": {"detail": [PYDANTIC]}}),
    ("stream_options", 422, {"detail": [PYDANTIC]}),
    ("stream_options", 400, {"object": "error", "message": str([PYDANTIC]), "code": 400}),
    ("stream_options", 400, {"error": "Extra inputs are not permitted, field: 'stream_options'"}),
    (
        "stream_options",
        500,
        {"error": {"message": "create() got an unexpected keyword argument 'stream_options'"}},
    ),
    ("max_tokens", 400, {"error": {"message": "This model does not support max_tokens."}}),
    ("max_tokens", 400, {"error": {"message": "max_tokens is deprecated, use max_completion_tokens instead"}}),
    ("system", 400, {"object": "error", "message": "System role not supported", "code": 400}),
    ("system", 400, {"error": {"message": "'messages[0].role' does not support 'system' with this model."}}),
    ("max_completion_tokens", 400, {"error": {"message": "Additional properties: 'max_completion_tokens'"}}),
]


@pytest.mark.parametrize(("field", "status", "body"), REFUSALS)
def test_a_field_that_is_refused_is_found_in_the_refusal(field: str, status: int, body: Any) -> None:
    found = read_failure(status, {}, encode(body))
    assert isinstance(found, FieldRefused)
    assert found.field == field


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "max_tokens is too large: 99. This model supports at most 64 completion tokens."),
        (400, "maximum context length is 64 tokens, you asked for 99 in max_tokens"),
        (400, "Unsupported value: 'temperature'"),
        (503, "Unsupported parameter: 'max_tokens'"),
        (401, "Unknown key, max_tokens"),
    ],
)
def test_another_failure_is_no_refusal_of_a_field(status: int, message: str) -> None:
    assert not isinstance(read_failure(status, {}, encode({"error": {"message": message}})), FieldRefused)


def test_a_field_is_also_refused_inside_a_success() -> None:
    with pytest.raises(FieldRefused) as caught:
        OpenAIReading(model="m").add(encode({"error": OPENAI}))
    assert caught.value.field == "max_tokens"


def test_what_is_refused_under_every_name_is_left_out() -> None:
    newer = Dialect().without("max_tokens")
    assert newer == Dialect(limit="max_completion_tokens")
    assert newer.without("max_completion_tokens") == Dialect(limit=None)
    assert newer.without("max_tokens") is None
    plain = Dialect().without("stream_options")
    assert plain == Dialect(takes_stream_options=False)
    assert plain.without("stream_options") is None
    one_role = Dialect().without("system")
    assert one_role == Dialect(takes_system=False)
    assert one_role.without("system") is None


class Host:
    """Answers over real HTTP, and refuses the fields that it `refuses`."""

    def __init__(self, *refuses: str) -> None:
        self.refuses, self.asked = refuses, list[dict[str, Any]]()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            received = await receive()
            body, more = body + received["body"], received["more_body"]
        request = decode(body)
        self.asked.append(request)
        takes = [*request, *(message["role"] for message in request["messages"])]
        refused = next((field for field in self.refuses if field in takes), None)
        status, answer = 200, ANSWER
        if refused:
            status, answer = 400, encode({"error": {"message": f"Unsupported parameter: '{refused}'"}})
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": answer})

    def fields(self) -> list[set[str]]:
        return [set(request) - {"model", "messages", "stream"} for request in self.asked]


Meet = Callable[[Host], Awaitable[OpenAI]]


@pytest.fixture
async def meet() -> AsyncIterator[Meet]:
    async with AsyncExitStack() as stack:

        async def make(host: Host) -> OpenAI:
            url = await stack.enter_async_context(serving(host))
            provider = OpenAI(key="", base_url=url)
            stack.push_async_callback(provider.close)
            return provider

        yield make


async def said_by(provider: OpenAI, model: str = "m") -> str:
    return (await provider.stream(model, PROMPT, CallRecord(), list[str]().append)).text


async def test_what_a_host_refuses_is_left_out_at_once_and_remembered(meet: Meet) -> None:
    host = Host("max_tokens", "stream_options")
    provider = await meet(host)

    assert await said_by(provider) == WORDS
    assert await said_by(provider) == WORDS
    assert host.fields() == [
        {"max_tokens", "stream_options"},
        {"max_completion_tokens", "stream_options"},
        {"max_completion_tokens"},
        {"max_completion_tokens"},
    ]


async def test_each_model_of_a_host_is_asked_in_its_own_way(meet: Meet) -> None:
    host = Host("stream_options")
    provider = await meet(host)
    await said_by(provider)
    host.refuses = ()
    await said_by(provider, "another")
    assert host.fields()[-1] == {"max_tokens", "stream_options"}


async def test_a_limit_that_no_name_is_known_for_is_left_out(meet: Meet) -> None:
    host = Host("max_tokens", "max_completion_tokens")
    assert await said_by(await meet(host)) == WORDS
    assert host.fields()[-1] == {"stream_options"}


async def test_rules_go_with_what_people_said_where_no_role_is_for_them(meet: Meet) -> None:
    host = Host("system")
    provider = await meet(host)
    assert [await said_by(provider), await said_by(provider)] == [WORDS, WORDS]
    assert [len(request["messages"]) for request in host.asked] == [2, 1, 1]
    assert host.asked[-1]["messages"] == [{"role": "user", "content": f"{PROMPT.rules}\n\n{PROMPT.transcript}"}]


async def test_a_host_that_refuses_what_was_not_sent_is_not_asked_for_ever(meet: Meet) -> None:
    host = Host("model")
    host.refuses = ("messages",)
    provider = await meet(host)
    with pytest.raises(CallFailed):
        await said_by(provider)
    assert len(host.asked) == 1
