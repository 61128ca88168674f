"""LanguageModel: one prompt, one answer, whoever the provider is. Knows retries, deadlines and limits.

The only place that tries again. Neither a prompt nor an answer reaches a log line, an exception or a repr.
"""

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import stamina

from assistant.prompting.prompts import Prompt
from assistant.providers.breaker import Breaker, BreakerOpen, State
from assistant.providers.bulkhead import Bulkhead, BulkheadFull
from assistant.providers.model_spans import NO_SPANS, ModelSpans
from assistant.providers.provider import TWO_RETRIES, Answer, CallFailed, CallRecord, Provider, Show
from chatproject.errors import AssistantUnavailable, ChatError, ModelFailed, ModelRefused, TooManyRequests

logger = logging.getLogger(__name__)

# eight calls at once in a process; apart, so that neither drafts nor answers take the others' places
ANSWERS_AT_ONCE, DRAFTS_AT_ONCE = 5, 3
CALLS_WAITING = 64  # at some seconds an answer, whoever comes later would only meet the deadline
QUEUE_RETRY_AFTER_S = 10.0
OUTAGES, REST_S = 5, 20.0  # so many in a row, and a model is left alone for so long
FIRST_WAIT_S, JITTER_S = 0.2, 0.3  # before another try; twice as long before the one after it


@dataclass(slots=True)
class _Question:
    """What is asked, until when (`give_up_at`, by the loop's clock), and how far it has come.

    Without `show` the answer is wanted in one piece. Blank text at its beginning is held back: until something
    can be seen, another try does no harm.
    """

    prompt: Prompt
    deadline_s: float
    bulkhead: Bulkhead
    record: CallRecord
    show: Show | None = field(repr=False)
    asker_id: int | None = None  # whose share of the places it takes
    give_up_at: float = field(init=False)
    is_shown: bool = False
    _held: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        self.give_up_at = _time() + self.deadline_s

    def begin_attempt(self, model: str) -> None:
        self.record.attempts += 1
        self.record.model_asked, self.record.model_served = model, ""
        self._held = ""

    def show_text(self, text: str) -> None:
        assert self.show is not None
        self._held += text
        if self._held.strip():
            self.is_shown = True
        if self.is_shown:
            text, self._held = self._held, ""
            self.show(text)


class LanguageModel:
    """One per process: it holds the connections and the limits of calls at once. Close it at the end.

    For metrics: `calls` counts attempts by model and outcome ("answered", or the reason of a failure), `retries`
    those that followed a failed one. `clock` is the one that models rest by.
    """

    def __init__(
        self,
        provider: Provider,
        *,
        model: str,
        fallback_model: str = "",
        clock: Callable[[], float] = time.monotonic,
        spans: ModelSpans = NO_SPANS,
    ) -> None:
        self._provider, self.spans = provider, spans
        self._model, self._fallback_model = model, fallback_model
        self._drafts = Bulkhead(places=DRAFTS_AT_ONCE, queue=CALLS_WAITING)
        self._answers = Bulkhead(places=ANSWERS_AT_ONCE, queue=CALLS_WAITING)
        self._breakers = {
            name: Breaker(outages=OUTAGES, rest_s=REST_S, clock=clock) for name in (model, fallback_model) if name
        }
        self.calls: Counter[tuple[str, str]] = Counter()
        self.retries = 0

    @property
    def breaker_states(self) -> dict[str, State]:
        """By model, for metrics."""
        return {model: breaker.state for model, breaker in self._breakers.items()}

    async def close(self) -> None:
        await self._provider.close()

    @property
    def is_ready(self) -> bool:
        """Whether anybody can be asked: there is a key."""
        return self._provider.is_ready

    def require_ready(self) -> None:
        """Raise AssistantUnavailable where nobody can be asked."""
        if not self.is_ready:
            raise AssistantUnavailable

    async def generate(
        self, prompt: Prompt, *, deadline_s: float, asker_id: int | None = None, record: CallRecord | None = None
    ) -> Answer:
        """The whole answer, for one person, within `deadline_s`: waiting, retries and the fallback model included.

        Raises AssistantUnavailable, ModelFailed, ModelRefused, AssistantBudgetSpent or TooManyRequests. Cancelling
        it closes the connection upstream. `record` is kept up to date for whoever wants to know, answer or none.
        """
        question = _Question(prompt, deadline_s, self._drafts, record or CallRecord(), None, asker_id)
        return await self._ask(question)

    async def stream(
        self,
        prompt: Prompt,
        *,
        deadline_s: float,
        show: Show,
        asker_id: int | None = None,
        record: CallRecord | None = None,
    ) -> Answer:
        """As `generate`, for a room: `show` gets each piece of text as it comes; their sum is the answer's text.

        Before the first shown piece it raises what `generate` raises. After it nothing is tried again: ModelFailed
        leaves half an answer, ModelRefused one that has to be taken back. `show` must not block.
        """
        question = _Question(prompt, deadline_s, self._answers, record or CallRecord(), show, asker_id)
        return await self._ask(question)

    async def _ask(self, question: _Question) -> Answer:
        self.require_ready()
        started = _time()
        try:
            answer = await self._ask_models(question)
        except CallFailed as failure:
            raise _told(failure, question) from None
        logger.info(
            "model %s answered as %r in %.1f s, %s tokens%s",
            answer.model_asked,
            answer.model_served,
            _time() - started,
            answer.total_tokens,
            ", truncated" if answer.truncated else "",
        )
        return replace(answer, retries=question.record.retries)

    async def _ask_models(self, question: _Question) -> Answer:
        try:
            return await self._call_patiently(self._model, question)
        except CallFailed as failure:
            if question.is_shown or not failure.other_model or self._fallback_model in ("", self._model):
                raise
            first = failure
        try:
            return await self._call(self._fallback_model, question)
        except CallFailed as second:
            # a fallback that is away as well says less than the model that was meant
            raise first if second.other_model and not question.is_shown else second from None

    async def _call_patiently(self, model: str, question: _Question) -> Answer:
        """Try as often as the failure allows, and as late as the deadline does."""

        def pause_before_retry(error: Exception) -> bool | float:
            if not isinstance(error, CallFailed) or question.is_shown or attempt.num >= error.tries:
                return False
            wait_s = FIRST_WAIT_S * 2 ** (attempt.num - 1) if error.wait_s is None else error.wait_s
            pause_s = wait_s + random.uniform(0, JITTER_S)  # noqa: S311 - spreads retries, hides nothing
            return pause_s if _time() + pause_s < question.give_up_at else False

        async for attempt in stamina.retry_context(on=pause_before_retry, attempts=TWO_RETRIES, timeout=None):
            with attempt:
                return await self._call(model, question)
        raise AssertionError("stamina returns or raises")

    async def _call(self, model: str, question: _Question) -> Answer:
        """One attempt, in its turn. Raises CallFailed."""
        breaker = self._breakers[model]
        try:
            breaker.check()  # before the queue: nobody waits there to be told
            async with question.bulkhead.place(question.asker_id, until=question.give_up_at):
                with breaker.call():
                    answer = await self._attempt(model, question)
        except CallFailed as error:
            failure = error
        except BreakerOpen as resting:
            failure = CallFailed("resting", ModelFailed(retry_after=resting.rest_s), other_model=True)
        except BulkheadFull:
            failure = CallFailed("too-many-waiting", TooManyRequests(retry_after=QUEUE_RETRY_AFTER_S))
        except TimeoutError:
            failure = CallFailed("no-place-in-time", ModelFailed())
        except asyncio.CancelledError:
            self.calls[model, "cancelled"] += 1
            raise
        else:
            self.calls[model, "answered"] += 1
            return answer
        self.calls[model, failure.reason] += 1
        logger.warning("a call of model %s failed: %s", model, failure.reason)
        raise failure

    async def _attempt(self, model: str, question: _Question) -> Answer:
        question.begin_attempt(model)
        self.retries += question.record.attempts > 1
        begun = _time()
        try:
            async with asyncio.timeout_at(question.give_up_at):
                with self.spans.around(model) as span:
                    return span.answered(await self._ask_provider(model, question))
        except TimeoutError:
            # who waited long for a place leaves the model no time: that is not its fault
            had_time = _time() - begun >= question.deadline_s / 2
            raise CallFailed("deadline", ModelFailed(), is_outage=True if had_time else None) from None

    async def _ask_provider(self, model: str, question: _Question) -> Answer:
        if question.show is None:
            return await self._provider.generate(model, question.prompt, question.record)
        return await self._provider.stream(model, question.prompt, question.record, question.show_text)


def _told(failure: CallFailed, question: _Question) -> ChatError:
    """What the caller hears. Of an answer that has begun, only whether it stays."""
    if question.is_shown and not isinstance(failure.shown, ModelRefused):
        return ModelFailed()
    return failure.shown


def _time() -> float:
    """Seconds, by the clock that asyncio's time-outs run by."""
    return asyncio.get_running_loop().time()
