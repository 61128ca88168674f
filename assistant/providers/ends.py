"""How an answer ended, in the words of whichever model wrote it: good, cut short, blocked or failed. No I/O.

Gateways hand on the words of the model behind them, each in a spelling of its own: Gemini, OpenAI, Anthropic,
Bedrock, Cohere, Mistral, DeepSeek, Zhipu, xAI, watsonx … So a name is taken apart into words, and only what is
known to be bad counts as bad.
"""

import re
from enum import Enum, auto

NAME_MAX_CHARACTERS = 100

_CAMEL_HUMP = re.compile(r"([a-z])([A-Z])")
_WORD = re.compile(r"[^\W_]+")
# as in FINISH_REASON_STOP
_PREFIXES = frozenset({"finish", "stop", "block", "reason", "finishreason", "stopreason"})
_NOT_ENDED = frozenset(
    {"", "null", "none", "nil", "undefined", "unspecified", "not_finished", "unfinished", "in_progress"}
)
_BLOCKED = frozenset(
    {
        "safety",
        "recitation",
        "blocklist",
        "blocked",
        "prohibited",
        "spii",
        "armor",
        "filter",
        "filtered",
        "violation",
        "guardrail",
        "refusal",
        "refused",
        "sensitive",
        "toxic",
        "moderation",
    }
)
_CUT_SHORT = frozenset({"length", "max", "maxtokens", "limit", "window", "truncated", "incomplete"})
_FAILED = frozenset(
    {
        "error",
        "failed",
        "failure",
        "other",
        "language",
        "malformed",
        "unexpected",
        "many",  # TOO_MANY_TOOL_CALLS
        "missing",
        "abort",
        "aborted",
        "cancel",
        "cancelled",
        "canceled",
        "timeout",
        "network",
        "insufficient",
        "interrupted",
        "unavailable",
        "overloaded",
    }
)


class End(Enum):
    GOOD = auto()
    CUT_SHORT = auto()
    BLOCKED = auto()
    FAILED = auto()


def end_named(name: str) -> End | None:
    """What the name says; None where it says that there is no end yet."""
    spaced = _CAMEL_HUMP.sub(r"\1 \2", name[:NAME_MAX_CHARACTERS]).lower()
    words = _WORD.findall(spaced)
    while words and words[0] in _PREFIXES and len(words) > 1:
        words.pop(0)
    if "_".join(words) in _NOT_ENDED:
        return None
    for bad, end in ((_BLOCKED, End.BLOCKED), (_CUT_SHORT, End.CUT_SHORT), (_FAILED, End.FAILED)):
        if not bad.isdisjoint(words):
            return end
    return End.GOOD
