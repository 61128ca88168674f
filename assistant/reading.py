"""An answer while it is read, whichever format it comes in: when it is whole, and what it is then. No I/O.

What an event looks like is in `gemini_wire` and `openai_wire`. How an answer ended is told in many words, since
gateways hand on those of the model behind them; only what is known to be bad counts as bad.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

from assistant.provider import ONE_RETRY, Answer, CallFailed
from chatproject.errors import ModelFailed, ModelRefused

MODEL_NAME_MAX_CHARACTERS = 100
END_OF_STREAM = b"[DONE]"  # OpenAI's, which gateways put behind any format
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# how an answer ended, in lower case, in the words of Gemini, OpenAI, Anthropic, Cohere, Mistral, DeepSeek, Zhipu …
_NOT_ENDED = frozenset({"", "null", "none", "finish_reason_unspecified"})
_CUT_SHORT = frozenset(
    {
        "length",
        "max_tokens",
        "max_output_tokens",
        "max_completion_tokens",
        "max_length",
        "model_length",
        "model_context_window_exceeded",
        "error_limit",
    }
)
_BLOCKED = frozenset(
    {
        "safety",
        "recitation",
        "blocklist",
        "prohibited_content",
        "spii",
        "image_safety",
        "image_prohibited_content",
        "image_recitation",
        "model_armor",
        "content_filter",
        "content_filtered",
        "content_policy_violation",
        "guardrail_intervened",
        "refusal",
        "sensitive",
        "error_toxic",
    }
)
_FAILED = frozenset(
    {
        "error",
        "other",
        "language",
        "malformed_function_call",
        "malformed_response",
        "unexpected_tool_call",
        "too_many_tool_calls",
        "missing_thought_signature",
        "abort",
        "aborted",
        "cancelled",
        "canceled",
        "user_cancel",
        "timeout",
        "network_error",
        "insufficient_system_resource",
    }
)


class TokenCounts(NamedTuple):
    """None is what the provider did not tell."""

    prompt: int | None
    output: int | None
    total: int | None


class Reading(ABC):
    """The events of a stream, whose texts add up, or a whole body as the only one."""

    def __init__(self, *, model: str) -> None:
        self._model = model
        self._texts: list[str] = []
        self._has_text = False
        self._end: str | None = None
        self._model_served = ""
        self.has_ended = False  # the stream said that nothing follows, or the body is complete

    @property
    def is_whole(self) -> bool:
        """Whether there is text, and the model has said that it is done. More may follow: some say it early."""
        return self._has_text and (self._end is not None or self.has_ended)

    @property
    def model_served(self) -> str:
        """As the model names itself; "" where it did not yet."""
        return self._model_served[:MODEL_NAME_MAX_CHARACTERS]

    def add(self, event: bytes) -> str:
        """The visible text that this event brings, "" for none. Raises CallFailed."""
        said = event.strip()
        if said == END_OF_STREAM:
            self.has_ended = True
            return ""
        return self._read(event) if said else ""

    def add_whole(self, body: bytes) -> str:
        """As `add`, for a body that is complete: where it names no end, it is one."""
        text = self._read(body.removeprefix(BYTE_ORDER_MARK))
        self.has_ended = True
        return text

    @abstractmethod
    def _read(self, event: bytes) -> str:
        """What `add` says, for an event that is JSON if it is anything."""

    @abstractmethod
    def _counts(self) -> TokenCounts:
        """The last ones that were told."""

    def finish(self) -> Answer:
        """The answer, after the last event. Raises CallFailed for half a one."""
        if self._end in _CUT_SHORT and not self._has_text:
            raise CallFailed("only-thoughts", ModelFailed())  # asked again, it would think as long
        if not self.is_whole or self._end in _FAILED:
            raise CallFailed("no-finished-answer", ModelFailed(), tries=ONE_RETRY)
        tokens = self._counts()
        return Answer(
            text="".join(self._texts),
            truncated=self._end in _CUT_SHORT,
            model_asked=self._model,
            model_served=self.model_served,
            prompt_tokens=tokens.prompt,
            output_tokens=tokens.output,
            total_tokens=tokens.total,
        )

    def _take(self, text: str, end: object) -> str:
        """Note what an event said, and return its text. Raises CallFailed where the text is blocked."""
        named = str(end or "").strip().lower()
        if named in _BLOCKED:
            raise CallFailed(f"blocked-{named.replace('_', '-')}", ModelRefused())
        if named not in _NOT_ENDED:
            self._end = named
        elif text.strip():
            self._end = None  # text after an end takes it back: the answer goes on
        self._has_text = self._has_text or bool(text.strip())
        self._texts.append(text)
        return text
