"""OpenAI's format as its many servers speak it: each as its documentation, source or bug reports show the bytes.

docs/models.md has the table. What a server refuses is refused here over real HTTP.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from msgspec.json import decode, encode

from assistant.event_stream import EventStream
from assistant.openai import OpenAI
from assistant.openai_wire import Dialect, FieldRefused, OpenAIReading, read_failure
from assistant.provider import Answer, CallFailed, CallRecord
from tests.assistant.conftest import PROMPT, serving

WORDS = "오늘은 김치찌개 어때요?"


def event(*, end: Any = None, **delta: Any) -> bytes:
    return b"data: %s\n\n" % encode({"choices": [{"index": 0, "delta": delta, "finish_reason": end}]})


def read(*stream: bytes) -> Answer:
    """The answer in a stream, which comes one byte at a time."""
    events, reading = EventStream(event_max_bytes=10_000), OpenAIReading(model="m")
    for byte in b"".join(stream):
        for found in events.feed(bytes([byte])):
            reading.add(found)
    for found in events.end():
        reading.add(found)
    return reading.finish()


DONE = b"data: [DONE]\n\n"
FIRST, LAST = WORDS[:7], WORDS[7:]
STREAMS = {
    "OpenAI": [
        event(role="assistant", content=""),
        event(content=FIRST),
        event(content=LAST),
        event(end="stop"),
        DONE,
    ],
    "Ollama": [
        event(role="assistant", content=FIRST),
        event(role="assistant", content=LAST),
        event(role="assistant", content="", end="stop"),
        DONE,
    ],
    "vLLM, with reasoning": [
        event(role="assistant", content=""),
        event(reasoning="They are hungry."),
        event(reasoning_content="Kimchi."),
        event(content=FIRST),
        event(content=LAST, end="stop"),
        b'data: {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}}\n\n',
        DONE,
    ],
    "llama.cpp": [
        event(role="assistant", content=None),
        event(content=FIRST),
        event(content=LAST),
        b'data: {"choices": [{"finish_reason": "stop", "delta": {}}], "timings": {"predicted_n": 9}}\n\n',
        DONE,
    ],
    "TGI": [event(role="assistant", content=FIRST), event(role="assistant", content=LAST, end="eos_token"), DONE],
    "TGI, older: no space, no [DONE]": [
        event(content=FIRST).replace(b"data: ", b"data:"),
        event(content=LAST, end="stop_sequence").replace(b"data: ", b"data:"),
    ],
    "Azure": [
        b'data: {"choices": [], "model": "", "prompt_filter_results": [{"prompt_index": 0}]}\n\n',
        event(role="assistant", content=FIRST),
        event(content=LAST),
        event(end="stop"),
        b'data: {"choices": [{"content_filter_offsets": {"check_offset": 1}, "finish_reason": null}]}\n\n',
        DONE,
    ],
    "Mistral, thinking": [
        event(role="assistant", content=[{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]),
        event(content=[{"type": "text", "text": FIRST}]),
        event(content=LAST, end="stop"),
        DONE,
    ],
    "LiteLLM, in front of Anthropic": [
        event(role="assistant", content=FIRST, function_call=None, tool_calls=None),
        event(content=LAST),
        event(end="end_turn"),
        DONE,
    ],
    "LiteLLM, in front of Gemini": [event(content=FIRST, end="STOP"), event(content=LAST, end="STOP"), DONE],
    "SGLang: an empty reason in every chunk": [
        event(content=FIRST, end=""),
        event(content=LAST, end=""),
        event(end="stop"),
    ],
    "DashScope: a reason called null": [event(content=FIRST, end="null"), event(content=LAST, end="stop"), DONE],
    "one that never gives a reason": [event(content=FIRST), event(content=LAST), DONE],
    "a byte-order mark, comments and fields of its own": [
        b"\xef\xbb\xbf: OPENROUTER PROCESSING\n\nevent: message\nid: 1\nx-request: 7\n",
        event(content=[FIRST]),
        b"heartbeat\n\n",
        event(content=[{"type": "output_text", "text": LAST}], end="stop"),
    ],
    "one piece where a stream was asked for": [
        encode({"choices": [{"message": {"role": "assistant", "content": WORDS}, "finish_reason": "stop"}]})
    ],
}


@pytest.mark.parametrize("server", STREAMS)
def test_the_answer_is_read_whole(server: str) -> None:
    answer = read(*STREAMS[server])
    assert (answer.text, answer.truncated) == (WORDS, False)


@pytest.mark.parametrize(
    "counts", [{"prompt_tokens": 9.0, "total_tokens": "14"}, {"prompt_tokens": 9, "total_tokens": 14}]
)
def test_counts_are_taken_however_they_are_written(counts: dict[str, Any]) -> None:
    usage = b"data: %s\n\n" % encode({"model": 7, "choices": [], "usage": counts})
    answer = read(event(content=WORDS, end="stop"), usage, DONE)
    assert (answer.prompt_tokens, answer.output_tokens, answer.total_tokens) == (9, None, 14)


# --- what a server refuses by name ----------------------------------------------------------------

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
        (500, "Unsupported parameter: 'max_tokens'"),
        (401, "Unknown key, max_tokens"),
    ],
)
def test_another_failure_is_no_refusal_of_a_field(status: int, message: str) -> None:
    assert not isinstance(read_failure(status, {}, encode({"error": {"message": message}})), FieldRefused)


def test_what_is_refused_under_every_name_is_left_out() -> None:
    newer = Dialect().without("max_tokens")
    assert newer == Dialect(limit="max_completion_tokens")
    assert newer.without("max_completion_tokens") == Dialect(limit=None)
    assert newer.without("max_tokens") is None
    plain = Dialect().without("stream_options")
    assert plain == Dialect(takes_stream_options=False)
    assert plain.without("stream_options") is None


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
        refused = next((field for field in self.refuses if field in request), None)
        status, answer = 200, event(content=WORDS, end="stop") + DONE
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


async def test_a_host_that_refuses_what_was_not_sent_is_not_asked_for_ever(meet: Meet) -> None:
    host = Host("model")
    host.refuses = ("messages",)
    provider = await meet(host)
    with pytest.raises(CallFailed):
        await said_by(provider)
    assert len(host.asked) == 1
