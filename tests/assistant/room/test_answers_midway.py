"""What changes while an answer is being given: who is in the room, and whether the assistant may speak there."""

import asyncio
from collections.abc import Callable

import pytest

from assistant.models import RoomSettings, Switch
from assistant.room.progress import Step, encode_words
from assistant.standin.server import StandIn
from messaging.models import Message
from messaging.wire.content import client_id_to_hex
from rooms.models import Room
from rooms.services import remove_participant
from tests.assistant.conftest import NOON, TIMEOUT_S, MakeGemini, on_a_thread
from tests.assistant.houses import OpenHouse, answers_in, begun, only_run
from tests.factories import ALICE, BOB


@pytest.mark.parametrize("elsewhere", [True, False])
async def test_who_is_removed_in_the_middle_sees_nothing_more_of_it(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, elsewhere: bool
) -> None:
    one, other = await open_house(make_gemini("hang-midway")), await open_house(make_gemini())
    there = other if elsewhere else one
    _alice, bob, run = await begun(one, room, at=there)
    alice = await there.listen(ALICE, room)
    await bob.sees("writing")
    await alice.sees("writing")
    change = await on_a_thread(remove_participant, room_id=room.pk, member_id=BOB)
    assert change is not None
    one.server.tell_left(change)
    await bob.sink.until(lambda: bob.sink.of_type("removed"))
    his, shown = len(bob.frames), alice.read()
    more = Step(client_id_to_hex(run), ALICE, "writing", len(shown), "Bob hears no word of this.")
    there.assistant.hear(room.pk, encode_words(more))

    assert alice.read() == f"{shown}Bob hears no word of this."
    assert len(bob.frames) == his


def _stop_in_the_room(room: Room) -> None:
    RoomSettings.objects.create(room=room, is_stopped=True)


def _stop_everywhere(room: Room) -> None:
    Switch.objects.update_or_create(pk=1, defaults={"is_stopped": True})


def _switch_off(room: Room) -> None:
    RoomSettings.objects.create(room=room, mode=RoomSettings.Mode.OFF)


def _want_drafts_only(room: Room) -> None:
    RoomSettings.objects.create(room=room, mode=RoomSettings.Mode.DRAFTS)


def _take_the_question_back(room: Room) -> None:
    Message.objects.filter(room=room, contents="도와줘").update(deleted_at=NOON)


def _hide_the_question(room: Room) -> None:
    Message.objects.filter(room=room, contents="도와줘").update(hidden_at=NOON)


@pytest.mark.parametrize(
    "switch",
    [
        _stop_in_the_room,
        _stop_everywhere,
        _switch_off,
        _want_drafts_only,
        _take_the_question_back,
        _hide_the_question,
    ],
)
async def test_whoever_switches_it_off_or_takes_the_question_back_ends_what_is_under_way(
    room: Room,
    open_house: OpenHouse,
    make_gemini: MakeGemini,
    standin: StandIn,
    hasty: None,
    switch: Callable[[Room], None],
) -> None:
    house = await open_house(make_gemini("hang"))
    _alice, bob, _run = await begun(house, room)
    async with asyncio.timeout(TIMEOUT_S):
        await standin.wait_until(lambda standin: standin.under_way == 1)
        await on_a_thread(switch, room)
        assert await bob.sees_the_end() == ["thinking", "stopped"]
        await standin.wait_until(lambda standin: standin.hung_up == 1)

    assert await answers_in(room) == []
    assert (await only_run()).state == "stopped"


async def test_what_other_rooms_decide_stops_no_answer(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, hasty: None
) -> None:
    elsewhere = await on_a_thread(Room.objects.create, name="저녁", is_group_chat=True)
    await on_a_thread(_stop_in_the_room, elsewhere)
    await on_a_thread(RoomSettings.objects.create, room=room)
    house = await open_house(make_gemini("slow"))
    _alice, bob, _run = await begun(house, room)

    assert await bob.sees_the_end() == ["thinking", "writing", "done"]
