"""Drafts of a member's next message, for that member's eyes only; nothing is stored, nobody else is told."""

import re
from dataclasses import dataclass

from assistant.private.calls import Reader, call_privately
from assistant.prompting.context import read_draft_context
from assistant.prompting.prompts import Prompt, Tone
from assistant.prompting.wording import Wording
from assistant.providers.language_model import LanguageModel
from chatproject.errors import ModelFailed
from chatproject.tokens import Caller

ALTERNATIVES_MOST = 3

# The line that we ask for, and what models write in its place
_BETWEEN = re.compile(r"^[ \t>]*(?:={3,}|-{3,}|\*{3,}|_{3,})[ \t\r]*$", re.MULTILINE)
_NUMBER = re.compile(r"^[ \t]*(?:\*\*)?[1-9][.)](?:\*\*)?[ \t]+", re.MULTILINE)


@dataclass(frozen=True, slots=True, repr=False)
class Drafts:
    """Alternatives for one message, the best first, and the model that wrote them."""

    texts: list[str]
    model: str


async def draft_replies(
    *,
    caller: Caller,
    room_id: int,
    tone: Tone | None = None,
    count: int = 1,
    read: Reader,
    model: LanguageModel,
) -> Drafts:
    """The caller's own next message in the room: 1 to `count` alternatives, by one call of the model.

    Raises MemberNotFound, RoomNotFound, NotInRoom, AssistantUnavailable, and what `call_privately` raises.
    Cancelling it ends the call upstream.
    """
    context = await read(read_draft_context, caller=caller, room_id=room_id, tone=tone, count=count)
    answer = await call_privately(
        context.prompt, member_id=caller.member_id, room_id=room_id, read=read, model=model
    )
    texts = alternatives(answer.text, context.prompt, count=count, truncated=answer.truncated)
    return Drafts(texts, answer.model_served or answer.model_asked)


def alternatives(text: str, prompt: Prompt, *, count: int, truncated: bool) -> list[str]:
    """The different messages in what the model said, at most `count`. Raises ModelFailed where there is none.

    Only the last can be `truncated`; it is left out where there are others.
    """
    pieces = _cut_apart(text) if count > 1 else [text]
    found: dict[str, None] = {}  # in order, each once
    for number, piece in enumerate(pieces, start=1):
        is_cut = truncated and number == len(pieces)
        if is_cut and found:
            continue
        try:
            found[_message(piece, prompt, is_whole=not is_cut)] = None
        except ModelFailed:  # nothing to be seen between two lines
            continue
    if not found:
        raise ModelFailed
    return list(found)[:count]


def _message(text: str, prompt: Prompt, *, is_whole: bool) -> str:
    wording = Wording(prompt.speaker)
    wording.add(text)
    wording.finish()
    return wording.message(is_whole=is_whole)


def _cut_apart(text: str) -> list[str]:
    """At the lines between alternatives, or at their numbers where the model preferred those."""
    pieces = [piece for piece in _BETWEEN.split(text) if piece.strip()]
    if len(pieces) == 1:
        return [piece for piece in _NUMBER.split(text) if piece.strip()]
    return [_NUMBER.sub("", piece.strip(), count=1) for piece in pieces]
