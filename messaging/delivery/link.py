"""One channel layer between processes: the only file that knows one. It is a doorbell, not the store.

Whatever it loses is read from the database; so a failed publication is not repeated, nobody waits long for Redis,
and every call to a layer has a time-out (a stopped Redis would hang it for ever).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from messaging.delivery.correspondence import Correspondence, To
from messaging.delivery.ending import end_tasks
from messaging.delivery.notices import Notice
from messaging.delivery.on_their_way import OnTheirWay, Said
from messaging.delivery.parcels import Addressed
from messaging.delivery.streets import Word, read_word, write_word
from messaging.delivery.understanding import Understanding
from messaging.delivery.unheard import NoBeat, StoodStill, words_for

logger = logging.getLogger(__name__)

CALL_TIMEOUT_S = 2.0
STOP_WAIT_S = 0.5  # for what is on its way at the end
BEAT_INTERVAL_S = 1.0  # each process shows that often that it listens, to itself too
BEAT_LATE_S = 3.0  # without a beat for so long, it does not
RESET_AFTER_S = 6.0  # a connection that nobody closed but nothing comes through is given up
JOINING_S = 0.005  # between layer messages, so that more is told in one; a quiet process tells at once
ANNOUNCING_S = 0.05  # the same for words about streets; the others keep what comes meanwhile
ROOMS_GROUP = "chat.rooms.{deployment}"  # publications ignore the number of a Redis database
INBOX = "chat.inbox.{process}"  # a group: of a channel that Redis did not take at first, the layer forgets that

Receive = Callable[[Notice], None]


class Link:
    """One layer. A process hears it through an inbox of its own and a group of all.

    Each tells in which streets it listens to rooms: at once where one comes, beside beats where some were left.
    What happens in a room goes to those who listen in its street, all that waits for one of them in a layer
    message; see Correspondence. What is told of rooms that nobody listens to here is left undecoded. A build
    that says nothing of streets is told everything in the group.

    Other deployments may use the same Redis. So the group has the deployment's name in its own, and every layer
    message says it too; until the link is given the name, what is told waits.
    """

    def __init__(self, layer: Any, process: str, *, receive: Receive, healed: Callable[[], None]) -> None:
        self._layer, self.process, self._healed = layer, process, healed
        self._understanding = Understanding(receive)
        self._deployment = self._group = ""
        self._channel = f"chat.{process}"
        self._is_in_groups, self._correspondence = False, Correspondence()
        self._on_their_way = OnTheirWay()
        self._parcels_wait, self._words_wait = asyncio.Event(), asyncio.Event()
        self._is_named, self._all_sent = asyncio.Event(), asyncio.Event()
        self._all_sent.set()
        self._tasks: list[asyncio.Task[None]] = []
        self._receiver: asyncio.Task[None] | None = None
        self.joined = asyncio.Event()  # set while the layer brings what other processes tell
        self.is_up = True

    def start(self) -> None:
        self._last_beat = asyncio.get_running_loop().time()
        self._receiver = asyncio.create_task(self._receive_all(), name="relay-receiver")
        self._tasks = [
            asyncio.create_task(self._send_parcels(), name="relay-parcels"),
            asyncio.create_task(self._send_words(), name="relay-words"),
            asyncio.create_task(self._keep(), name="relay-keeper"),
        ]

    def name(self, deployment: str) -> None:
        """Say which deployment the process belongs to. From now on the link listens and tells."""
        self._deployment, self._group = deployment, ROOMS_GROUP.format(deployment=deployment)
        self._last_beat = asyncio.get_running_loop().time()
        self._is_named.set()

    async def stop(self) -> None:
        """Tell what is on its way, if the layer takes it at once; then end."""
        if self.is_up:
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_WAIT_S):
                    await self._all_sent.wait()
        tasks = [*self._tasks, *([self._receiver] if self._receiver else [])]
        await end_tasks(tasks, within_s=CALL_TIMEOUT_S)
        await self._call(self._layer.flush())

    def send(self, room_id: int, notice: bytes, *, said: Said | None = None) -> tuple[str, ...]:
        """Put the notice on its way; returns to whom. Nobody while the link is down. `said` hears how it went."""
        if not self.is_up:
            self._on_their_way.tell(said, "down")
            return ()
        if who := self._correspondence.tell(room_id, notice, asyncio.get_running_loop().time()):
            self._on_their_way.add(notice, said)
            self._look_what_waits()
        else:
            self._on_their_way.tell(said, "nobody")
        return who

    def enter(self, room_id: int) -> None:
        """Hear what is told of the room."""
        self._correspondence.enter(room_id)
        self._look_what_waits()

    def leave(self, room_id: int) -> None:
        self._correspondence.leave(room_id, asyncio.get_running_loop().time())

    def company(self) -> dict[str, float]:
        """See Correspondence."""
        return self._correspondence.company(asyncio.get_running_loop().time())

    def _look_what_waits(self) -> None:
        if self._correspondence.has_parcels:
            self._all_sent.clear()
            self._parcels_wait.set()
        if self._correspondence.has_words:
            self._words_wait.set()

    # --- its four tasks

    async def _send_parcels(self) -> None:
        await self._is_named.wait()
        while True:
            await self._parcels_wait.wait()
            parcels = self._correspondence.take_parcels(asyncio.get_running_loop().time())
            for to, notices in parcels:
                if not (is_told := await self._say(to, notices)):
                    break  # nobody waits for the time-out of each: their sweeps find the rest
            if parcels:
                self._on_their_way.conclude(parcels, "told" if is_told else "down")
            if not self._correspondence.has_parcels:
                self._parcels_wait.clear()
                self._all_sent.set()
            await asyncio.sleep(JOINING_S)

    async def _send_words(self) -> None:
        await self._is_named.wait()
        while True:
            await self._words_wait.wait()
            self._words_wait.clear()
            await self.joined.wait()  # or its inbox would not hear what it asks for
            for to, word in self._correspondence.take_words(asyncio.get_running_loop().time()):
                if not await self._say(to, word=word):
                    break  # the others hear the whole beside a beat
            await asyncio.sleep(ANNOUNCING_S)

    async def _receive_all(self) -> None:
        while True:
            try:
                # pub/sub layers deliver a group to any channel that is being received on: no SUBSCRIBE of our own
                message = await self._layer.receive(self._channel)
            except Exception as error:
                self._mark_down(error)
                await asyncio.sleep(BEAT_INTERVAL_S)
            else:
                self._take(message)

    async def _keep(self) -> None:
        """Stay in the group; beat, and notice when the own beat stays away."""
        await self._is_named.wait()
        loop = asyncio.get_running_loop()
        while True:
            next_beat = loop.time() + BEAT_INTERVAL_S
            if not self._is_in_groups:
                self._is_in_groups = await self._join_groups()
            word = self._correspondence.beat(loop.time()) if self._is_in_groups else None
            if await self._say(None, word=word) and self._is_in_groups:
                self.joined.set()
            await self._look_at_beat(loop.time() - self._last_beat)
            due = max(next_beat, loop.time())
            await asyncio.sleep(due - loop.time())
            if (stood_still_s := loop.time() - due) > BEAT_LATE_S:
                self._mark_down(StoodStill(stood_still_s))

    async def _join_groups(self) -> bool:
        """The common one last: what comes through it shows that the inbox is heard, too."""
        inbox, group = INBOX.format(process=self.process), self._group
        return await self._call(self._layer.group_add(inbox, self._channel)) and await self._call(
            self._layer.group_add(group, self._channel)
        )

    # --- health

    async def _look_at_beat(self, silence_s: float) -> None:
        if silence_s > BEAT_LATE_S:
            self._mark_down(NoBeat(silence_s))
        if silence_s > RESET_AFTER_S:
            self._last_beat = asyncio.get_running_loop().time()
            await self._reset()

    async def _reset(self) -> None:
        """Give up the layer's connections and begin anew."""
        if self._receiver is not None:
            await end_tasks([self._receiver], within_s=CALL_TIMEOUT_S)
        await self._call(self._layer.flush())
        self._is_in_groups = False
        self.joined.clear()
        self._receiver = asyncio.create_task(self._receive_all(), name="relay-receiver")

    async def _call(self, call: Awaitable[Any]) -> bool:
        """Await a call to the layer within its time; returns whether it succeeded."""
        try:
            async with asyncio.timeout(CALL_TIMEOUT_S):
                await call
        except Exception as error:
            self._mark_down(error)
            return False
        return True

    def _mark_down(self, error: Exception) -> None:
        if self.is_up:
            self.is_up = False
            logger.warning(words_for(error))

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("deployment") == self._deployment:
            try:
                self._heed(message)
            except Exception as error:
                self._understanding.pass_over("a layer message", error)

    def _heed(self, message: dict[str, Any]) -> None:
        if message["process"] == self.process:
            if not message["notices"]:
                self._beat()
            return
        now = asyncio.get_running_loop().time()
        self._correspondence.hear(message["process"], read_word(message.get("streets")), now)
        self._look_what_waits()
        for room_id, notice in message["notices"]:
            if self._correspondence.listens_to(room_id):
                self._understanding.hear(notice)

    def _beat(self) -> None:
        self._last_beat = asyncio.get_running_loop().time()
        if not self.is_up:
            self.is_up = True
            logger.warning("the layer between processes is back")
            self._healed()

    async def _say(self, to: To, notices: Sequence[Addressed] = (), *, word: Word | None = None) -> bool:
        message: dict[str, Any] = {"type": "chat.relay", "deployment": self._deployment, "process": self.process}
        message["notices"] = notices
        if word is not None:
            message["streets"] = write_word(word)
        group = self._group if to is None else INBOX.format(process=to)
        return await self._call(self._layer.group_send(group, message))
