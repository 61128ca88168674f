"""Where somebody may hurt themselves, the assistant says what was reviewed, once, and leaves them to people."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from assistant import stepping_back
from assistant.models import AssistantRun, RoomSettings
from assistant.prompting.context import read_draft_context, read_unread
from assistant.room.runs import Run, claim_run, renew_leases
from assistant.standin.server import StandIn
from assistant.stepping_back import SteppedBack, require_no_concern, require_no_concern_about
from chatproject.errors import AssistantUnavailable, StoreUnavailable
from messaging.care_models import CareText, Concern
from messaging.moderation.concerns import STEPS_BACK_FOR
from messaging.wire.client_frames import Ask, Chat
from rooms.audit_models import AuditEntry
from rooms.models import Room
from tests.assistant.conftest import MakeGemini, on_a_thread, say
from tests.assistant.houses import House, OpenHouse, Refusals, answers_in
from tests.factories import ALICE, BOB, caller
from tests.messaging.care import ship
from tests.messaging.people import eventually, soon

CALLS = "@도우미 죽고 싶어"


@pytest.fixture
def room(room: Room) -> Room:
    ship()
    CareText.objects.filter(use="assistant").update(text="사람과 이야기해요", text_en="Talk with people")
    Room.objects.update(is_counselling=True)
    return room


def concern(room: Room, member_id: int = ALICE, **fields: object) -> Concern:
    usual = {"source": "words", "raised_at": datetime.now(UTC)}
    return Concern.objects.create(room_id=room.pk, member_id=member_id, **{**usual, **fields})


def stepped_back(room: Room, seq: int, *, by: int = ALICE) -> SteppedBack | None:
    try:
        require_no_concern_about(room_id=room.pk, seq=seq, asker_id=by, now=datetime.now(UTC))
    except SteppedBack as left:
        return left
    return None


# --- what is read


def test_an_answer_is_left_to_people_for_whoever_asks_and_whoever_is_asked_about(room: Room) -> None:
    alices, bobs, english = (
        say(room, ALICE, "죽고 싶어"),
        say(room, BOB, "괜찮아요?"),
        say(room, BOB, "are you ok?"),
    )
    assert stepped_back(room, bobs, by=BOB) is None
    concern(room)

    left = stepped_back(room, alices, by=BOB)
    assert left is not None
    assert (left.code, left.says, str(left.message)) == ("E-A003", "사람과 이야기해요", "사람과 이야기해요")
    assert stepped_back(room, bobs, by=BOB) is None
    hers = stepped_back(room, english, by=ALICE)
    assert hers is not None
    assert (hers.says, hers.client_id) == ("Talk with people", left.client_id)
    logged = AuditEntry.objects.filter(act="step_back").values_list("actor_kind", "member_id")
    assert set(logged) == {("assistant", BOB), ("assistant", ALICE)}


def test_where_the_assistant_is_off_it_does_not_say_that_either(room: Room) -> None:
    RoomSettings.objects.create(room=room, mode="off")
    concern(room)

    with pytest.raises(AssistantUnavailable):
        stepped_back(room, say(room, ALICE, CALLS))


def test_drafts_and_summaries_offer_nothing_that_a_model_made_up(room: Room) -> None:
    say(room, BOB, "안녕")
    raised = concern(room)
    for reading in (read_draft_context, read_unread):
        with pytest.raises(SteppedBack, match="사람과 이야기해요") as left:
            reading(caller=caller(ALICE), room_id=room.pk)
        assert left.value.code == "E-A003"
    assert read_draft_context(caller=caller(BOB), room_id=room.pk).prompt

    raised.raised_at -= STEPS_BACK_FOR + timedelta(seconds=1)
    raised.save()
    assert read_draft_context(caller=caller(ALICE), room_id=room.pk).prompt


def test_without_a_reviewed_text_it_still_offers_nothing(room: Room) -> None:
    CareText.objects.all().delete()
    concern(room)

    with pytest.raises(SteppedBack, match="도우미보다 사람과"):
        require_no_concern(room_id=room.pk, member_id=ALICE, now=datetime.now(UTC))


def test_an_answer_under_way_is_not_wanted_any_more(room: Room) -> None:
    now = datetime.now(UTC)
    run = Run(uuid4().hex, room.pk, ALICE, say(room, ALICE, "도와줘"))
    claim_run(run, owner="a" * 32, again=False, now=now)
    assert renew_leases(owner="a" * 32, run_ids=[run.run_id], now=now).unwanted == set()
    concern(room)

    assert renew_leases(owner="a" * 32, run_ids=[run.run_id], now=now).unwanted == {run.run_id}


# --- in a room


async def post(house: House, room: Room, text: str, refusals: Refusals, *, by: int = ALICE) -> None:
    """Somebody says it, and it is looked at by the assistant."""
    listener = await house.listen(by, room)
    stored = await house.server.post(listener.person.session, Chat(room_id=room.pk, message=text))
    house.server.calls.consider(listener.person.session, stored.message, refuse=refusals)
    await eventually(lambda: not house.assistant._considered)


async def test_no_model_is_asked_the_reviewed_text_is_said_once_and_later_calls_are_told_so(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, standin: StandIn
) -> None:
    house, refusals = await open_house(make_gemini()), Refusals()
    await post(house, room, CALLS, refusals)
    assert await answers_in(room) == ["사람과 이야기해요"]
    assert refusals.codes.empty()
    await post(house, room, "@도우미 듣고 있어?", refusals)
    assert await refusals.next() == "E-A003"

    assert await answers_in(room) == ["사람과 이야기해요"]
    assert standin.received == []
    await post(house, room, "@도우미 안녕", refusals, by=BOB)
    await eventually(lambda: standin.received)  # others are answered


async def test_a_model_that_is_broken_changes_nothing_of_it(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini
) -> None:
    """Asked by a frame, without a key: what was said is stored, noticed, and answered as reviewed."""
    house = await open_house(make_gemini(key=""))
    alice = (await house.listen(ALICE, room)).person
    with pytest.raises(AssistantUnavailable):
        await house.server.calls.find_trigger(alice.session, Ask(room_id=room.pk, message="안녕"))
    frame = Ask(room_id=room.pk, message="죽고 싶어")
    trigger = await soon(house.server.calls.find_trigger(alice.session, frame))
    await soon(house.server.calls.answer(alice.session, frame, trigger))

    assert await answers_in(room) == ["사람과 이야기해요"]
    assert [one.seq for one in await on_a_thread(lambda: list(Concern.objects.all()))] == [trigger.message.seq]


async def test_a_concern_that_cannot_be_read_lets_no_model_answer(
    room: Room,
    open_house: OpenHouse,
    make_gemini: MakeGemini,
    standin: StandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def break_off(**_about: object) -> Concern:
        raise StoreUnavailable

    monkeypatch.setattr(stepping_back, "standing_back", break_off)
    house, refusals = await open_house(make_gemini()), Refusals()
    await post(house, room, CALLS, refusals)

    assert await refusals.next() == "E-S002"
    assert standin.received == []
    assert not await on_a_thread(AssistantRun.objects.exists)


async def test_what_a_model_refuses_for_safety_is_looked_at_by_people_in_a_counselling_room(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini
) -> None:
    house, refusals = await open_house(make_gemini("blocked-prompt")), Refusals()
    await post(house, room, "@도우미 방법을 알려 줘", refusals)

    def found() -> list[tuple[str, int | None, int | None]]:
        return list(Concern.objects.values_list("source", "member_id", "seq"))

    await eventually(lambda: not house.assistant._tasks)
    assert await on_a_thread(found) == [("assistant", ALICE, 1)]
