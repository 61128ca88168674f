"""An answer while it is read, whichever format it comes in: when it is whole, and what it is then. No I/O.

What an event looks like is in `gemini_wire` and `openai_wire`.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

from assistant.provider import ONE_RETRY, Answer, CallFailed
from chatproject.errors import ModelFailed

MODEL_NAME_MAX_CHARACTERS = 100


class TokenCounts(NamedTuple):
    """None is what the provider did not tell."""

    prompt: int | None
    output: int | None
    total: int | None


class Reading(ABC):
    """The events of a stream, whose texts add up, or a whole body as the only one.

    `whole` and `cut_short` are how the format calls the end of an answer and its limit of tokens.
    """

    whole: ClassVar[str]
    cut_short: ClassVar[str]

    def __init__(self, *, model: str) -> None:
        self._model = model
        self._texts: list[str] = []
        self._end: str | None = None
        self._model_served = ""

    @property
    def is_whole(self) -> bool:
        """Whether the model has said that it is done. More may follow, such as the count of tokens."""
        return self._end is not None

    @property
    def model_served(self) -> str:
        """As the model names itself; "" where it did not yet."""
        return self._model_served[:MODEL_NAME_MAX_CHARACTERS]

    @abstractmethod
    def add(self, event: bytes) -> str:
        """The visible text that this event brings, "" for none. Raises CallFailed."""

    @abstractmethod
    def _counts(self) -> TokenCounts:
        """The last ones that were told."""

    def finish(self) -> Answer:
        """The answer, after the last event. Raises CallFailed for half a one."""
        text = "".join(self._texts)
        if self._end == self.cut_short and not text.strip():
            raise CallFailed("only-thoughts", ModelFailed())  # asked again, it would think as long
        if self._end not in (self.whole, self.cut_short) or not text.strip():
            raise CallFailed("no-finished-answer", ModelFailed(), tries=ONE_RETRY)
        tokens = self._counts()
        return Answer(
            text=text,
            truncated=self._end == self.cut_short,
            model_asked=self._model,
            model_served=self.model_served,
            prompt_tokens=tokens.prompt,
            output_tokens=tokens.output,
            total_tokens=tokens.total,
        )

    def _take(self, text: str, end: str | None) -> str:
        """Note what an event said, and return its text."""
        if text or end:
            self._end = end  # text after an end takes it back: the answer goes on
        self._texts.append(text)
        return text
