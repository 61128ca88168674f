"""What each room is being shown of an answer under way, the same in every process; and its pace. No I/O.

The process that answers tells all others each step. Every process keeps, per room, the text so far: so one who
subscribes in the middle is shown all of it first, and a step that the layer between processes lost leaves no hole:
what comes after it waits until the answering process says the whole text again, as it does with each heartbeat.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import msgspec

from messaging.wire.content import client_id_from_hex
from messaging.wire.protocol import AssistantProgress, encode

DELTA_INTERVAL_S = 0.2  # fluent to the eye, and a busy model costs a room no more than five frames a second
SILENT_AFTER_S = 12.0  # four heartbeats; then its end was lost, or the process that gives it, or the layer

EndState = Literal["done", "stopped", "failed", "blocked"]
ShownState = Literal["thinking", "writing", EndState]


class Step(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """An answer is at `state`; of "writing", `text` belongs at `offset`, in code points."""

    run_id: str
    asked_by: int | None
    state: ShownState
    offset: int = 0
    text: str = ""


class Stop(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Whoever gives this answer is to end it."""

    run_id: str


class Drafts(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """These, by their digests, were drafted for a member: see `drafted`."""

    member_id: int
    digests: tuple[bytes, ...]


Words = Step | Stop | Drafts
encode_words = msgspec.msgpack.Encoder().encode
decode_words: Callable[[bytes], Words] = msgspec.msgpack.Decoder(Words).decode


class _Answer:
    """What a room was shown of one."""

    __slots__ = ("asked_by", "heard_at", "room_id", "run_id", "text")

    def __init__(self, room_id: int, step: Step) -> None:
        self.room_id, self.run_id, self.asked_by, self.text = room_id, step.run_id, step.asked_by, ""
        self.heard_at = 0.0


class Progress:
    """What this process shows. `tell` tells a frame to the room's listeners at this process."""

    def __init__(
        self, *, tell: Callable[[int, AssistantProgress], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tell, self._clock = tell, clock
        self._answers: dict[str, _Answer] = {}  # by run: those whose end was not heard yet
        self._newest: dict[int, _Answer] = {}  # by room: one at a time is under way

    def take(self, room_id: int, step: Step) -> None:
        """Show what is new of the step."""
        if step.state not in ("thinking", "writing"):
            self._forget(step.run_id)
            self._tell(room_id, _frame(room_id, step))
            return
        is_new = step.run_id not in self._answers
        if is_new:
            self._answers[step.run_id] = self._newest[room_id] = _Answer(room_id, step)
        answer = self._answers[step.run_id]
        answer.heard_at = self._clock()
        if step.state == "thinking":
            if is_new:
                self._tell(room_id, _frame(room_id, step))
            return
        known = len(answer.text)
        if step.offset > known:
            return  # something before it was lost: the next whole text brings both
        text = step.text[known - step.offset :]
        if text:
            answer.text += text
            self._tell(room_id, _frame(room_id, msgspec.structs.replace(step, offset=known, text=text)))

    def shown(self, room_id: int) -> bytes | None:
        """The frame that shows all there is; None where no answer is under way."""
        answer = self._newest.get(room_id)
        if answer is None or self._is_silent(answer):
            return None
        state: ShownState = "writing" if answer.text else "thinking"
        return encode(_frame(room_id, Step(answer.run_id, answer.asked_by, state, 0, answer.text)))

    def begin_anew(self) -> None:
        """Whoever gives an answer says the whole again, with its next heartbeat."""
        self._answers.clear()
        self._newest.clear()

    def silent(self) -> list[str]:
        """The runs whose end may have been lost: nothing was heard for long, or the room's next one has begun."""
        return [run_id for run_id, answer in self._answers.items() if self._is_silent(answer)]

    def resolve(self, silent: Iterable[str], ends: Mapping[str, EndState | None]) -> None:
        """Show how such runs ended, as the record says. None: still under way; not in `ends`: without a record."""
        for run_id in silent:
            answer = self._answers.get(run_id)
            if answer is None:
                continue  # its end was heard meanwhile
            if run_id not in ends:
                self._forget(run_id)
            elif (end := ends[run_id]) is not None:
                self.take(answer.room_id, Step(run_id, answer.asked_by, end))

    def _is_silent(self, answer: _Answer) -> bool:
        is_overtaken = self._newest.get(answer.room_id) is not answer
        return is_overtaken or self._clock() - answer.heard_at > SILENT_AFTER_S

    def _forget(self, run_id: str) -> None:
        answer = self._answers.pop(run_id, None)
        if answer is not None and self._newest.get(answer.room_id) is answer:
            del self._newest[answer.room_id]


def _frame(room_id: int, step: Step) -> AssistantProgress:
    is_writing = step.state == "writing"
    return AssistantProgress(
        room_id=room_id,
        run_id=client_id_from_hex(step.run_id),
        state=step.state,
        offset=step.offset if is_writing else None,
        text=step.text if is_writing else None,
        # the answer's first frame, whichever that is to a subscriber, says whose it is; deltas are kept small
        asked_by=None if is_writing and step.offset else step.asked_by,
    )


class Screen:
    """One answer's own side: brings its steps out, in the pace of DELTA_INTERVAL_S. Lives on the event loop."""

    def __init__(self, *, run_id: str, asked_by: int, bring_out: Callable[[Step], None]) -> None:
        self._run_id, self._asked_by, self._bring_out = run_id, asked_by, bring_out
        self._text, self._shown = "", 0
        self._timer: asyncio.TimerHandle | None = None
        self._has_ended = False

    def think(self) -> None:
        self._bring_out(Step(self._run_id, self._asked_by, "thinking"))

    def write(self, text: str) -> None:
        """Show `text` behind what was written before: at once after a pause, else together with what follows."""
        if not text:
            return
        self._text += text
        if self._timer is None:
            self._bring_out_news()

    def flush(self) -> bool:
        """Show what waits now. Returns whether anything did."""
        rest, offset = self._text[self._shown :], self._shown
        if not rest:
            return False
        self._shown = len(self._text)
        self._bring_out(Step(self._run_id, self._asked_by, "writing", offset, rest))
        return True

    def repeat(self) -> None:
        """Say the whole of what was shown again: to a process that just started, or that missed something."""
        if self._has_ended:
            return
        if not self._shown:
            self.think()
        else:
            self._bring_out(Step(self._run_id, self._asked_by, "writing", 0, self._text[: self._shown]))

    def end(self, state: EndState) -> None:
        """What waits is shown, unless it is taken back; then that it ended."""
        if self._has_ended:
            return
        self._has_ended = True
        if self._timer is not None:
            self._timer.cancel()
        if state != "blocked":
            self.flush()
        self._bring_out(Step(self._run_id, self._asked_by, state))

    def _bring_out_news(self) -> None:
        self._timer = None
        if self.flush():
            self._timer = asyncio.get_running_loop().call_later(DELTA_INTERVAL_S, self._bring_out_news)
