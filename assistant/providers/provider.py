"""What a provider of models is to the rest of the assistant: one attempt, its answer or why there is none. No I/O.

Retries, deadlines, limits and the fallback model are above it (`language_model`), URLs and JSON below (`gemini`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from assistant.prompting.prompts import Prompt
from chatproject.errors import AssistantUnavailable, ChatError, ModelFailed

COUNT_MAX = 1_000_000_000  # tokens; a larger count is no count, and fits no column
ONCE, ONE_RETRY, TWO_RETRIES = 1, 2, 3

_WORTH_RETRYING = frozenset({408, 500, 502, 503, 504})

Show = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model said. `truncated`: it wanted to say more. `model_asked` is the one that this call named.

    `output_tokens` are those that are paid for as output, thoughts included. A count that the provider did not
    tell is None. `retries` are the attempts before this one, the fallback model's included.
    """

    text: str = field(repr=False)
    truncated: bool
    model_asked: str
    model_served: str
    prompt_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    retries: int = 0


@dataclass(slots=True)
class CallRecord:
    """What is known of a call from outside, also while it goes on and where it brought no answer.

    The models are those of the latest attempt: "" while nobody was asked, and while the provider did not say.
    `was_read`: in some attempt the provider took the prompt and began to answer, which it bills, answer or none.
    """

    model_asked: str = ""
    model_served: str = ""
    attempts: int = 0
    was_read: bool = False

    @property
    def retries(self) -> int:
        return max(0, self.attempts - 1)


class CallFailed(Exception):
    """One attempt brought no answer.

    `reason`, its `code`, is ours and may be logged. `shown` is what the caller is told when nothing helps. `tries`
    is how often the same model may be called in all, `wait_s` the pause that the provider asked for, `other_model`
    whether the fallback model may know better, `is_outage` whether the model seems to be away rather than
    unwilling; None where nobody can tell.
    """

    def __init__(
        self,
        reason: str,
        shown: ChatError,
        *,
        tries: int = ONCE,
        wait_s: float | None = None,
        other_model: bool = False,
        is_outage: bool | None = False,
    ) -> None:
        self.reason = self.code = reason
        self.shown = shown
        self.tries, self.wait_s, self.other_model, self.is_outage = tries, wait_s, other_model, is_outage
        super().__init__(reason)


class Provider(Protocol):
    """Where models are. One per process: it holds the connections. Cancelling a call closes its connection."""

    @property
    def is_ready(self) -> bool:
        """Whether it has what it needs to be asked, such as a key."""

    async def generate(self, model: str, prompt: Prompt, record: CallRecord) -> Answer:
        """The answer in one piece. Raises CallFailed. `record` hears what the provider says of itself."""

    async def stream(self, model: str, prompt: Prompt, record: CallRecord, show: Show) -> Answer:
        """As `generate`, but hand each piece of visible text to `show`; the answer's text is their sum."""

    async def close(self) -> None: ...


def passing_failure(reason: str) -> CallFailed:
    """A failure that another try may pass: a server's bad moment, a lost connection."""
    return CallFailed(reason, ModelFailed(), tries=TWO_RETRIES, other_model=True, is_outage=True)


def failure_of_status(status: int) -> CallFailed:
    """What an HTTP status other than 200 and 429 says by itself."""
    if status in (401, 403):
        return CallFailed(f"key-refused-{status}", AssistantUnavailable())
    if status == 404:
        return CallFailed("model-unknown", ModelFailed(), other_model=True)
    if status in _WORTH_RETRYING:
        return passing_failure(f"status-{status}")
    return CallFailed(f"status-{status}", ModelFailed())


def status_in_answer(code: str | int | None) -> int:
    """The status that an error inside a 200 names, or 500 where it names none."""
    text = str(code)
    return int(text) if re.fullmatch("[45][0-9][0-9]", text) else 500


def token_count(value: object) -> int | None:
    """The count if it can be one; some servers write it as "12" or as 12.0."""
    if isinstance(value, str) and re.fullmatch("[0-9]{1,10}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= COUNT_MAX else None
