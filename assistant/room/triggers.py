"""When a member's message calls the assistant: by its name in the room, or as a reply to what it said."""

import re
from functools import lru_cache

from chatproject.text import composed
from messaging.models import Message
from messaging.wire.protocol import MessageObject, stands

# What follows a name in Korean without a space: a title, then a particle, then laughter or tears (ㅋㅋ, ㅠㅠ).
_TITLE = "(?:님|씨)?"
_PARTICLE = (
    "(?:아|야|이여|여|은|는|이|가|을|를|의|도|만|께서|께|에게서|에게|한테서|한테"
    "|더러|보고|이랑|랑|하고|와|과|으로|로|요)?"
)
_MOOD = "[ㄱ-ㅣ]*"
_NO_PROSE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\bhttps?://\S+", re.DOTALL)


def mentions(text: str, name: str) -> bool:
    """Whether `text` calls `@name`: as a word of its own or with a Korean ending; never within an e-mail
    address, a web address or code. Letter case and the two ways to write Hangul in Unicode do not matter."""
    if "@" not in text:
        return False
    return _mention(_normal(name)).search(_normal(_NO_PROSE.sub(" ", text))) is not None


def calls_assistant(message: MessageObject, *, name: str) -> bool:
    """Whether a message that was just stored calls: `name` is the assistant's in that room. Reads the database
    where it is a reply. What was edited since, which a repeat brings, calls nobody: only what is new does."""
    if message.kind != "member" or message.edited_at is not None or not stands(message):
        return False
    if mentions(message.message, name):
        return True
    return message.reply_to is not None and _is_said_by_assistant(message.room_id, message.reply_to)


def _is_said_by_assistant(room_id: int, seq: int) -> bool:
    said = Message.objects.filter(room_id=room_id, seq=seq, kind=Message.Kind.ASSISTANT)
    return said.filter(deleted_at=None, hidden_at=None).exists()


@lru_cache(maxsize=256)
def _mention(name: str) -> re.Pattern[str]:
    # before it no letter (an address), slash (a profile's page) or another @; after it no letter, nor a domain
    return re.compile(rf"(?<![\w/@])@{re.escape(name)}{_TITLE}{_PARTICLE}{_MOOD}(?!\w|\.\w+\b)")


def _normal(text: str) -> str:
    return composed(text).casefold()
