"""What becomes of answers whose process dies, stalls, loses its lease, or ends in peace."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from assistant.models import AssistantRun
from assistant.prompting.wording import CUT_SHORT
from assistant.room import answers
from assistant.room.runs import LEASE, finish_run
from assistant.standin.server import StandIn
from chatproject.errors import AssistantUnavailable, StoreUnavailable
from messaging.store.drafts import Draft
from rooms.models import Room
from tests.assistant.conftest import NOON, TIMEOUT_S, MakeGemini, on_a_thread
from tests.assistant.houses import OpenHouse, answers_in, begun, only_run
from tests.factories import ALICE, BOB
from tests.messaging.people import eventually

State = AssistantRun.State
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


async def let_leases_run_out() -> None:
    await on_a_thread(AssistantRun.objects.update, lease_until=LONG_AGO)


async def test_an_answer_whose_process_was_killed_is_ended_by_another_and_the_room_is_told(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, hasty: None
) -> None:
    doomed, other = await open_house(make_gemini("hang-midway")), await open_house(make_gemini())
    _alice, bob, _run = await begun(doomed, room, at=other)
    await bob.sees("writing")
    await doomed.die()
    await let_leases_run_out()

    assert await bob.sees_the_end() == ["thinking", "writing", "failed"]
    assert await answers_in(room) == []
    run = await only_run()
    assert (run.state, run.error_code) == ("failed", "E-A002")
    assert other.metric("chat_assistant_orphans_total") == 1
    await other.ask(room, run.trigger_seq, again=True)  # the room is free again
    await bob.sees("done")


async def test_an_answer_is_kept_as_long_as_its_process_lives(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini
) -> None:
    one, other = await open_house(make_gemini("hang")), await open_house(make_gemini())
    _alice, bob, _run = await begun(one, room)
    await other.rest()  # it sweeps when it is told to
    await let_leases_run_out()
    await one.assistant._leases._beat()
    await other.assistant._leases._sweep()

    assert (await only_run()).state == "running"
    assert bob.states == ["thinking"]


async def test_a_process_that_gets_its_database_back_late_ends_no_answer_that_it_gives(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini
) -> None:
    house = await open_house(make_gemini("hang"))
    _alice, bob, _run = await begun(house, room)
    await house.rest()
    await let_leases_run_out()
    await house.assistant._leases._sweep()

    assert (await only_run()).state == "running"
    assert bob.states == ["thinking"]


async def test_a_process_that_others_took_for_dead_stores_nothing_and_clears_the_screen(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, standin: StandIn, hasty: None
) -> None:
    house = await open_house(make_gemini("hang-midway"))
    _alice, bob, _run = await begun(house, room)
    await bob.sees("writing")
    run = await only_run()
    await on_a_thread(finish_run, run.run_id, state=State.FAILED, now=NOON, error_code="E-A002")

    assert await bob.sees_the_end() == ["thinking", "writing", "failed"]
    async with asyncio.timeout(TIMEOUT_S):
        await standin.wait_until(lambda standin: standin.hung_up == 1)
    await eventually(lambda: not house.assistant._answers)
    assert await answers_in(room) == []
    assert (await only_run()).finished_at == NOON


async def test_an_answer_that_was_ended_just_before_it_was_stored_is_not_stored(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, standin: StandIn
) -> None:
    house = await open_house(make_gemini("hang-midway"))
    _alice, bob, _run = await begun(house, room)
    await bob.sees("writing")
    await on_a_thread(AssistantRun.objects.update, state=State.FAILED)
    await house.assistant.end_answers()  # and stores what was shown

    assert (await bob.sees_the_end())[-1] == "failed"
    assert await answers_in(room) == []


async def test_a_store_that_is_away_when_an_answer_is_said_leaves_its_end_to_the_sweep(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, monkeypatch: Any
) -> None:
    """The one place where a part of ours is replaced: a database cannot be taken away between two statements."""
    house = await open_house(make_gemini())
    say = house.server.say

    async def say_and_lose_the_answer(message: Draft) -> None:
        await say(message)
        raise StoreUnavailable

    monkeypatch.setattr(house.server, "say", say_and_lose_the_answer)
    _alice, bob, _run = await begun(house, room)
    await eventually(lambda: not house.assistant._answers)
    assert bob.states == ["thinking", "writing"]
    await house.rest()
    await let_leases_run_out()
    await house.assistant._leases._sweep()

    assert await bob.sees_the_end() == ["thinking", "writing", "done"]
    assert len(await answers_in(room)) == 1
    assert (await only_run()).answer_seq == 2


async def test_the_room_is_told_even_where_the_end_cannot_be_written(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As above: the store goes away between storing the answer and writing its end."""

    def store_is_away(*_args: Any, **_outcome: Any) -> None:
        raise StoreUnavailable

    monkeypatch.setattr("assistant.room.answering.finish_run", store_is_away)
    house = await open_house(make_gemini("503"))
    _alice, bob, _run = await begun(house, room)

    assert await bob.sees_the_end() == ["thinking", "failed"]


# --- the end of a process


async def test_a_shutdown_keeps_what_was_shown_ends_the_call_and_tells_the_room(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, standin: StandIn
) -> None:
    one, other = await open_house(make_gemini("hang-midway")), await open_house(make_gemini())
    _alice, bob, _run = await begun(one, room, at=other)
    await bob.sees("writing")
    async with asyncio.timeout(TIMEOUT_S):
        await one.assistant.stop()
        assert await bob.sees_the_end() == ["thinking", "writing", "failed"]
        await standin.wait_until(lambda standin: standin.hung_up == 1)

    assert await answers_in(room) == [bob.read().rstrip() + CUT_SHORT]
    with pytest.raises(AssistantUnavailable):
        one.assistant.require_ready()
    run = await only_run()
    assert (run.state, run.error_code, run.answer_seq) == ("failed", "E-A002", 2)


async def test_a_shutdown_waits_no_longer_than_it_may_for_a_store_that_hangs(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "STOP_TIMEOUT_S", 0.1)
    house = await open_house(make_gemini())
    is_saying = asyncio.Event()

    async def say_for_ever(_message: Draft) -> None:
        is_saying.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(house.server, "say", say_for_ever)
    await begun(house, room)
    async with asyncio.timeout(TIMEOUT_S):
        await is_saying.wait()
        await house.assistant.stop()

    run = await only_run()
    assert run.state == "running"  # another process ends it when its lease runs out
    assert run.lease_until is not None
    assert run.lease_until - run.created_at >= LEASE


async def test_a_room_that_was_deleted_meanwhile_hurts_nobody(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini
) -> None:
    house = await open_house(make_gemini("hang-midway"))
    _alice, bob, _run = await begun(house, room)
    await bob.sees("writing")
    await on_a_thread(Room.objects.filter(pk=room.pk).delete)
    await house.assistant.end_answers()

    assert (await bob.sees_the_end())[-1] == "failed"
    assert (bob.frames[0]["askedBy"], bob.person.session.member_id) == (ALICE, BOB)
