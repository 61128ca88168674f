"""What a server of OpenAI's format takes in a request, and how it says what it does not take. No I/O."""

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from assistant.prompting.prompts import Prompt
from assistant.providers.provider import CallFailed
from chatproject.errors import ModelFailed

LimitName = Literal["max_tokens", "max_completion_tokens"]

_NEXT_LIMIT: dict[str, LimitName | None] = {"max_tokens": "max_completion_tokens", "max_completion_tokens": None}
_REFUSED = re.compile(rb"\b(?P<field>max_tokens|max_completion_tokens|stream_options)\b|(?i:system role|'system')")
# as OpenAI, Azure, Mistral and all that check by pydantic say it; a value that is too large is none of these
_IS_UNKNOWN = re.compile(
    rb"(?i)unsupported|n[o']t support|unrecogni[sz]ed|not recogni[sz]ed|unknown|unexpected"
    rb"|forbidden|not permitted|not allowed|not implemented|additional|invalid (?:field|param|arg)|instead"
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server takes of the fields that are not needed. `limit` is its name for the most tokens of an answer;
    None: it refuses every name."""

    limit: LimitName | None = "max_tokens"
    takes_stream_options: bool = True
    takes_system: bool = True  # a message of that role; the templates of some models have none

    def without(self, refused: str) -> "Dialect | None":
        """The next dialect to try where the server refuses a field by this name; None where there is none."""
        if refused == self.limit:
            return replace(self, limit=_NEXT_LIMIT[refused])
        if refused == "stream_options" and self.takes_stream_options:
            return replace(self, takes_stream_options=False)
        if refused == "system" and self.takes_system:
            return replace(self, takes_system=False)
        return None


def request_of(prompt: Prompt, *, model: str, streamed: bool, dialect: Dialect) -> dict[str, Any]:
    """The body."""
    said = [{"role": "system", "content": prompt.rules}, {"role": "user", "content": prompt.transcript}]
    if not dialect.takes_system:
        said = [{"role": "user", "content": f"{prompt.rules}\n\n{prompt.transcript}"}]
    request: dict[str, Any] = {"model": model, "messages": said, "stream": streamed}
    if dialect.limit is not None:
        request[dialect.limit] = prompt.max_tokens
    if streamed and dialect.takes_stream_options:
        request["stream_options"] = {"include_usage": True}
    return request


class FieldRefused(CallFailed):
    """The server does not know a field, or not by this name: `field`."""

    def __init__(self, field: str, status: int) -> None:
        super().__init__(f"status-{status}", ModelFailed())
        self.field = field


def field_refused(body: bytes, status: int) -> FieldRefused | None:
    """The refusal of a field, or of the role `system`, that a body tells; None where it tells none."""
    found = _REFUSED.search(body)
    if found is None or _IS_UNKNOWN.search(body) is None:
        return None
    return FieldRefused((found["field"] or b"system").decode(), status)
