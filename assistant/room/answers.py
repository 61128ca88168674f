"""RoomAssistant: the answers that this process gives in rooms, and what it shows of those that others give.

What an answer goes through is in `answering`, its record in `runs`. Nothing here touches the database itself.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from assistant.metrics import AssistantMetrics
from assistant.models import AssistantRun
from assistant.providers.bulkhead import Shares
from assistant.providers.language_model import ANSWERS_AT_ONCE, CALLS_WAITING, QUEUE_RETRY_AFTER_S, LanguageModel
from assistant.room.answering import RoomAnswer, RoomVoice
from assistant.room.claims import Claim, claim_answer, claim_if_called
from assistant.room.drafted import Drafted
from assistant.room.leases import LeaseKeeper
from assistant.room.progress import Drafts, EndState, Progress, Screen, Step, Stop, decode_words, encode_words
from assistant.room.runs import Ended, Run, request_stop
from assistant.stepping_back import SteppedBack
from chatproject.errors import AssistantUnavailable, ChatError, InternalError, TooManyRequests
from chatproject.tokens import Caller
from messaging.store.services import Draft
from messaging.wire.content import client_id_to_hex, new_own_client_id
from messaging.wire.protocol import MessageObject

logger = logging.getLogger(__name__)

DRAFTS_OF_A_MEMBER = 2  # under way at once; nobody reads more
ANSWERS_MOST = ANSWERS_AT_ONCE + CALLS_WAITING  # of this process; a model that hangs must not cost more than this
CONSIDERED_AT_ONCE = 2  # of the few threads with a database connection; the rest is for the sockets
CONSIDERED_MAX_WAITING = 500  # messages; at some milliseconds each, whoever comes later waits for seconds
RETRY_CALL_AFTER_S = 3.0
STOP_TIMEOUT_S = 1.5  # for ends to be stored and told; the goodbyes and the writer need the rest of the 10 s

Refuse = Callable[[ChatError], None]


class RoomAssistant:
    """One per process, which owns the language model from then on. Call `stop` before the voice goes."""

    def __init__(self, *, voice: RoomVoice, model: LanguageModel, metrics: AssistantMetrics) -> None:
        self.model = model
        self.drafts = Shares(most=DRAFTS_OF_A_MEMBER)
        self._voice, self._metrics = voice, metrics
        self.drafted = Drafted(tell=voice.tell_answerers)
        self._owner = uuid4().hex
        self._answers: dict[str, RoomAnswer] = {}  # by run
        self._tasks: set[asyncio.Task[None]] = set()
        self._considering = asyncio.Semaphore(CONSIDERED_AT_ONCE)
        self._considered = 0
        self._progress = Progress(tell=voice.tell_here)
        self._leases = LeaseKeeper(
            owner=self._owner,
            run=voice.run,
            answers=self._answers,
            tell_end=self._tell_end,
            progress=self._progress,
        )
        self._is_started = self._is_stopping = False
        metrics.watch(model, count_under_way=lambda: len(self._answers))

    def start(self) -> None:
        """Start on the running loop; does nothing when started already (Daphne has no start of its own)."""
        if not self._is_started:
            self._is_started = True
            self._leases.start()

    async def end_answers(self) -> None:
        """Begin no more, and end those under way: what was shown is kept, what waits for its first word fails.

        One that cannot be ended in STOP_TIMEOUT_S is left to another process, which finds its lease run out.
        """
        self._is_stopping = True
        for answer in self._answers.values():
            answer.stop(AssistantRun.State.FAILED)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_TIMEOUT_S):
                while self._tasks:  # one that is being claimed begins another, which ends at once
                    await asyncio.wait(self._tasks)
        late = list(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def stop(self) -> None:
        """End every answer, then close the model."""
        await self.end_answers()
        await self._leases.stop()
        await self.model.close()

    # --- calls

    @property
    def has_model(self) -> bool:
        return self.model.is_ready

    def require_ready(self) -> None:
        """Raise, before anything is stored or read, where no answer can be given: AssistantUnavailable without a
        model, TooManyRequests while so many wait for it already that whoever comes would wait in vain."""
        if self._is_stopping:
            raise AssistantUnavailable
        self.model.require_ready()
        if len(self._answers) >= ANSWERS_MOST:
            raise TooManyRequests(retry_after=QUEUE_RETRY_AFTER_S)

    def _obstacle(self) -> ChatError | None:
        try:
            self.require_ready()
        except ChatError as error:
            return error
        return None

    async def start_answer(self, *, room_id: int, asker_id: int, trigger_seq: int, again: bool) -> None:
        """Claim the answer to message `trigger_seq`, then give it in the background; nothing if it is claimed.

        `again` gives another one where it was answered before. The caller has checked that the asker is in the
        room. Raises what `claim_answer` raises. Cancelling it does not stop the answer.
        """
        run = Run(new_own_client_id(), room_id, asker_id, trigger_seq)
        await asyncio.shield(self._own(self._claim(claim_answer, run, again=again, obstacle=self._obstacle())))

    def consider(self, message: MessageObject, *, refuse: Refuse, obstacle: ChatError | None = None) -> None:
        """Answer a message that was just stored, once, if it calls. `refuse` hears why a call is not answered."""
        if self._considered >= CONSIDERED_MAX_WAITING:
            refuse(TooManyRequests(retry_after=RETRY_CALL_AFTER_S))
            return
        self._considered += 1
        self._own(self._consider(message, refuse, obstacle or self._obstacle()))

    async def _consider(self, message: MessageObject, refuse: Refuse, obstacle: ChatError | None) -> None:
        """An edge: nobody waits for it."""
        assert message.sender_id is not None
        run = Run(new_own_client_id(), message.room_id, message.sender_id, message.seq)
        try:
            async with self._considering:
                await self._claim(claim_if_called, run, message, obstacle=obstacle)
        except ChatError as error:
            refuse(error)
        except Exception:
            logger.exception("whether message %d of room %d calls is unknown", message.seq, message.room_id)
            refuse(InternalError())
        finally:
            self._considered -= 1

    async def _claim(self, claim: Callable[..., Claim | None], run: Run, /, *args: Any, **kwargs: Any) -> None:
        """Raises what `claim` raises; that it steps back here is said in the room the first time."""
        try:
            claimed = await self._voice.run(claim, run, *args, owner=self._owner, now=datetime.now(UTC), **kwargs)
        except SteppedBack as left:
            if left.says is None:
                raise
            # no model wrote it
            said = Draft(run.room_id, None, left.says, left.client_id, kind="assistant", reply_to=run.trigger_seq)
            await self._voice.say(said)
            return
        if claimed is not None:
            self._own(self._answer(claimed))

    async def _answer(self, claim: Claim) -> None:
        run = claim.run
        answer = self._answers[run.run_id] = RoomAnswer(
            claim,
            owner=self._owner,
            voice=self._voice,
            model=self.model,
            screen=self._screen(run.run_id, room_id=run.room_id, asker_id=run.asker_id),
            metrics=self._metrics,
        )
        if self._is_stopping:
            answer.stop(AssistantRun.State.FAILED)
        try:
            with self.model.spans.of_answer(room_id=run.room_id, trigger_seq=run.trigger_seq):
                await answer.give()
        finally:
            del self._answers[run.run_id]

    async def stop_answer(self, *, caller: Caller, room_id: int, run_id: str) -> None:
        """Stop that answer, whichever process gives it; nothing where it has ended, or never was.

        Raises RoomNotFound, NotInRoom, NotAllowed where the caller neither asked for it nor moderates the room.
        """
        run_id = client_id_to_hex(run_id)
        if await self._voice.run(request_stop, caller=caller, room_id=room_id, run_id=run_id):
            self._take_stop(run_id)
            # lost where Redis is away; then its next heartbeat finds what was written down
            self._voice.tell_answerers(room_id, encode_words(Stop(run_id)))

    def _take_stop(self, run_id: str) -> None:
        if (answer := self._answers.get(run_id)) is not None:
            answer.stop(AssistantRun.State.STOPPED)

    # --- what is shown

    def hear(self, room_id: int, words: bytes) -> None:
        """What the assistant of another process says."""
        match decode_words(words):
            case Step() as step:
                self._progress.take(room_id, step)
            case Stop(run_id):
                self._take_stop(run_id)
            case Drafts() as drafts:
                self.drafted.note(drafts)

    def begin_anew(self) -> None:
        """End what is under way, and say nothing more of it: its question may never have been asked."""
        for answer in self._answers.values():
            answer.lose()
        self._progress.begin_anew()

    def shown(self, room_id: int) -> bytes | None:
        """The frame that shows the answer under way in the room, whole; None where there is none."""
        return self._progress.shown(room_id)

    def _bring_out(self, room_id: int, step: Step) -> None:
        self._progress.take(room_id, step)
        self._voice.tell_answerers(room_id, encode_words(step))

    def _screen(self, run_id: str, *, room_id: int, asker_id: int) -> Screen:
        return Screen(run_id=run_id, asked_by=asker_id, bring_out=lambda step: self._bring_out(room_id, step))

    def _tell_end(self, ended: Ended) -> None:
        """Tell a room that the process which gave its answer died."""
        self._metrics.orphans.inc()
        state: EndState = ended.state  # type: ignore[assignment]  # a run's last state and what is shown are one word
        self._bring_out(ended.room_id, Step(ended.run_id, ended.asker_id, state))

    def _own(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
