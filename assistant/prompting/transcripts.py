"""A room's messages as lines that nobody can forge, newest first by a budget of tokens. Pure.

How a line begins says what it is: `[nickname]:` is a member, `(name):` the assistant, `>` in front marks what the
task is about. Lines with `#` in front come first and describe the room, in its members' words.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from messaging.wire.file_words import words_of
from messaging.wire.protocol import MessageObject, stands

# Korean takes 3 bytes and 1 to 1.5 tokens a syllable, English 4 bytes and 1 token a short word: half the bytes is
# never too few for either, and costs no call to countTokens.
UTF8_BYTES_PER_TOKEN = 2
PERSONA_MAX_TOKENS = 800  # its 500 characters in Korean


@dataclass(frozen=True, slots=True, repr=False)
class Scene:
    """A room as a prompt describes it. Its members chose all three texts, so none is trusted."""

    room_name: str
    assistant_name: str
    persona: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Transcript:
    """`seqs` are the messages whose lines it holds, oldest first."""

    text: str
    seqs: tuple[int, ...]


class _Line(NamedTuple):
    seq: int
    text: str


def write_transcript(
    messages: Sequence[MessageObject],
    *,
    scene: Scene,
    max_tokens: int,
    marked: Callable[[MessageObject], bool] = lambda message: False,
    is_numbered: bool = False,
    open_line: str = "",
) -> Transcript:
    """The newest messages that fit into `max_tokens`, under the description of the room.

    `is_numbered` puts each message's seq in front of its line; `open_line` comes last and is for the model to end.
    The newest message is in, cut where it must be; deleted and hidden messages and notices are left out.
    """
    lines = _newest(_lines(reversed(messages), scene, marked, is_numbered), max_tokens)
    texts = [*_description(scene), *(line.text for line in lines), *([open_line] if open_line else [])]
    return Transcript("\n".join(texts), tuple(line.seq for line in lines))


def member_speaks(nickname: str) -> str:
    """How a line of that member begins."""
    return f"[{_name(nickname)}]:"


def assistant_speaks(scene: Scene) -> str:
    """How a line of the assistant begins."""
    return f"({_name(scene.assistant_name)}):"


def estimated_tokens(text: str) -> int:
    """A guess that is rather too high than too low."""
    return len(text.encode()) // UTF8_BYTES_PER_TOKEN + 1


def _lines(
    messages: Iterable[MessageObject], scene: Scene, marked: Callable[[MessageObject], bool], is_numbered: bool
) -> Iterator[_Line]:
    """One by one: writing a line costs more than all else here, and most of a long backlog has no room."""
    for message in messages:
        if not stands(message) or message.kind == "notice":
            continue
        by_assistant = message.kind == "assistant"
        speaker = assistant_speaks(scene) if by_assistant else member_speaks(message.nick_name)
        front = f"{message.seq} " if is_numbered else ">" if marked(message) else ""
        yield _Line(message.seq, f"{front}{speaker} {_said(message)}")


def _said(message: MessageObject) -> str:
    """Of files the model reads that there are some: neither them nor their names."""
    return " ".join(filter(None, (_one_line(message.message), words_of(message.attachments))))


def _newest(lines: Iterable[_Line], max_tokens: int) -> list[_Line]:
    """Those that fit of `lines`, which come the newest first; returned the oldest first."""
    chosen: list[_Line] = []
    left = max_tokens
    for line in lines:
        cost = estimated_tokens(line.text)
        if cost > left and chosen:
            break
        chosen.append(_Line(line.seq, _cut(line.text, left)))
        left -= cost
    return chosen[::-1]


def _description(scene: Scene) -> list[str]:
    lines = [f"# room: {_one_line(scene.room_name)}", f"# assistant: {_name(scene.assistant_name)}"]
    if scene.persona:
        lines.append(f"# persona: “{_cut(_one_line(scene.persona), PERSONA_MAX_TOKENS)}”")
    return lines


def _cut(line: str, max_tokens: int) -> str:
    return line.encode()[: max_tokens * UTF8_BYTES_PER_TOKEN].decode(errors="ignore")


# from the first of the spaces on: else a long row of them takes quadratic time
_LINE_BREAK = re.compile(r"(?<!\s)\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")
_JOINERS = (
    "\u200c\u200d"  # hold emoji and some scripts together; every other format character only hides something
)
_BRACKETS = str.maketrans("[]()<>", "❲❳❲❳‹›")


def _one_line(text: str) -> str:
    """The text on one line, without control, direction and other invisible characters."""
    return "".join(filter(_is_harmless, _LINE_BREAK.sub(" ⏎ ", text.strip()).replace("\t", " ")))


def _name(nickname: str) -> str:
    return _one_line(nickname).translate(_BRACKETS)


def _is_harmless(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs"} or character in _JOINERS
