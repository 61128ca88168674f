"""The assistant's answers in rooms.

The event loop never touches the database here: whoever calls brings a way to a thread that may.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Protocol, TypeVar
from uuid import uuid4

from assistant.bulkhead import Shares
from assistant.context import read_answer_context
from assistant.language_model import LanguageModel
from assistant.models import AssistantRun
from assistant.prompts import message_text
from assistant.provider import Answer
from assistant.runs import MODEL_DEADLINE_S, claim_run, finish_run
from chatproject.errors import (
    AssistantUnavailable,
    ChatError,
    InternalError,
    ModelFailed,
    ModelRefused,
)
from chatproject.tokens import Caller
from messaging.protocol import AssistantProgress, MessageObject
from messaging.services import Stored

logger = logging.getLogger(__name__)

DRAFTS_OF_A_MEMBER = 2  # under way at once; nobody reads more

T = TypeVar("T")


class RoomVoice(Protocol):
    """What the assistant needs of the chat server."""

    async def run(self, function: Callable[..., T], /, **kwargs: Any) -> T:
        """Run a synchronous function that uses the database, on a thread that may."""

    async def say(
        self, *, room_id: int, kind: Literal["assistant"], contents: str, client_id: str, reply_to: int | None
    ) -> Stored:
        """Store an ordinary message, once for each client id, and bring it to everyone in the room."""

    def tell(self, room_id: int, frame: AssistantProgress) -> None:
        """Show everyone in the room, on every instance, something that is not kept."""


@dataclass(frozen=True, slots=True)
class _Run:
    run_id: str
    room_id: int
    asker_id: int
    trigger_seq: int


class RoomAssistant:
    """The answers that this process gives in rooms. They belong to the process, not to the askers' sockets.

    One per process, which owns the language model from then on. Call `stop` before the voice goes.
    """

    def __init__(self, *, voice: RoomVoice, model: LanguageModel, name: str) -> None:
        self.model = model
        self.drafts = Shares(most=DRAFTS_OF_A_MEMBER)
        self._voice, self._name = voice, name
        self._tasks: set[asyncio.Task[None]] = set()
        self._thinking: set[asyncio.Task[None]] = set()  # those that a shutdown need not wait for
        self._stopping = False

    def require_ready(self) -> None:
        """Raise AssistantUnavailable where no answer can be given, before anything is stored."""
        if self._stopping:
            raise AssistantUnavailable
        self.model.require_ready()

    async def start_answer(self, *, room_id: int, asker_id: int, trigger_seq: int, again: bool = False) -> None:
        """Claim the answer to message `trigger_seq`, then give it in the background; nothing if it is claimed.

        The caller has checked that the asker is in the room. Raises AssistantUnavailable, RoomNotFound, and
        TooManyRequests while another answer is under way in the room. Cancelling it does not stop the answer.
        """
        self.require_ready()
        await asyncio.shield(self._own(self._claim(_Run(uuid4().hex, room_id, asker_id, trigger_seq))))

    def consider(self, message: MessageObject, *, refuse: Callable[[ChatError], None]) -> None:
        """Not yet: only `ask` calls."""

    async def stop_answer(self, *, caller: Caller, room_id: int, run_id: str) -> None:
        """Not yet."""

    def hear(self, room_id: int, words: bytes) -> None:
        """Not yet."""

    def shown(self, room_id: int) -> bytes | None:
        """Not yet."""
        return None

    async def stop(self) -> None:
        """End every run, then close the model: what waits for the model fails, what is being said is said."""
        self._stopping = True
        while self._tasks:
            for task in self._thinking:
                task.cancel()
            await asyncio.wait(self._tasks)
        await self.model.close()

    def _own(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _claim(self, run: _Run) -> None:
        is_ours = await self._voice.run(
            claim_run,
            run_id=run.run_id,
            room_id=run.room_id,
            asker_id=run.asker_id,
            trigger_seq=run.trigger_seq,
            now=datetime.now(UTC),
        )
        if is_ours:
            self._tell(run, AssistantRun.State.RUNNING)
            self._own(self._answer(run))

    async def _answer(self, run: _Run) -> None:
        """The whole run. An edge: whatever happens ends the run and is told."""
        try:
            answer, contents = await self._think(run)
            stored = await self._voice.say(
                room_id=run.room_id,
                kind="assistant",
                contents=contents,
                client_id=run.run_id,
                reply_to=run.trigger_seq,
            )
            await self._finish(run, AssistantRun.State.DONE, answer=answer, answer_seq=stored.message.seq)
        except ModelRefused as error:
            await self._finish(run, AssistantRun.State.BLOCKED, error_code=error.code)
        except ChatError as error:
            await self._finish(run, AssistantRun.State.FAILED, error_code=error.code)
        except asyncio.CancelledError:  # by `stop`; nobody waits for this task's result
            await self._finish(run, AssistantRun.State.FAILED, error_code=ModelFailed.code)
        except Exception:
            logger.exception("assistant run %s failed", run.run_id)
            await self._finish(run, AssistantRun.State.FAILED, error_code=InternalError.code)

    async def _think(self, run: _Run) -> tuple[Answer, str]:
        """What the model says to the trigger. Can be cancelled at any time: nothing is stored yet."""
        self.require_ready()
        task = asyncio.current_task()
        assert task is not None
        self._thinking.add(task)
        try:
            context = await self._voice.run(
                read_answer_context, room_id=run.room_id, asker_id=run.asker_id, trigger_seq=run.trigger_seq
            )
            answer = await self.model.generate(context.prompt, deadline_s=MODEL_DEADLINE_S)
            return answer, message_text(answer.text, context.prompt, truncated=answer.truncated)
        finally:
            self._thinking.discard(task)

    async def _finish(self, run: _Run, state: AssistantRun.State, **outcome: Any) -> None:
        """Write the end down and tell it; told it is even where it cannot be written."""
        logger.info("assistant run %s in room %d: %s", run.run_id, run.room_id, state.value)
        try:
            await self._voice.run(finish_run, run_id=run.run_id, state=state, now=datetime.now(UTC), **outcome)
        except ChatError as error:
            logger.warning("the end of assistant run %s was not written down: %s", run.run_id, error.code)
        self._tell(run, state)

    def _tell(self, run: _Run, state: AssistantRun.State) -> None:
        shown = _SHOWN[state]
        frame = AssistantProgress(room_id=run.room_id, run_id=run.run_id, state=shown, asked_by=run.asker_id)
        self._voice.tell(run.room_id, frame)


_SHOWN: dict[AssistantRun.State, Literal["thinking", "done", "failed", "blocked"]] = {
    AssistantRun.State.RUNNING: "thinking",
    AssistantRun.State.DONE: "done",
    AssistantRun.State.FAILED: "failed",
    AssistantRun.State.BLOCKED: "blocked",
}
