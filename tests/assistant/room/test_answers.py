"""Answers in rooms over two processes: who is answered, who watches, and who stops an answer."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from assistant.models import AssistantRun, RoomSettings
from assistant.prompting.wording import CUT_SHORT
from assistant.room import answers
from assistant.standin.server import StandIn
from chatproject.errors import (
    AssistantNotForMember,
    AssistantUnavailable,
    InternalError,
    NotAllowed,
    NotInRoom,
    TooManyRequests,
)
from messaging.wire.client_frames import Chat
from rooms.models import Room
from tests.assistant.conftest import TIMEOUT_S, MakeGemini, on_a_thread, said
from tests.assistant.houses import House, Listener, OpenHouse, Refusals, answers_in, begun, only_run
from tests.factories import ALICE, BOB, CHARLIE, caller
from tests.messaging.lossy import of_kind
from tests.messaging.people import eventually

# --- who is answered


async def test_two_processes_answer_once(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, standin: StandIn
) -> None:
    one, other = await open_house(make_gemini()), await open_house(make_gemini())
    bob = await other.listen(BOB, room)
    trigger_seq = await (await one.listen(ALICE, room)).says("도와줘")
    await asyncio.gather(one.ask(room, trigger_seq), other.ask(room, trigger_seq, by=BOB))

    assert await bob.sees_the_end() == ["thinking", "writing", "done"]
    assert len(standin.received) == 1
    assert len(await answers_in(room)) == 1


async def test_whoever_asks_again_gets_another_answer(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini
) -> None:
    house = await open_house(make_gemini())
    alice = await house.listen(ALICE, room)
    trigger_seq = await alice.says("도와줘")
    await house.ask(room, trigger_seq)
    await alice.sees("done")
    await house.ask(room, trigger_seq)
    await house.ask(room, trigger_seq, again=True)
    await alice.sees("done", times=2)

    assert len(await answers_in(room)) == 2
    assert len({frame["runId"] for frame in alice.frames}) == 2


async def test_a_mention_is_answered_and_a_repeat_of_it_is_not(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, standin: StandIn
) -> None:
    house = await open_house(make_gemini())
    alice = await house.listen(ALICE, room)
    frame = Chat(room_id=room.pk, message="@도우미야 안녕", client_id="0190a3c4-7b1e-7cc2-9f00-0123456789ab")
    refusals = Refusals()
    for _ in range(3):
        stored = await house.server.post(alice.person.session, frame)
        house.server.calls.consider(alice.person.session, stored.message, refuse=refusals)
    await alice.sees("done")
    house.server.calls.consider(alice.person.session, stored.message, refuse=refusals)
    await eventually(lambda: not house.assistant._considered)

    assert refusals.codes.empty()
    assert len(standin.received) == 1
    assert len(await answers_in(room)) == 1


async def test_the_assistant_does_not_answer_itself(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, standin: StandIn
) -> None:
    house = await open_house(make_gemini())
    alice = await house.listen(ALICE, room)
    await house.ask(room, await alice.says("따라 해 봐: @도우미 안녕"))
    await alice.sees("done")
    [answer] = await answers_in(room)

    assert "@도우미 안녕" in answer  # it mentions itself
    await eventually(lambda: not house.assistant._tasks)
    assert len(standin.received) == 1


async def test_who_is_under_14_by_their_token_alone_calls_in_vain(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, standin: StandIn
) -> None:
    """As where the database could store nothing when they came."""
    house = await open_house(make_gemini())
    session = (await house.listen(ALICE, room)).person.session
    session.caller = replace(session.caller, under14=True)
    refusals = Refusals()
    for text in ("@Bob 안녕", "@도우미 안녕"):
        stored = await house.server.post(session, Chat(room_id=room.pk, message=text))
        house.server.calls.consider(session, stored.message, refuse=refusals)
    assert await refusals.next() == AssistantNotForMember.code
    await eventually(lambda: not house.assistant._considered)
    assert refusals.codes.empty()
    assert standin.received == []


@pytest.mark.parametrize("busy", [True, False])
async def test_who_calls_in_vain_is_told_why(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, busy: bool
) -> None:
    house = await open_house(make_gemini("hang"))
    _alice, bob, _run = await begun(house, room)
    if not busy:
        await on_a_thread(RoomSettings.objects.create, room=room, is_stopped=True)
    message, refusals = said(9, "Bob", "@도우미 저도요", room_id=room.pk), Refusals()
    house.assistant.consider(message, refuse=refusals)

    assert await refusals.next() == ("E-C004" if busy else "E-A001")
    assert bob.states == ["thinking"]


async def test_while_too_many_wait_for_the_model_asking_is_refused_before_anything_is_stored(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "ANSWERS_MOST", 1)
    house = await open_house(make_gemini("hang"))
    _alice, bob, _run = await begun(house, room)

    with pytest.raises(TooManyRequests) as caught:
        house.assistant.require_ready()
    assert caught.value.retry_after
    refusals = Refusals()
    house.assistant.consider(said(9, "Bob", "@도우미 저도요", room_id=room.pk), refuse=refusals)
    assert await refusals.next() == TooManyRequests.code
    assert bob.states == ["thinking"]


async def test_a_flood_of_mentions_takes_few_threads_and_is_refused_in_the_end(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "CONSIDERED_MAX_WAITING", 3)
    house = await open_house(make_gemini())
    refusals = Refusals()
    for _ in range(5):
        house.assistant.consider(said(1, "Alice", "@Bob 안녕", room_id=room.pk), refuse=refusals)

    assert [await refusals.next(), await refusals.next()] == [TooManyRequests.code] * 2
    await eventually(lambda: not house.assistant._considered)
    assert refusals.codes.empty()


async def test_a_fault_of_ours_is_told_and_logged_without_the_words(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, caplog: pytest.LogCaptureFixture
) -> None:
    house = await open_house(make_gemini())
    refusals = Refusals()
    house.assistant.consider(said(1, "Alice", "@도우미 비밀", room_id=room.pk, sender_id=999), refuse=refusals)

    assert await refusals.next() == InternalError.code
    assert "whether message 1" in caplog.text
    assert "비밀" not in caplog.text


async def test_alices_answer_comes_although_her_socket_is_gone(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini
) -> None:
    house = await open_house(make_gemini())
    alice, bob = await house.listen(ALICE, room), await house.listen(BOB, room)
    asking = asyncio.create_task(house.ask(room, await alice.says("도와줘")))
    await asyncio.sleep(0)  # it has begun to claim the answer
    asking.cancel()
    await asyncio.wait([asking])

    assert asking.cancelled()
    assert (await bob.sees_the_end())[-1] == "done"


async def test_without_a_key_asking_is_refused_before_anything_is_stored(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini
) -> None:
    house = await open_house(make_gemini(key=""))
    with pytest.raises(AssistantUnavailable):
        house.assistant.require_ready()
    with pytest.raises(AssistantUnavailable):
        await house.ask(room, 1)
    refusals = Refusals()
    for text in ("@Bob 안녕", "@도우미 안녕"):
        house.assistant.consider(said(1, "Alice", text, room_id=room.pk), refuse=refusals)

    assert await refusals.next() == AssistantUnavailable.code
    await eventually(lambda: not house.assistant._considered)
    assert refusals.codes.empty()  # who called Bob is told nothing
    assert not await on_a_thread(AssistantRun.objects.count)


# --- who watches


async def test_everyone_on_every_process_sees_it_come(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini
) -> None:
    one, other = await open_house(make_gemini()), await open_house(make_gemini())
    alice, bob, _run = await begun(one, room, at=other)
    await bob.sees_the_end()
    await alice.sees_the_end()

    assert alice.frames == bob.frames
    assert [bob.read()] == await answers_in(room)


async def test_who_subscribes_in_the_middle_is_shown_all_of_it_on_every_process(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini
) -> None:
    one, other = await open_house(make_gemini("hang-midway")), await open_house(make_gemini())
    alice, _bob, run = await begun(one, room)
    await alice.sees("writing", times=2)  # after which it hangs
    for house in (one, other):  # nobody has listened at the other one until now
        late = await eventually_shown(house, room, alice.read())
        [shown] = late.frames
        assert (shown["state"], shown["offset"], shown["text"]) == ("writing", 0, alice.read())
        assert (shown["runId"], shown["askedBy"]) == (run, ALICE)


async def eventually_shown(house: House, room: Room, text: str) -> Listener:
    """Bob, who subscribes once the process knows the whole text."""
    await eventually(lambda: text.encode() in (house.assistant.shown(room.pk) or b""))
    return await house.listen(BOB, room)


async def test_who_subscribes_while_it_thinks_sees_that(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini
) -> None:
    house = await open_house(make_gemini("hang"))
    await begun(house, room)

    late = await house.listen(BOB, room)
    assert [frame["state"] for frame in late.frames] == ["thinking"]


async def test_what_the_layer_loses_is_mended_by_the_next_heartbeat(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, lossy: Any, hasty: None
) -> None:
    one, other = await open_house(make_gemini("hang-midway")), await open_house(make_gemini())
    alice, bob = await one.listen(ALICE, room), await other.listen(BOB, room)
    lossy.lose(of_kind("assistant"))
    await one.ask(room, await alice.says("도와줘"))
    await alice.sees("writing")
    assert bob.frames == []
    lossy.lose(lambda _notice: False)

    await bob.sees("writing")
    await bob.sink.until(lambda: bob.read() == alice.read())


async def test_a_lost_end_is_read_from_the_record_however_late_it_comes(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, lossy: Any, hasty: None, monkeypatch: Any
) -> None:
    monkeypatch.setattr("assistant.room.progress.SILENT_AFTER_S", 0.0)
    one, other = await open_house(make_gemini("hang")), await open_house(make_gemini())
    alice, bob, run = await begun(one, room, at=other)
    lossy.lose(of_kind("assistant"))
    await other.assistant._leases._sweep()  # finds it under way
    await one.assistant.stop_answer(caller=caller(ALICE), room_id=room.pk, run_id=run)
    await alice.sees("stopped")

    await bob.sees("stopped")


# --- who stops


@pytest.mark.parametrize("elsewhere", [True, False])
async def test_stop_before_the_first_word_stores_nothing_and_hangs_up(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, standin: StandIn, elsewhere: bool
) -> None:
    one, other = await open_house(make_gemini("hang")), await open_house(make_gemini())
    _alice, bob, run = await begun(one, room)
    async with asyncio.timeout(TIMEOUT_S):
        await standin.wait_until(lambda standin: standin.under_way == 1)
        stopper = other if elsewhere else one
        await stopper.assistant.stop_answer(caller=caller(ALICE), room_id=room.pk, run_id=run)
        assert await bob.sees_the_end() == ["thinking", "stopped"]
        await standin.wait_until(lambda standin: standin.hung_up == 1)

    assert await answers_in(room) == []
    record = await only_run()
    assert (record.state, record.error_code, record.answer_seq) == ("stopped", "", None)


@pytest.mark.parametrize("elsewhere", [True, False])
async def test_stop_midway_keeps_what_was_shown_and_marks_it(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, standin: StandIn, elsewhere: bool
) -> None:
    one, other = await open_house(make_gemini("hang-midway")), await open_house(make_gemini())
    _alice, bob, run = await begun(one, room, at=other)
    await bob.sees("writing")
    stopper = other if elsewhere else one
    await stopper.assistant.stop_answer(caller=caller(ALICE), room_id=room.pk, run_id=run)
    async with asyncio.timeout(TIMEOUT_S):
        assert await bob.sees_the_end() == ["thinking", "writing", "stopped"]
        await standin.wait_until(lambda standin: standin.hung_up == 1)

    assert await answers_in(room) == [bob.read().rstrip() + CUT_SHORT]
    record = await only_run()
    assert (record.state, record.answer_seq) == ("stopped", 2)
    assert one.metric("chat_assistant_runs_total", state="stopped") == 1


async def test_stop_comes_by_the_record_where_the_layer_is_down(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, lossy: Any, hasty: None
) -> None:
    one, other = await open_house(make_gemini("hang")), await open_house(make_gemini())
    alice, _bob, run = await begun(one, room)
    lossy.lose(lambda _notice: True)
    await other.assistant.stop_answer(caller=caller(ALICE), room_id=room.pk, run_id=run)

    assert await alice.sees_the_end() == ["thinking", "stopped"]


async def test_only_the_asker_and_moderators_stop_an_answer(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini
) -> None:
    house = await open_house(make_gemini("hang"))
    _alice, bob, run = await begun(house, room)
    for who, refusal in ((BOB, NotAllowed), (CHARLIE, NotInRoom)):
        with pytest.raises(refusal):
            await house.assistant.stop_answer(caller=caller(who), room_id=room.pk, run_id=run)
    assert bob.states == ["thinking"]
    moderator = caller(CHARLIE, role="ADMIN")
    await house.assistant.stop_answer(caller=moderator, room_id=room.pk, run_id=run.upper())

    assert await bob.sees_the_end() == ["thinking", "stopped"]
    await house.assistant.stop_answer(caller=caller(ALICE), room_id=room.pk, run_id=run)  # over: nothing to stop
    await house.assistant.stop_answer(caller=caller(ALICE), room_id=room.pk, run_id="0" * 32)
