"""An answer while it is read, whichever format it comes in: when it is whole, and what it is then. No I/O.

What an event looks like is in `gemini_wire` and `openai_wire`, what the name of an end says in `ends`.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

from assistant.providers.ends import End, end_named
from assistant.providers.event_stream import BYTE_ORDER_MARK, ErrorEvent
from assistant.providers.provider import ONE_RETRY, Answer, CallFailed, passing_failure
from chatproject.errors import ModelFailed, ModelRefused

MODEL_NAME_MAX_CHARACTERS = 100
END_OF_STREAM = b"[done]"  # OpenAI's, which gateways put behind any format
HEARTBEATS = frozenset({b"", b"null", b"ping", b"pong", b"heartbeat", b"keepalive", b"keep-alive", b"keep_alive"})


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
        self._end: End | None = None
        self._ends_early = False  # text followed an end: its ends say little, a lost connection may have cut it
        self._is_cut = False
        self._model_served = ""
        self.has_ended = False  # the stream said that nothing follows, or the body is complete

    @property
    def may_be_whole(self) -> bool:
        """Whether there is text, and the model has said that it is done. More may follow: some say it early."""
        return self._has_text and (self._end is not None or self.has_ended)

    @property
    def is_whole(self) -> bool:
        """Whether all is there for sure: nothing may follow, or an end from one that does not say it early."""
        return self.may_be_whole and (self.has_ended or not self._ends_early)

    @property
    def model_served(self) -> str:
        """As the model names itself; "" where it did not yet."""
        return self._model_served[:MODEL_NAME_MAX_CHARACTERS]

    def add(self, event: bytes) -> str:
        """The visible text that this event brings, "" for none. Raises CallFailed."""
        said = event.strip()
        if said.strip(b'"').lower() == END_OF_STREAM:
            self.has_ended = True
            return ""
        if said.lower() in HEARTBEATS:
            return ""
        try:
            text = self._read(event.removeprefix(b"data:"))  # some gateways write the field's name twice
            if isinstance(event, ErrorEvent):
                raise passing_failure("error-event")
        except CallFailed:
            if self.has_ended:
                return ""  # what goes wrong after the end does no harm
            raise
        return text

    def add_whole(self, body: bytes) -> str:
        """As `add`, for a body that is complete: where it names no end, it is one."""
        text = self._read(body.removeprefix(BYTE_ORDER_MARK))
        self.has_ended = True
        return text

    def add_rest(self, body: bytes) -> str:
        """As `add`, for what stood between the events of a stream: a whole body, where no event brought text."""
        return self.add(body) if self._has_text or self.has_ended else self.add_whole(body)

    def cut(self) -> None:
        """Nothing comes any more, though more may have been to come."""
        self._is_cut = not self.is_whole

    @abstractmethod
    def _read(self, event: bytes) -> str:
        """What `add` says, for an event that is JSON if it is anything."""

    @abstractmethod
    def _counts(self) -> TokenCounts:
        """The last ones that were told."""

    def finish(self) -> Answer:
        """The answer, after the last event. Raises CallFailed for half a one."""
        if self._end is End.CUT_SHORT and not self._has_text:
            raise CallFailed("only-thoughts", ModelFailed())  # asked again, it would think as long
        if not self.may_be_whole or self._end is End.FAILED:
            raise CallFailed("no-finished-answer", ModelFailed(), tries=ONE_RETRY)
        tokens = self._counts()
        return Answer(
            text="".join(self._texts),
            truncated=self._is_cut or self._end is End.CUT_SHORT,
            model_asked=self._model,
            model_served=self.model_served,
            prompt_tokens=tokens.prompt,
            output_tokens=tokens.output,
            total_tokens=tokens.total,
        )

    def _take(self, text: str, end: object) -> str:
        """Note what an event said, and return its text. Raises CallFailed where the text is blocked."""
        named = end_named(str(end or ""))
        if named is End.BLOCKED:
            raise CallFailed("blocked-answer", ModelRefused())
        if text.strip():
            self._has_text, self._ends_early = True, self._ends_early or self._end is not None
            self._end = None  # text after an end takes it back: the answer goes on
        self._end = named or self._end
        self._texts.append(text)
        return text

    def _rest_of(self, whole: str) -> str:
        """What is new in a text that repeats all that was said before."""
        return whole.removeprefix("".join(self._texts))
