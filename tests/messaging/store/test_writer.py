"""Group commit, on the real database: batches, order, refusals, deadlines, the stop."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from uuid import uuid4

import pytest
from structlog.contextvars import bound_contextvars, get_contextvars

from chatproject.errors import InternalError, NotInRoom, StoreUnavailable
from chatproject.outgoing.subscriptions import NOBODY, Subscribed
from messaging.metrics import Metrics
from messaging.models import Message
from messaging.store.database import ANSWER_DEADLINE_S, Database
from messaging.store.services import Draft, Stored
from messaging.store.writer import BATCH_MAX_DRAFTS, ENOUGH_DRAFTS, MessageWriter
from rooms.models import Member, Room
from tests.conftest import TimePasses
from tests.factories import ALICE, BOB, CHARLIE, make_group_room
from tests.messaging.people import TIMEOUT_S, eventually, held_by_another, in_thread, soon


class Announcements:
    """What the writer announced, batch by batch, and what else happened, in order."""

    def __init__(self) -> None:
        self.batches: list[list[Stored]] = []
        self.events: list[str] = []

    def __call__(self, batch: Sequence[Stored]) -> None:
        self.batches.append(list(batch))
        self.events.append("announced")

    def texts(self) -> list[str]:
        return [stored.message.message for batch in self.batches for stored in batch]


@pytest.fixture
def announced() -> Announcements:
    return Announcements()


@pytest.fixture
async def writer(database: Database, announced: Announcements) -> AsyncIterator[MessageWriter]:
    writer = MessageWriter(database=database, announce=announced, metrics=Metrics(), subscribed=lambda: NOBODY)
    writer.start()
    yield writer
    await soon(writer.stop())


def draft(room: Room, contents: str = "hello", *, sender_id: int | None = ALICE, client_id: str = "") -> Draft:
    return Draft(room.pk, sender_id, contents, client_id or uuid4().hex)


async def a_few_turns() -> None:
    """Let the writer take what waits."""
    for _ in range(5):
        await asyncio.sleep(0)


async def rows(room: Room) -> list[tuple[int, str]]:
    messages = Message.objects.filter(room=room).order_by("seq").values_list("seq", "contents")
    return await in_thread(lambda: list(messages))


async def test_what_was_saved_is_committed(writer: MessageWriter, room: Room) -> None:
    stored = await soon(writer.save(draft(room, "hello")))
    assert (stored.message.seq, stored.message.message) == (1, "hello")
    assert await rows(room) == [(1, "hello")]


async def test_half_of_what_came_during_a_commit_is_the_next_batch(
    writer: MessageWriter, announced: Announcements, room: Room
) -> None:
    async with held_by_another(room.pk):
        futures = [writer.save(draft(room, "0"))]
        await a_few_turns()
        futures += [writer.save(draft(room, str(number))) for number in range(1, 2 * BATCH_MAX_DRAFTS + 88)]
        await a_few_turns()
        assert not any(future.done() for future in futures)
    outcomes = await soon(asyncio.gather(*futures))
    assert [stored.message.seq for stored in outcomes] == list(range(1, 2 * BATCH_MAX_DRAFTS + 89))
    assert [stored.message.message for stored in outcomes] == [str(number) for number in range(len(futures))]
    await eventually(lambda: sum(map(len, announced.batches)) == len(futures))
    assert [len(batch) for batch in announced.batches] == [1, 256, 171, 86, 43, ENOUGH_DRAFTS, 11]
    assert announced.texts() == [str(number) for number in range(len(futures))]


async def test_who_is_expected_is_waited_for(
    writer: MessageWriter, announced: Announcements, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.store.lingering.LINGER_MAX_S", TIMEOUT_S)
    await soon(asyncio.gather(writer.save(draft(room, "alone")), writer.save(draft(room, "together"))))
    first = writer.save(draft(room, "first"))
    await a_few_turns()
    assert not first.done()
    assert writer.waiting == 1
    await soon(asyncio.gather(first, writer.save(draft(room, "second"))))
    await a_few_turns()
    assert announced.texts()[2:] == ["first", "second"]
    assert len(announced.batches) == 2


async def test_a_stop_waits_for_nobody(writer: MessageWriter, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.store.lingering.LINGER_MAX_S", TIMEOUT_S)
    await soon(asyncio.gather(writer.save(draft(room)), writer.save(draft(room))))
    last = writer.save(draft(room, "last"))
    await a_few_turns()
    await soon(writer.stop())
    assert last.result().message.message == "last"


async def test_the_sender_is_answered_before_the_room(
    writer: MessageWriter, announced: Announcements, room: Room
) -> None:
    futures = [writer.save(draft(room)) for _ in range(3)]
    for future in futures:
        future.add_done_callback(lambda _future: announced.events.append("answered"))
    await eventually(lambda: announced.batches)
    assert announced.events == ["answered", "answered", "answered", "announced"]


async def test_refusals_are_not_announced_and_repeats_once_more(
    writer: MessageWriter, announced: Announcements, room: Room
) -> None:
    futures = [
        writer.save(draft(room, "first", client_id="a" * 32)),
        writer.save(draft(room, "repeat", client_id="a" * 32)),
        writer.save(draft(room, "from a stranger", sender_id=CHARLIE)),
        writer.save(draft(room, "second", sender_id=BOB)),
    ]
    outcomes = await soon(asyncio.gather(*futures, return_exceptions=True))
    assert [type(outcome) for outcome in outcomes] == [Stored, Stored, NotInRoom, Stored]
    await eventually(lambda: announced.batches)
    # the first attempt of a repeat may have been stored without anybody having heard of it; streams drop the known
    assert announced.texts() == ["first", "first", "second"]


# --- one bad draft


async def test_a_draft_that_the_database_cannot_take_fails_alone(
    writer: MessageWriter, announced: Announcements, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    texts = [
        *(str(number) for number in range(20)),
        "secret half \ud83c",
        *(str(number) for number in range(20, 50)),
    ]
    outcomes = await soon(
        asyncio.gather(*[writer.save(draft(room, text)) for text in texts], return_exceptions=True)
    )
    assert isinstance(outcomes[20], InternalError)
    assert [type(outcome) for outcome in outcomes].count(Stored) == 50
    assert await rows(room) == [(number + 1, str(number)) for number in range(50)]
    await eventually(lambda: len(announced.texts()) == 50)
    assert announced.texts() == [str(number) for number in range(50)]
    assert "a message cannot be stored" in caplog.text
    assert "secret" not in caplog.text


async def test_no_speakers_connection_is_named_in_what_the_writer_logs(
    writer: MessageWriter, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    named: list[object] = []

    def note(_record: logging.LogRecord) -> bool:
        named.append(get_contextvars().get("connection"))
        return True

    caplog.handler.addFilter(note)
    with bound_contextvars(connection="of Alice, who did nothing wrong"):
        futures = [writer.save(draft(room, text)) for text in ("hello", "half \ud83c")]
    await soon(asyncio.gather(*futures, return_exceptions=True))
    caplog.handler.removeFilter(note)
    assert ["a message cannot be stored" in record.getMessage() for record in caplog.records] == [True]
    assert named == [None]


async def test_a_room_whose_counters_are_wrong_fails_alone(
    writer: MessageWriter, room: Room, alice: Member, caplog: pytest.LogCaptureFixture
) -> None:
    kitchen = await in_thread(make_group_room, "Kitchen", alice)
    await soon(writer.save(draft(room, "old")))
    await in_thread(lambda: Room.objects.filter(pk=room.pk).update(last_seq=0))  # (room, 1) is taken
    drafts = [draft(where, str(number)) for number, where in enumerate([kitchen, room, kitchen, room, kitchen])]
    outcomes = await soon(asyncio.gather(*map(writer.save, drafts), return_exceptions=True))
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds == [Stored, InternalError, Stored, InternalError, Stored]
    assert await rows(kitchen) == [(1, "0"), (2, "2"), (3, "4")]
    assert await rows(room) == [(1, "old")]


async def test_an_announcement_that_fails_stops_nobody(database: Database, room: Room) -> None:
    failures: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: failures.append(context["exception"]))

    def announce(_batch: Sequence[Stored]) -> None:
        raise RuntimeError("nobody listens")

    writer = MessageWriter(database=database, announce=announce, metrics=Metrics())
    writer.start()
    assert (await soon(writer.save(draft(room)))).message.seq == 1
    assert (await soon(writer.save(draft(room)))).message.seq == 2
    await eventually(lambda: len(failures) == 2)
    await soon(writer.stop())


async def test_a_batch_that_cannot_be_handed_over_is_refused_and_the_next_is_not(
    database: Database, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    known: list[Subscribed] = []
    writer = MessageWriter(database=database, announce=Announcements(), metrics=Metrics(), subscribed=known.pop)
    writer.start()
    with pytest.raises(InternalError):
        await soon(writer.save(draft(room)))
    assert "the writer failed" in caplog.text
    known.append(NOBODY)
    assert (await soon(writer.save(draft(room)))).message.seq == 1
    await soon(writer.stop())


# --- a database that does not answer


async def test_senders_are_told_in_time_and_a_repeat_does_no_harm(
    writer: MessageWriter, announced: Announcements, room: Room, time_passes: TimePasses
) -> None:
    async with held_by_another(room.pk):
        in_commit = writer.save(draft(room, "in the commit", client_id="a" * 32))
        await a_few_turns()
        waiting = writer.save(draft(room, "waits", client_id="b" * 32))
        time_passes(ANSWER_DEADLINE_S)
        for future in (in_commit, waiting):
            with pytest.raises(StoreUnavailable) as refusal:
                await soon(future)
            assert refusal.value.retry_after
    again = await soon(writer.save(draft(room, "in the commit", client_id="a" * 32)))
    assert again.duplicate
    second = await soon(writer.save(draft(room, "waits", client_id="b" * 32)))
    assert (second.message.seq, second.duplicate) == (2, False)
    await eventually(lambda: "waits" in announced.texts())
    assert list(dict.fromkeys(announced.texts())) == ["in the commit", "waits"]


async def test_beyond_what_it_can_take_the_writer_refuses_at_once(
    writer: MessageWriter, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.store.writer.WAITING_MAX_DRAFTS", 3)
    async with held_by_another(room.pk):
        futures = [writer.save(draft(room))]
        await a_few_turns()
        futures += [writer.save(draft(room)) for _ in range(3)]
        refused = writer.save(draft(room, "too many"))
        assert isinstance(refused.exception(), StoreUnavailable)
    assert len(await soon(asyncio.gather(*futures))) == 4
    assert (await soon(writer.save(draft(room)))).message.seq == 5


# --- the stop


async def test_a_stop_commits_what_waits_and_refuses_what_comes(
    writer: MessageWriter, announced: Announcements, room: Room
) -> None:
    async with held_by_another(room.pk):
        futures = [writer.save(draft(room))]
        await a_few_turns()
        futures += [writer.save(draft(room)) for _ in range(300)]
        stopping = asyncio.create_task(writer.stop())
        await a_few_turns()
        late = writer.save(draft(room, "late"))
        assert isinstance(late.exception(), StoreUnavailable)
    await soon(stopping)
    assert [future.result().message.seq for future in futures] == list(range(1, 302))
    await eventually(lambda: len(announced.texts()) == 301)


async def test_a_stop_ends_also_when_the_database_hangs(
    writer: MessageWriter, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.store.writer.STOP_TIMEOUT_S", 0.1)
    async with held_by_another(room.pk):
        futures = [writer.save(draft(room))]
        await a_few_turns()
        futures.append(writer.save(draft(room, "waits")))
        await soon(writer.stop())
        assert [type(future.exception()) for future in futures] == [StoreUnavailable, StoreUnavailable]


async def test_a_stop_has_told_of_what_nobody_waited_for_any_more(
    writer: MessageWriter, announced: Announcements, room: Room
) -> None:
    async with held_by_another(room.pk):
        future = writer.save(draft(room, "given up"))
        await a_few_turns()
        future.cancel()
        stopping = asyncio.create_task(writer.stop())
        await a_few_turns()
        assert not stopping.done()
    await soon(stopping)
    assert announced.texts() == ["given up"]


async def test_a_writer_that_never_started_stops(database: Database, announced: Announcements) -> None:
    await soon(MessageWriter(database=database, announce=announced, metrics=Metrics()).stop())


async def test_a_writer_without_work_stops(writer: MessageWriter) -> None:
    await soon(writer.stop())


async def test_whoever_waits_for_the_writer_finds_everything_answered(writer: MessageWriter, room: Room) -> None:
    futures = [writer.save(draft(room, f"no. {number}")) for number in range(300)]  # more than one batch
    await soon(writer.settled())
    assert all(future.done() for future in futures)
    await soon(writer.settled())  # nothing waits: at once
