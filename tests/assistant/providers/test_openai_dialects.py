"""OpenAI's format as its many servers speak it: each as its documentation, source or bug reports show the bytes.

docs/models.md has the table. What a server refuses is in test_openai_dialect.
"""

from typing import Any

import pytest
from msgspec.json import encode

from assistant.providers.event_stream import EventStream
from assistant.providers.openai_wire import OpenAIReading
from assistant.providers.provider import Answer, CallFailed

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
    if rest := events.strays():
        reading.add_rest(rest)
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
    "MiniMax: the whole message once more, and an empty error": [
        event(content=FIRST),
        b'data: {"error": {"message": "", "code": null}, "choices": [{"delta": {"content": "%s"}}]}\n\n'
        % LAST.encode(),
        b"data: %s\n\n" % encode({"choices": [{"finish_reason": "stop", "message": {"content": WORDS}}]}),
        DONE,
    ],
    "a gateway in PHP: empty lists for empty objects": [
        event(content=FIRST),
        event(content=LAST),
        b'data: {"choices": [{"delta": [], "finish_reason": "stop"}], "usage": [], "error": []}\n\n',
        b"data: {}\n\n",
    ],
    "heartbeats as events, and a field's name twice": [
        b"event: ping\ndata: ping\n\n",
        event(content=FIRST),
        b"data: \n\ndata: null\n\n",
        b"data: " + event(content={"type": "text", "text": LAST}, end="stop"),
    ],
    "one piece that names no end": [b"\n\n", encode({"choices": [{"message": {"content": WORDS}}]})],
    "one piece where a stream was asked for": [
        encode({"choices": [{"message": {"role": "assistant", "content": WORDS}, "finish_reason": "stop"}]})
    ],
}


@pytest.mark.parametrize("server", STREAMS)
def test_the_answer_is_read_whole(server: str) -> None:
    answer = read(*STREAMS[server])
    assert (answer.text, answer.truncated) == (WORDS, False)


BROKEN_OFF = {
    "llama.cpp: a field called error": b'error: {"code": 500, "message": "slot was lost"}\n\n',
    "vLLM, older; FastChat": b'data: {"object": "error", "message": "engine is dead", "code": 500}\n\n',
    "DashScope: an event called error": b'event:error\ndata:{"code": "InternalError", "message": "busy"}\n\n',
    "TGI": b'data: {"error": "Request failed during generation", "error_type": "generation"}\n\n',
    "FastChat's number": b'data: {"text": "NETWORK ERROR", "error_code": 50004}\n\n',
    "a code that is no text": b'data: {"error": {"code": {"of": 1}}}\n\n',
}


@pytest.mark.parametrize("server", BROKEN_OFF)
def test_an_answer_that_an_error_broke_off_is_none_whatever_ends_the_stream(server: str) -> None:
    with pytest.raises(CallFailed) as caught:
        read(event(content=FIRST), BROKEN_OFF[server], DONE)
    assert caught.value.tries == 3


@pytest.mark.parametrize(
    "counts", [{"prompt_tokens": 9.0, "total_tokens": "14"}, {"prompt_tokens": 9, "total_tokens": 14}]
)
def test_counts_are_taken_however_they_are_written(counts: dict[str, Any]) -> None:
    usage = b"data: %s\n\n" % encode({"model": 7, "choices": [], "usage": counts})
    answer = read(event(content=WORDS, end="stop"), usage, DONE)
    assert (answer.prompt_tokens, answer.output_tokens, answer.total_tokens) == (9, None, 14)
