"""Any OpenAI-compatible endpoint as a provider (Ollama, vLLM, …): its URL and key. JSON is in `openai_wire`."""

from urllib.parse import urlsplit

from assistant.prompting.prompts import Prompt
from assistant.providers.openai_dialect import Dialect, FieldRefused, LimitName, request_of
from assistant.providers.openai_wire import OpenAIReading, read_failure
from assistant.providers.provider import Answer, CallRecord, Show
from assistant.providers.upstream import Upstream, sendable_key


class OpenAI:
    """`base_url` ends with the version, as OpenAI's own clients have it: `http://127.0.0.1:11434/v1`.

    A server of one's own needs no key. What a server refuses by name is left out at once, and from then on for
    that model: endpoints of many models differ from model to model.
    """

    def __init__(self, *, key: str, base_url: str) -> None:
        sendable = sendable_key(key)
        self.is_ready = bool(sendable) or not key.strip()
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._usual = Dialect(limit=limit_name(base_url))
        self._dialects: dict[str, Dialect] = {}  # by model, where the usual one is not understood
        headers = {"authorization": f"Bearer {sendable}"} if sendable else {}
        self._upstream = Upstream(headers=headers, read_failure=read_failure)

    async def generate(self, model: str, prompt: Prompt, record: CallRecord) -> Answer:
        return await self._post(model, prompt, record)

    async def stream(self, model: str, prompt: Prompt, record: CallRecord, show: Show) -> Answer:
        return await self._post(model, prompt, record, show)

    async def _post(self, model: str, prompt: Prompt, record: CallRecord, show: Show | None = None) -> Answer:
        dialect = self._dialects.get(model, self._usual)
        while True:
            request = request_of(prompt, model=model, streamed=show is not None, dialect=dialect)
            try:
                answer = await self._upstream.post(self._url, request, OpenAIReading(model=model), record, show)
            except FieldRefused as refused:
                simpler = dialect.without(refused.field)
                if simpler is None:
                    raise
                dialect = simpler
            else:
                if dialect != self._usual:
                    self._dialects[model] = dialect
                return answer

    async def close(self) -> None:
        await self._upstream.close()


def limit_name(base_url: str) -> LimitName:
    """How the server there calls the limit of an answer's tokens.

    OpenAI's own newest models refuse the old name; Ollama does not know the new one and would set no limit.
    """
    host = urlsplit(base_url).hostname or ""
    is_openai = host == "api.openai.com" or host.endswith(".api.openai.com")
    return "max_completion_tokens" if is_openai else "max_tokens"
