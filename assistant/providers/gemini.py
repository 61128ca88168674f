"""Gemini as a provider: Google's URLs and its key. Its JSON and errors are in `gemini_wire`, and nowhere else."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from assistant.prompting.prompts import Prompt
from assistant.providers.gemini_wire import GeminiReading, read_failure, request_of
from assistant.providers.provider import Answer, CallFailed, CallRecord, Show
from assistant.providers.upstream import Upstream, sendable_key


class Gemini:
    """Google's public REST API, v1beta. The key goes in a header: URLs end up in logs and exceptions."""

    def __init__(self, *, key: str, base_url: str) -> None:
        key = sendable_key(key)
        self.is_ready = bool(key)
        self._base_url = base_url.rstrip("/")
        self._upstream = Upstream(headers={"x-goog-api-key": key}, read_failure=_read_failure)

    async def generate(self, model: str, prompt: Prompt, record: CallRecord) -> Answer:
        return await self._upstream.post(
            self._url(model, "generateContent"), request_of(prompt), _reading_of(model), record
        )

    async def stream(self, model: str, prompt: Prompt, record: CallRecord, show: Show) -> Answer:
        url = self._url(model, "streamGenerateContent?alt=sse")
        return await self._upstream.post(url, request_of(prompt), _reading_of(model), record, show)

    async def close(self) -> None:
        await self._upstream.close()

    def _url(self, model: str, method: str) -> str:
        return f"{self._base_url}/v1beta/models/{quote(model.removeprefix('models/'), safe='')}:{method}"


def _reading_of(model: str) -> GeminiReading:
    return GeminiReading(model=model, now=datetime.now(UTC))


def _read_failure(status: int, _headers: Mapping[str, str], body: bytes) -> CallFailed:
    return read_failure(status, body, now=datetime.now(UTC))
