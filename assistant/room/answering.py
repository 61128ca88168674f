"""One answer in a room, from first thought to end. It belongs to the process, not to the asker's socket."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, Protocol, TypeVar

from assistant.accounts.budgets import Reservation, settle
from assistant.metrics import AssistantMetrics
from assistant.models import AssistantRun
from assistant.prompting.transcripts import estimated_tokens
from assistant.prompting.wording import Wording
from assistant.providers.language_model import LanguageModel
from assistant.providers.provider import Answer, CallRecord
from assistant.room.claims import Claim
from assistant.room.progress import Screen
from assistant.room.runs import MODEL_DEADLINE_S, Run, finish_run, renew_leases
from assistant.stepping_back import leave_to_people
from chatproject.errors import ChatError, InternalError, ModelFailed, ModelRefused, StoreUnavailable
from messaging.store.services import Draft, Stored
from messaging.wire.protocol import AssistantProgress

logger = logging.getLogger(__name__)

State = AssistantRun.State
T = TypeVar("T")


class RoomVoice(Protocol):
    """What the assistant needs of the chat server."""

    async def run(self, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        """Run a synchronous function that uses the database, on a thread that may."""

    async def say(self, draft: Draft) -> Stored:
        """Store an ordinary message, once for each client id, and bring it to everyone in the room."""

    def tell_here(self, room_id: int, frame: AssistantProgress) -> None:
        """Show the room's listeners at this process something that is not kept."""

    def tell_answerers(self, room_id: int, words: bytes) -> None:
        """Tell the assistants of all other processes."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How it went. `contents` is what is stored, "" for nothing."""

    state: AssistantRun.State
    contents: str = ""
    error_code: str = ""
    answer: Answer | None = None


class RoomAnswer:
    """An answer that this process claimed. `give` it once; `stop` it from outside."""

    def __init__(
        self,
        claim: Claim,
        *,
        owner: str,
        voice: RoomVoice,
        model: LanguageModel,
        screen: Screen,
        metrics: AssistantMetrics,
    ) -> None:
        self.run, self._claim, self._owner = claim.run, claim, owner
        self._voice, self._model, self.screen, self._metrics = voice, model, screen, metrics
        self._wording = Wording(claim.prompt.speaker)
        self._began_at = time.monotonic()
        self._first_word_ms: int | None = None
        self._record = CallRecord()
        self._thinking: asyncio.Task[Answer] | None = None
        self._end: AssistantRun.State | None = None  # that somebody wants before the model is done
        self._is_lost = False

    def stop(self, end: AssistantRun.State) -> None:
        """End it before its time, as `end` says: what was shown is kept. Too late where it is being stored."""
        if self._end is None and not (self._thinking and self._thinking.done()):
            self._end = end
            if self._thinking is not None:
                self._thinking.cancel()

    def renew(self, *, is_unwanted: bool) -> None:
        """Its lease was renewed: say again what is shown, or stop, where somebody wrote that down."""
        if is_unwanted:
            self.stop(State.STOPPED)
        else:
            self.screen.repeat()

    def lose(self) -> None:
        """Others took this process for dead and ended the answer in its place: say nothing more."""
        self._is_lost = True
        self.stop(State.FAILED)

    async def give(self) -> None:
        """The whole of it. An edge: whatever happens ends the run, and is told."""
        self.screen.think()
        outcome = await self._think()
        try:
            answer_seq = await self._say(outcome.contents) if outcome.contents else None
        except StoreUnavailable:
            # stored or not, nobody knows now; whoever finds the lease run out looks, and tells the room
            logger.warning("what became of assistant run %s is unknown: the store is away", self.run.run_id)
            return
        except ChatError as error:
            outcome, answer_seq = replace(outcome, state=State.FAILED, error_code=error.code), None
        except Exception:
            logger.exception("assistant run %s was not stored", self.run.run_id)
            outcome, answer_seq = replace(outcome, state=State.FAILED, error_code=InternalError.code), None
        await self._finish(outcome, answer_seq)

    async def _think(self) -> _Outcome:
        """What the model says. Can be stopped at any time."""
        stream = self._model.stream(
            self._claim.prompt,
            deadline_s=MODEL_DEADLINE_S,
            show=self._show,
            asker_id=self.run.asker_id,
            record=self._record,
        )
        self._thinking = asyncio.create_task(stream)
        if self._end is not None:
            self._thinking.cancel()
        await asyncio.wait([self._thinking])
        outcome = self._outcome(self._thinking)
        if outcome.state != State.BLOCKED:
            self.screen.write(self._wording.finish())
            self.screen.flush()
            outcome = self._with_contents(outcome)
        return outcome

    def _show(self, piece: str) -> None:
        text = self._wording.add(piece)
        if text and self._first_word_ms is None:
            self._first_word_ms = round((time.monotonic() - self._began_at) * 1_000)
        self.screen.write(text)

    def _outcome(self, thinking: "asyncio.Task[Answer]") -> _Outcome:
        try:
            return _Outcome(State.DONE, answer=thinking.result())
        except asyncio.CancelledError:
            end = self._end or State.FAILED
            return _Outcome(end, error_code=ModelFailed.code if end == State.FAILED else "")
        except ModelRefused as error:
            return _Outcome(State.BLOCKED, error_code=error.code)
        except ChatError as error:
            return _Outcome(State.FAILED, error_code=error.code)
        except Exception:
            logger.exception("assistant run %s failed", self.run.run_id)
            return _Outcome(State.FAILED, error_code=InternalError.code)

    def _with_contents(self, outcome: _Outcome) -> _Outcome:
        is_whole = outcome.answer is not None and not outcome.answer.truncated
        try:
            return replace(outcome, contents=self._wording.message(is_whole=is_whole))
        except ModelFailed as error:  # nothing that could be seen
            if outcome.state == State.DONE:
                return replace(outcome, state=State.FAILED, error_code=error.code)
            return outcome

    async def _say(self, contents: str) -> int | None:
        """Store the answer, unless others ended it meanwhile. Returns its number in the room."""
        # a fresh lease is longer than storing takes, so nobody ends it in the middle of that
        leases = await self._voice.run(
            renew_leases, owner=self._owner, run_ids=[self.run.run_id], now=datetime.now(UTC)
        )
        if self.run.run_id not in leases.held:
            self._is_lost = True
            return None
        run, record = self.run, self._record
        stored = await self._voice.say(
            Draft(
                run.room_id,
                None,
                contents,
                run.run_id,
                kind="assistant",
                reply_to=run.trigger_seq,
                model=record.model_served or record.model_asked,
            )
        )
        return stored.message.seq

    async def _finish(self, outcome: _Outcome, answer_seq: int | None) -> None:
        """Write the end down and tell it; told it is even where it cannot be written."""
        state = State.FAILED if self._is_lost else outcome.state
        run, answer = self.run, self._counted(outcome)
        logger.info("assistant run %s in room %d: %s", run.run_id, run.room_id, state.value)
        self._metrics.count_run(state, answer=answer, first_word_ms=self._first_word_ms)
        try:
            await self._voice.run(
                _write_end,
                run,
                self._claim.reservation,
                state=state,
                now=datetime.now(UTC),
                answer=answer,
                answer_seq=answer_seq,
                first_word_ms=self._first_word_ms,
                error_code=outcome.error_code,
            )
        except ChatError as error:
            logger.warning("the end of assistant run %s was not written down: %s", run.run_id, error.code)
        except Exception:
            logger.exception("the end of assistant run %s was not written down", run.run_id)
        self.screen.end(_SHOWN[state])

    def _counted(self, outcome: _Outcome) -> Answer:
        """The answer, or what there is of it; its tokens as the model counted them, or else a guess."""
        record, text = self._record, self._wording.text
        answer = outcome.answer or Answer(
            text,
            truncated=True,
            model_asked=record.model_asked,
            model_served=record.model_served,
            retries=record.retries,
        )
        if answer.total_tokens is not None:
            return answer
        # who is stopped, or refused with a status of its own, may have been read
        may_be_read = outcome.state == State.BLOCKED or (self._end is not None and record.attempts > 0)
        read = self._claim.prompt.tokens_to_read if record.was_read or may_be_read else 0
        written = estimated_tokens(text) if text else 0
        return replace(answer, prompt_tokens=read, output_tokens=written, total_tokens=read + written)


def _write_end(run: Run, reservation: Reservation, *, answer: Answer, **outcome: Any) -> None:
    finish_run(run.run_id, answer=answer, **outcome)
    settle(reservation=reservation, tokens=answer.total_tokens or 0)
    if outcome["state"] == State.BLOCKED:
        leave_to_people(room_id=run.room_id, seq=run.trigger_seq, asker_id=run.asker_id, now=outcome["now"])


_SHOWN: dict[AssistantRun.State, Literal["done", "stopped", "failed", "blocked"]] = {
    State.DONE: "done",
    State.STOPPED: "stopped",
    State.FAILED: "failed",
    State.BLOCKED: "blocked",
}
