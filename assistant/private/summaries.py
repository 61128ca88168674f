"""What a member missed in a room, point by point, for that member's eyes only. Moves no read mark."""

import re
from dataclasses import dataclass

from assistant.deletions import deleted_among
from assistant.private.calls import Reader, call_privately
from assistant.prompting.context import read_unread
from assistant.prompting.prompts import POINTS_MOST, Prompt
from assistant.prompting.wording import CUT_SHORT, without_images
from assistant.providers.language_model import LanguageModel
from assistant.providers.provider import Answer
from chatproject.errors import ModelFailed
from chatproject.text import has_something_visible
from chatproject.tokens import Caller

POINT_MAX_CHARACTERS = 500

# "12 | text", and what models write in its place: "- [12] text", "#12, #15: text", "1. 12 | text"
_POINT = re.compile(
    r"[\s\-*•>]*(?:[0-9]{1,2}\.\s+)?"
    r"(?P<bracket>[\[(])?#?(?P<seqs>[0-9]{1,19}(?:\s*[,~–-]\s*#?[0-9]{1,19})*)(?(bracket)[\])]\s*[|:]?|\s*[|:])"
    r"\s*(?P<text>\S.*)"
)
_SEQ = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True, repr=False)
class Point:
    """`seqs` are the messages that it rests on: at least one, and of those that the model read."""

    text: str
    seqs: tuple[int, ...]

    @property
    def seq(self) -> int:
        """The one that is shown for it."""
        return self.seqs[0]


@dataclass(frozen=True, slots=True, repr=False)
class Summary:
    """`from_seq` to `to_seq` is what was read, None where nothing was; `truncated`: more was unread before.
    `deleted_seqs` were read, and deleted or hidden meanwhile: what rested on them is left out."""

    points: list[Point]
    from_seq: int | None
    to_seq: int | None
    withheld: int
    truncated: bool
    deleted_seqs: tuple[int, ...] = ()
    model: str = ""  # that wrote it; none where there was nothing to sum up


async def summarize_unread(*, caller: Caller, room_id: int, read: Reader, model: LanguageModel) -> Summary:
    """Without a call of the model, and empty, where nothing is unread that may be read.

    Raises MemberNotFound, RoomNotFound, NotInRoom, AssistantUnavailable, and what `call_privately` raises;
    ModelFailed also where no point rests on a message. Cancelling it ends the call upstream.
    """
    unread = await read(read_unread, caller=caller, room_id=room_id)
    if unread.context is None:
        return Summary([], None, None, unread.withheld, truncated=False)
    prompt = unread.context.prompt
    answer = await call_privately(prompt, member_id=caller.member_id, room_id=room_id, read=read, model=model)
    points = _points(answer, prompt)
    if not points:
        raise ModelFailed
    deleted = await read(deleted_among, room_id=room_id, seqs=prompt.seqs)
    return Summary(
        [point for point in points if deleted.isdisjoint(point.seqs)],
        prompt.seqs[0],
        prompt.seqs[-1],
        unread.withheld,
        unread.truncated,
        tuple(sorted(deleted)),
        answer.model_served or answer.model_asked,
    )


def _points(answer: Answer, prompt: Prompt) -> list[Point]:
    """One that broke off is left out, unless it is the only one; then it is marked."""
    if not answer.truncated:
        return grounded_points(answer.text, prompt)
    whole_lines = answer.text.rpartition("\n")[0]
    return grounded_points(whole_lines, prompt) or grounded_points(answer.text + CUT_SHORT, prompt)


def grounded_points(text: str, prompt: Prompt) -> list[Point]:
    """The points in what the model said, each with those of its messages that the prompt holds.

    A point whose messages are all invented is left out.
    """
    points, known = [], frozenset(prompt.seqs)
    for line in text.splitlines():
        found = _POINT.fullmatch(line.strip())
        if found is None or not has_something_visible(found["text"]):
            continue
        seqs = tuple(seq for seq in map(int, _SEQ.findall(found["seqs"])) if seq in known)
        if seqs:
            shown = without_images(found["text"].replace("\0", "").strip())
            points.append(Point(shown[:POINT_MAX_CHARACTERS], seqs))
    return points[:POINTS_MOST]
