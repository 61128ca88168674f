"""The spans of a model's calls, by OpenTelemetry's conventions for generative AI; nothing of what is said to it.

https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from assistant.providers.provider import Answer
from chatproject.tracing.tracer import NOT_TRACED, Span, Tracer, Value


class ModelSpan:
    """One attempt, sampled or not."""

    def __init__(self, span: Span | None) -> None:
        self._span = span

    def answered(self, answer: Answer) -> Answer:
        """Returns it."""
        if self._span is not None:
            self._span.say(_values(answer))
        return answer


class ModelSpans:
    """`provider` as the conventions name it."""

    def __init__(self, tracer: Tracer, *, provider: str) -> None:
        self._tracer, self._provider = tracer, provider

    @contextmanager
    def around(self, model: str) -> Iterator[ModelSpan]:
        values: dict[str, Value] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": self._provider,
            "gen_ai.request.model": model,
        }
        with self._tracer.around(f"chat {model}", kind="client", values=values) as span:
            yield ModelSpan(span)

    def of_answer(self, *, room_id: int, trigger_seq: int) -> AbstractContextManager[object]:
        """The whole answer to a message in a room."""
        return self._tracer.around("answer", values={"chat.room_id": room_id, "chat.seq": trigger_seq})


NO_SPANS = ModelSpans(NOT_TRACED, provider="")


def _values(answer: Answer) -> dict[str, Value]:
    values: dict[str, Value | None] = {
        "gen_ai.response.model": answer.model_served or None,
        "gen_ai.usage.input_tokens": answer.prompt_tokens,
        "gen_ai.usage.output_tokens": answer.output_tokens,
        "gen_ai.response.finish_reasons": ("length",) if answer.truncated else ("stop",),
    }
    return {name: value for name, value in values.items() if value is not None}
