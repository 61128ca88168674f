"""Chat servers with their assistants, each as if it were a process, and people who listen there."""

import asyncio
from collections.abc import Awaitable, Callable
from threading import Barrier
from typing import Any

from assistant.metrics import AssistantMetrics
from assistant.models import AssistantRun
from assistant.providers.language_model import LanguageModel
from assistant.room.answers import RoomAssistant
from chatproject.errors import ChatError
from messaging.models import Message
from messaging.server import ChatServer
from messaging.store.database import Database
from messaging.store.selectors import recent_messages
from rooms.models import Room
from tests.assistant.conftest import TIMEOUT_S, on_a_thread
from tests.factories import ALICE, BOB
from tests.messaging.people import NO_LIMITS, Person, connect

END_STATES = ("done", "stopped", "failed", "blocked")
READERS = 2


class House:
    """One process: a chat server and its assistant."""

    def __init__(self, model: LanguageModel, *, alias: str) -> None:
        self.server = ChatServer(database=Database(readers=READERS), layer_aliases=[alias], limits=NO_LIMITS)
        self.assistant = RoomAssistant(
            voice=self.server, model=model, metrics=AssistantMetrics(self.server.metrics.registry)
        )
        self.server.calls.answerer = self.assistant

    def open(self) -> None:
        self.server.start()
        self.assistant.start()

    async def close(self) -> None:
        await self.assistant.stop()
        await self.server.stop()

    async def rest(self) -> None:
        """No heartbeat and no sweep from now on; one that was under way writes nothing more either."""
        await self.assistant._leases.stop()
        await self._threads_are_idle()

    async def die(self) -> None:
        """End as a killed process does: nothing is written, nothing is told. Its calls upstream end."""
        await self.assistant._leases.stop()
        for task in list(self.assistant._tasks):
            task.cancel()
        for answer in self.assistant._answers.values():
            if answer._thinking is not None:
                answer._thinking.cancel()
        await asyncio.gather(*self.assistant._tasks, return_exceptions=True)
        await self._threads_are_idle()

    async def _threads_are_idle(self) -> None:
        """What is cancelled on the loop goes on in its thread: return when none is at work any more."""
        readers, all_idle = self.server.database._readers, Barrier(READERS, timeout=TIMEOUT_S)
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(readers, all_idle.wait) for _ in range(READERS)))

    async def listen(self, member_id: int, room: Room) -> "Listener":
        person = await connect(self.server, member_id)
        await person.subscribe(room.pk)
        return Listener(person)

    async def ask(self, room: Room, trigger_seq: int, *, by: int = ALICE, again: bool = False) -> None:
        await self.assistant.start_answer(room_id=room.pk, asker_id=by, trigger_seq=trigger_seq, again=again)

    def metric(self, name: str, **labels: str) -> float:
        return self.server.metrics.registry.get_sample_value(name, labels) or 0.0


class Listener:
    """A member with a socket that listens to the room."""

    def __init__(self, person: Person) -> None:
        self.person, self.sink = person, person.sink

    async def says(self, text: str) -> int:
        """Say it in the room that is listened to; its number there."""
        [room_id] = self.person.session.rooms
        return (await self.person.say(room_id, text)).message.seq

    @property
    def frames(self) -> list[dict[str, Any]]:
        return self.sink.of_type("assistant")

    @property
    def states(self) -> list[str]:
        """The states in their order, each once however many frames it took."""
        states: list[str] = []
        for frame in self.frames:
            if states[-1:] != [frame["state"]]:
                states.append(frame["state"])
        return states

    def read(self) -> str:
        """What a client shows of the newest answer."""
        text = ""
        for frame in self.frames:
            if frame["state"] == "thinking":
                text = ""
            elif frame["state"] == "writing":
                assert frame["offset"] <= len(text), "a hole"
                text = text[: frame["offset"]] + frame["text"]
            elif frame["state"] == "blocked":
                text = ""
        return text

    async def sees(self, state: str, *, times: int = 1) -> dict[str, Any]:
        """Wait for the frame that tells this state, the so-many-th of them."""

        def found() -> list[dict[str, Any]]:
            return [frame for frame in self.frames if frame["state"] == state]

        await self.sink.until(lambda: len(found()) >= times)
        return found()[times - 1]

    async def sees_the_end(self) -> list[str]:
        """Wait for the end of an answer; the states until then."""
        await self.sink.until(lambda: self.states and self.states[-1] in END_STATES)
        return self.states

    def heard(self) -> list[tuple[str, str]]:
        """Kind and text of every message."""
        return [(chat["kind"], chat["message"]) for chat in self.sink.of_type("chat", "changed")]


async def begun(house: House, room: Room, *, at: House | None = None) -> tuple[Listener, Listener, str]:
    """Alice asks at the house; Bob watches there or at another. Returns both and the run's id on the wire."""
    alice, bob = await house.listen(ALICE, room), await (at or house).listen(BOB, room)
    await house.ask(room, await alice.says("도와줘"))
    return alice, bob, (await bob.sees("thinking"))["runId"]


class Refusals:
    """What a caller is told instead of an answer."""

    def __init__(self) -> None:
        self.codes: asyncio.Queue[str] = asyncio.Queue()

    def __call__(self, error: ChatError) -> None:
        self.codes.put_nowait(error.code)

    async def next(self) -> str:
        async with asyncio.timeout(TIMEOUT_S):
            return await self.codes.get()


async def only_run() -> AssistantRun:
    run: AssistantRun = await on_a_thread(AssistantRun.objects.get)
    return run


async def answers_in(room: Room) -> list[str]:
    """What the assistant is stored to have said."""
    messages = await on_a_thread(recent_messages, room_id=room.pk, limit=50)
    return [message.message for message in messages if message.kind == Message.Kind.ASSISTANT.value]


OpenHouse = Callable[..., Awaitable[House]]
