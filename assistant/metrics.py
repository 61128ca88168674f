"""What one process counts of the assistant, in Prometheus' terms, beside what its chat server counts."""

from collections.abc import Callable, Iterable
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from assistant.models import AssistantRun
from assistant.providers.breaker import State as BreakerState
from assistant.providers.language_model import LanguageModel
from assistant.providers.provider import Answer

SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0, 30.0)


class AssistantMetrics:
    """The counters and histograms of one process, in the registry of its server."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._runs = Counter("chat_assistant_runs", "Answers in rooms that ended.", ["state"], registry=registry)
        for state in AssistantRun.State:
            if state not in AssistantRun.UNDER_WAY:
                self._runs.labels(state.value)  # so that a rate has a zero to begin from
        self._first_word = Histogram(
            "chat_assistant_first_word_seconds",
            "Time from the claim of an answer to its first word.",
            buckets=SECONDS,
            registry=registry,
        )
        self._tokens = Counter("chat_assistant_tokens", "Tokens of answers in rooms.", ["kind"], registry=registry)
        self.orphans = Counter(
            "chat_assistant_orphans", "Answers of dead processes that this one ended.", registry=registry
        )

    def watch(self, model: LanguageModel, *, count_under_way: Callable[[], int]) -> None:
        """Show present values too: how many answers are being given, and what the model's calls came to."""
        self._registry.register(_Present(model, count_under_way))

    def count_run(self, state: AssistantRun.State, *, answer: Answer | None, first_word_ms: int | None) -> None:
        self._runs.labels(state.value).inc()
        if first_word_ms is not None:
            self._first_word.observe(first_word_ms / 1_000)
        if answer is not None:
            self._tokens.labels("read").inc(answer.prompt_tokens or 0)
            self._tokens.labels("written").inc(answer.output_tokens or 0)


class _Present(Collector):
    def __init__(self, model: LanguageModel, count_under_way: Callable[[], int]) -> None:
        self._model, self._count_under_way = model, count_under_way

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "chat_assistant_runs_under_way", "Answers that are being given.", value=self._count_under_way()
        )
        calls = CounterMetricFamily("chat_model_calls", "Calls of a model.", labels=["model", "outcome"])
        for labels, count in sorted(self._model.calls.items()):
            calls.add_metric(labels, count)
        yield calls
        yield CounterMetricFamily(
            "chat_model_retries", "Calls that followed a failed one.", value=self._model.retries
        )
        breakers = GaugeMetricFamily(
            "chat_model_breaker", "1 for the state of a model's circuit breaker.", labels=["model", "state"]
        )
        for model, present in sorted(self._model.breaker_states.items()):
            for state in get_args(BreakerState):
                breakers.add_metric([model, state], state == present)
        yield breakers
