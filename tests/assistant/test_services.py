"""Alice, Bob and the assistant in a room: on the real chat server and database, the model a stand-in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest

from assistant import services
from assistant.language_model import LanguageModel
from assistant.models import AssistantRun
from assistant.services import RoomAssistant
from assistant.standin import StandIn
from chatproject.errors import (
    AssistantUnavailable,
    StoreUnavailable,
    TooManyRequests,
)
from messaging.database import Database
from messaging.limits import Limits
from messaging.models import Message
from messaging.protocol import AssistantProgress
from messaging.selectors import recent_messages
from messaging.server import ChatServer
from messaging.services import Stored
from rooms.models import Room
from tests.assistant.conftest import TIMEOUT_S, MakeGemini, on_a_thread, say
from tests.factories import ALICE, BOB

T = TypeVar("T")
END_STATES = ("done", "stopped", "failed", "blocked")


class Voice:
    """The real chat server, with an ear for what it tells the room."""

    def __init__(self) -> None:
        self.server = ChatServer(database=Database(readers=2), layer_aliases=[], limits=Limits())
        self.told: asyncio.Queue[AssistantProgress] = asyncio.Queue()
        self.may_say = asyncio.Event()
        self.may_say.set()
        self.is_saying = asyncio.Event()

    async def run(self, function: Callable[..., T], /, **kwargs: Any) -> T:
        return await self.server.database.run(function, **kwargs)

    async def say(self, *, room_id: int, kind: Any, contents: str, client_id: str, reply_to: int | None) -> Stored:
        self.is_saying.set()
        await self.may_say.wait()
        return await self.server.say(
            room_id=room_id, kind=kind, contents=contents, client_id=client_id, reply_to=reply_to
        )

    def tell(self, room_id: int, frame: AssistantProgress) -> None:
        assert frame.room_id == room_id
        self.server.tell(room_id, frame)
        self.told.put_nowait(frame)

    async def states_until_the_end(self) -> list[str]:
        """What the room is shown of one run."""
        states: list[str] = []
        async with asyncio.timeout(TIMEOUT_S):
            while not states or states[-1] not in END_STATES:
                states.append((await self.told.get()).state)
        return states


@pytest.fixture
async def voice() -> AsyncIterator[Voice]:
    voice = Voice()
    voice.server.start()
    yield voice
    await voice.server.stop()


@asynccontextmanager
async def working(voice: Voice, model: LanguageModel) -> AsyncIterator[RoomAssistant]:
    assistant = RoomAssistant(voice=voice, model=model, name="도우미")
    try:
        yield assistant
    finally:
        await assistant.stop()


# --- answers in the room -----------------------------------------------------------------------


async def test_alice_asks_and_the_room_sees_it_think_and_answer(
    room: Room, voice: Voice, make_gemini: MakeGemini
) -> None:
    trigger_seq = await on_a_thread(say, room, ALICE, "점심 추천해 줘")
    async with working(voice, make_gemini()) as assistant:
        await assistant.start_answer(room_id=room.room_id, asker_id=ALICE, trigger_seq=trigger_seq)
        thinking = await voice.told.get()
        done = await voice.told.get()

    assert (thinking.state, done.state) == ("thinking", "done")
    assert thinking.run_id == done.run_id
    assert thinking.asked_by == ALICE
    question, answer = await voice.run(recent_messages, room_id=room.room_id, limit=9)
    assert (answer.kind, answer.sender_id, answer.reply_to) == ("assistant", None, question.seq)
    assert answer.message.startswith("(연습용 답변) Alice님")
    run = await on_a_thread(AssistantRun.objects.get)
    assert (run.run_id, run.state, run.answer_seq) == (done.run_id, "done", answer.seq)
    assert (run.model_asked, run.total_tokens is not None) == ("standin-ok", True)
    assert run.finished_at is not None


@pytest.mark.parametrize(
    ("scenario", "state", "code"),
    [
        ("503", "failed", "E-A002"),
        ("403", "failed", "E-A001"),
        ("429-per-day", "failed", "E-A004"),
        ("finish-safety", "blocked", "E-A003"),
        ("blocked-prompt", "blocked", "E-A003"),
    ],
)
async def test_the_room_sees_that_there_will_be_no_answer(
    room: Room, voice: Voice, make_gemini: MakeGemini, scenario: str, state: str, code: str
) -> None:
    trigger_seq = await on_a_thread(say, room, ALICE, "도와줘")
    async with working(voice, make_gemini(scenario)) as assistant:
        await assistant.start_answer(room_id=room.room_id, asker_id=ALICE, trigger_seq=trigger_seq)
        assert await voice.states_until_the_end() == ["thinking", state]

    run = await on_a_thread(AssistantRun.objects.get)
    assert (run.state, run.error_code, run.answer_seq) == (state, code, None)
    assert len(await voice.run(recent_messages, room_id=room.room_id, limit=9)) == 1


async def test_two_instances_answer_once(
    room: Room, voice: Voice, make_gemini: MakeGemini, standin: StandIn
) -> None:
    trigger_seq = await on_a_thread(say, room, ALICE, "도와줘")
    async with working(voice, make_gemini()) as one, working(voice, make_gemini()) as other:
        await asyncio.gather(
            *(
                assistant.start_answer(room_id=room.room_id, asker_id=ALICE, trigger_seq=trigger_seq)
                for assistant in (one, other)
            )
        )
        assert await voice.states_until_the_end() == ["thinking", "done"]

    assert voice.told.empty()
    assert len(standin.received) == 1
    assert len(await voice.run(recent_messages, room_id=room.room_id, limit=9)) == 2


async def test_bob_is_asked_to_wait_while_alice_is_answered(
    room: Room, voice: Voice, make_gemini: MakeGemini, standin: StandIn
) -> None:
    first, second = [await on_a_thread(say, room, member_id, "도와줘") for member_id in (ALICE, BOB)]
    async with working(voice, make_gemini("hang")) as assistant:
        await assistant.start_answer(room_id=room.room_id, asker_id=ALICE, trigger_seq=first)

        with pytest.raises(TooManyRequests) as caught:
            await assistant.start_answer(room_id=room.room_id, asker_id=BOB, trigger_seq=second)

    assert caught.value.retry_after


async def test_alices_answer_comes_although_her_socket_is_gone(
    room: Room, voice: Voice, make_gemini: MakeGemini
) -> None:
    trigger_seq = await on_a_thread(say, room, ALICE, "도와줘")
    async with working(voice, make_gemini()) as assistant:
        asking = asyncio.create_task(
            assistant.start_answer(room_id=room.room_id, asker_id=ALICE, trigger_seq=trigger_seq)
        )
        await asyncio.sleep(0)  # it has begun to claim the answer
        asking.cancel()
        await asyncio.wait([asking])

        assert asking.cancelled()
        assert await voice.states_until_the_end() == ["thinking", "done"]


async def test_without_a_key_asking_is_refused_before_anything_is_stored(
    room: Room, voice: Voice, make_gemini: MakeGemini
) -> None:
    async with working(voice, make_gemini(key="")) as assistant:
        with pytest.raises(AssistantUnavailable):
            assistant.require_ready()
        with pytest.raises(AssistantUnavailable):
            await assistant.start_answer(room_id=room.room_id, asker_id=ALICE, trigger_seq=1)

    assert not await on_a_thread(AssistantRun.objects.count)


async def test_a_shutdown_ends_the_call_upstream_and_tells_the_room(
    room: Room, voice: Voice, make_gemini: MakeGemini, standin: StandIn
) -> None:
    trigger_seq = await on_a_thread(say, room, ALICE, "도와줘")
    async with asyncio.timeout(TIMEOUT_S), working(voice, make_gemini("hang")) as assistant:
        await assistant.start_answer(room_id=room.room_id, asker_id=ALICE, trigger_seq=trigger_seq)
        await standin.wait_until(lambda standin: standin.under_way == 1)
        await assistant.stop()

        assert await voice.states_until_the_end() == ["thinking", "failed"]
        await standin.wait_until(lambda standin: standin.hung_up == 1)
        with pytest.raises(AssistantUnavailable):
            assistant.require_ready()

    run = await on_a_thread(AssistantRun.objects.get)
    assert (run.state, run.error_code) == ("failed", "E-A002")


async def test_a_shutdown_lets_an_answer_be_said_that_is_there(
    room: Room, voice: Voice, make_gemini: MakeGemini
) -> None:
    trigger_seq = await on_a_thread(say, room, ALICE, "도와줘")
    voice.may_say.clear()
    async with asyncio.timeout(TIMEOUT_S), working(voice, make_gemini()) as assistant:
        await assistant.start_answer(room_id=room.room_id, asker_id=ALICE, trigger_seq=trigger_seq)
        await voice.is_saying.wait()
        stopping = asyncio.create_task(assistant.stop())
        await asyncio.sleep(0)
        voice.may_say.set()
        await stopping

    assert await voice.states_until_the_end() == ["thinking", "done"]


async def test_a_room_that_was_deleted_meanwhile_hurts_nobody(
    room: Room, voice: Voice, make_gemini: MakeGemini
) -> None:
    trigger_seq = await on_a_thread(say, room, ALICE, "도와줘")
    voice.may_say.clear()
    async with asyncio.timeout(TIMEOUT_S), working(voice, make_gemini()) as assistant:
        await assistant.start_answer(room_id=room.room_id, asker_id=ALICE, trigger_seq=trigger_seq)
        await voice.is_saying.wait()
        await on_a_thread(Room.objects.filter(room_id=room.room_id).delete)
        voice.may_say.set()

        assert await voice.states_until_the_end() == ["thinking", "failed"]


async def test_a_message_that_was_deleted_is_neither_read_nor_answered(
    room: Room, voice: Voice, make_gemini: MakeGemini, standin: StandIn
) -> None:
    trigger_seq = await on_a_thread(say, room, ALICE, "지울 말")
    async with working(voice, make_gemini()) as assistant:
        await on_a_thread(Message.objects.filter(seq=trigger_seq).update, deleted_at="2026-11-22T09:00:00Z")
        await assistant.start_answer(room_id=room.room_id, asker_id=ALICE, trigger_seq=trigger_seq)

        assert await voice.states_until_the_end() == ["thinking", "failed"]
    assert not standin.received


async def test_the_room_is_told_even_when_the_store_went_away(
    room: Room, voice: Voice, make_gemini: MakeGemini, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one place where a part of ours is replaced: a database cannot be taken away between two statements."""

    def store_is_away(**_run: Any) -> None:
        raise StoreUnavailable

    trigger_seq = await on_a_thread(say, room, ALICE, "도와줘")
    monkeypatch.setattr(services, "finish_run", store_is_away)
    async with working(voice, make_gemini("503")) as assistant:
        await assistant.start_answer(room_id=room.room_id, asker_id=ALICE, trigger_seq=trigger_seq)

        assert await voice.states_until_the_end() == ["thinking", "failed"]


async def test_a_fault_of_ours_ends_the_run_too(
    room: Room, voice: Voice, make_gemini: MakeGemini, caplog: pytest.LogCaptureFixture
) -> None:
    trigger_seq = await on_a_thread(say, room, ALICE, "도와줘")
    async with working(voice, make_gemini(url="http://127.0.0.1:no-port")) as assistant:
        await assistant.start_answer(room_id=room.room_id, asker_id=ALICE, trigger_seq=trigger_seq)
        assert await voice.states_until_the_end() == ["thinking", "failed"]

    run = await on_a_thread(AssistantRun.objects.get)
    assert (run.state, run.error_code) == ("failed", "E-S001")
    assert "도와줘" not in caplog.text
