"""GeminiClient: one prompt, one answer, over HTTP. Knows Google's URLs, retries and deadlines.

Its JSON and errors are in `gemini_wire`; nothing else in the project knows either. The key goes in a header and
never in a URL, and neither the key nor a prompt nor an answer reaches a log line, an exception or a repr.
"""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import quote

import httpx
import stamina

from assistant.bulkhead import Bulkhead, BulkheadFull
from assistant.gemini_wire import TWO_RETRIES, Answer, CallFailed, decode_answer, encode_request, passing_failure
from assistant.prompts import Prompt
from chatproject.errors import AssistantUnavailable, ModelFailed, TooManyRequests

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 3.0
ANSWER_MAX_BYTES = 1_048_576  # an honest answer has some kilobytes
CALLS_AT_ONCE = 8
CALLS_WAITING = 64  # at some seconds an answer, whoever comes later would only meet the deadline
QUEUE_RETRY_AFTER_S = 10.0
FIRST_WAIT_S, LONGEST_WAIT_S, JITTER_S = 0.2, 2.0, 0.3  # between tries, where Google names no pause


class GeminiClient:
    """One per process: it holds the connections and the limit of calls at once. Close it at the end."""

    def __init__(self, *, key: str, base_url: str, model: str, fallback_model: str = "") -> None:
        key = key.strip()
        # h11 would name an impossible header value in its exception
        self._has_key = bool(key) and key.isascii() and key.isprintable()
        self._base_url = base_url.rstrip("/")
        self._model = model.removeprefix("models/")
        self._fallback_model = fallback_model.removeprefix("models/")
        self._bulkhead = Bulkhead(places=CALLS_AT_ONCE, queue=CALLS_WAITING)
        self._http = httpx.AsyncClient(
            headers={
                "x-goog-api-key": key if self._has_key else "",
                "content-type": "application/json",
                "accept-encoding": "identity",  # so that the bytes counted are the bytes decoded
            },
            # a dripping server never trips a read time-out: the caller's deadline ends a call, nothing else
            timeout=httpx.Timeout(None, connect=CONNECT_TIMEOUT_S),
            follow_redirects=False,
            trust_env=False,
        )

    async def close(self) -> None:
        await self._http.aclose()

    def require_key(self) -> None:
        """Raise AssistantUnavailable where there is no key that could be sent."""
        if not self._has_key:
            raise AssistantUnavailable

    async def generate(self, prompt: Prompt, *, deadline_s: float) -> Answer:
        """The model's whole answer, within `deadline_s` in all: waiting, retries and the fallback model included.

        Raises AssistantUnavailable, ModelFailed, ModelRefused, AssistantBudgetSpent or TooManyRequests. Cancelling
        it closes the connection upstream.
        """
        self.require_key()
        started = time.monotonic()
        try:
            async with asyncio.timeout(deadline_s):
                answer = await self._generate(prompt, give_up_at=started + deadline_s)
        except TimeoutError:
            logger.warning("model %s did not answer within %.1f s", self._model, deadline_s)
            raise ModelFailed from None
        except CallFailed as failure:
            raise failure.shown from None
        except BulkheadFull:
            logger.warning("model %s: too many calls are waiting", self._model)
            raise TooManyRequests(retry_after=QUEUE_RETRY_AFTER_S) from None
        logger.info(
            "model %s answered as %r in %.1f s, %s tokens%s",
            answer.model_asked,
            answer.model_served,
            time.monotonic() - started,
            answer.total_tokens,
            ", truncated" if answer.truncated else "",
        )
        return answer

    async def _generate(self, prompt: Prompt, *, give_up_at: float) -> Answer:
        request = encode_request(prompt)
        try:
            return await self._call_patiently(self._model, request, give_up_at)
        except CallFailed as failure:
            if not failure.other_model or self._fallback_model in ("", self._model):
                raise
            first = failure
        try:
            return await self._call(self._fallback_model, request)
        except CallFailed as second:
            # a fallback that is away as well says less than the model that was meant
            raise first if second.other_model else second from None

    async def _call_patiently(self, model: str, request: bytes, give_up_at: float) -> Answer:
        """The only place that tries again: as often as the failure allows, and as late as the deadline does."""

        def pause_before_retry(error: Exception) -> bool | float:
            if not isinstance(error, CallFailed) or attempt.num >= error.tries:
                return False
            if error.wait_s is None:
                return True
            pause_s = error.wait_s + random.uniform(0, JITTER_S)  # noqa: S311 - spreads retries, hides nothing
            return pause_s if time.monotonic() + pause_s < give_up_at else False

        async for attempt in stamina.retry_context(
            on=pause_before_retry,
            attempts=TWO_RETRIES,
            timeout=None,
            wait_initial=FIRST_WAIT_S,
            wait_max=LONGEST_WAIT_S,
            wait_jitter=JITTER_S,
        ):
            with attempt:
                return await self._call(model, request)
        raise AssertionError("stamina returns or raises")

    async def _call(self, model: str, request: bytes) -> Answer:
        """One HTTP call. Raises CallFailed or BulkheadFull."""
        try:
            async with self._bulkhead.place(), self._post(model, "generateContent", request) as response:
                body = await _read_bounded(response)
            return decode_answer(response.status_code, body, model_asked=model, now=datetime.now(UTC))
        except httpx.HTTPError as error:  # holds the request and so the key: only its name goes on
            failure = passing_failure(f"http-{type(error).__name__}")
        except CallFailed as error:
            failure = error
        logger.warning("a call of model %s failed: %s", model, failure.reason)
        raise failure

    @asynccontextmanager
    async def _post(self, model: str, method: str, request: bytes) -> AsyncIterator[httpx.Response]:
        url = f"{self._base_url}/v1beta/models/{quote(model, safe='')}:{method}"
        async with self._http.stream("POST", url, content=request) as response:
            yield response


async def _read_bounded(response: httpx.Response) -> bytes:
    """The body as it came over the wire. Raises CallFailed beyond ANSWER_MAX_BYTES, without reading on."""
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > ANSWER_MAX_BYTES:
            raise CallFailed("too-large", ModelFailed())
    return bytes(body)
