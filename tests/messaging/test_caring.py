"""Who hears that somebody may hurt themselves, at which process, and that nothing of it fails in silence."""

import logging
from typing import Any

import pytest
from prometheus_client import generate_latest

from chatproject.errors import StoreUnavailable
from chatproject.room_errors import MessageRefused
from messaging import caring, moderation
from messaging.care_models import CareText, Concern, HelpLine, SignalWord
from messaging.moderation import help_lines, looking, signals
from messaging.moderation.concerns import raise_from_report
from messaging.moderation_models import FilterRule
from messaging.server import ChatServer
from messaging.wire.client_frames import Edit
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, make_group_room
from tests.messaging.care import ship
from tests.messaging.people import Person, StartServer, connect, eventually, in_thread, soon
from tests.messaging.store.doing import NOW

SAD = "요즘 자꾸 죽고 싶은 생각이 들어요"
SOON_S = 0.02


@pytest.fixture(autouse=True)
def _looks_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.caring.LOOK_AGAIN_S", SOON_S)


@pytest.fixture
def room(room: Room) -> Room:
    """A counselling room. Bob manages it, and is on duty."""
    ship()
    Room.objects.update(is_counselling=True)
    Participant.objects.filter(member_id=BOB).update(role="owner")
    return room


async def hears(person: Person, kind: str) -> dict[str, Any]:
    await eventually(lambda: person.sink.of_type(kind))
    (frame,) = person.sink.of_type(kind)
    return frame


async def concerns() -> list[Concern]:
    return await in_thread(lambda: list(Concern.objects.order_by("pk")))


async def test_the_author_is_shown_who_helps_on_all_sockets_the_manager_is_told_and_nobody_else(
    room: Room, start_server: StartServer, caplog: pytest.LogCaptureFixture
) -> None:
    here, there = await start_server(), await start_server()
    alice, alices_other = await connect(here, ALICE), await connect(there, ALICE)
    bob, charlie = await connect(there, BOB), await connect(here, CHARLIE)
    await alice.subscribe(room.pk)
    stored = await alice.say(room.pk, SAD)

    [concern] = await concerns()
    for socket in (alice, alices_other):
        card = await hears(socket, "care")
        assert (card["roomId"], card["concernId"]) == (room.pk, concern.pk)
        assert [line["number"] for line in card["lines"]] == ["109", "109", "1388", "119"]
        assert card["text"]
    told = await hears(bob, "concern")
    assert told == {
        "type": "concern",
        "roomId": room.pk,
        "concernId": concern.pk,
        "source": "words",
        "seq": stored.message.seq,
        "memberId": ALICE,
    }
    await alice.hears(SAD)  # neither hidden nor held
    assert charlie.sink.frames == []
    assert [frame["type"] for frame in bob.sink.frames] == ["concern"]
    assert not alice.sink.of_type("concern")
    assert 'chat_concerns_total{source="words"} 1.0' in generate_latest(here.metrics.registry).decode()
    assert "somebody may need help" in caplog.text
    assert SAD not in caplog.text


async def test_what_is_edited_into_a_message_is_noticed_and_other_rooms_are_not_looked_at(
    room: Room, server: ChatServer
) -> None:
    def kitchen() -> int:
        return make_group_room("Kitchen", *[place.member for place in room.participants.all()]).pk

    kitchen_id = await in_thread(kitchen)
    alice = await connect(server, ALICE)
    await alice.say(kitchen_id, SAD)
    stored = await alice.say(room.pk, "안녕")
    assert await concerns() == []
    edit = Edit(room_id=room.pk, seq=stored.message.seq, message=SAD)
    await soon(server.act(alice.session, edit))

    assert (await hears(alice, "care"))["roomId"] == room.pk


async def test_what_a_filter_refuses_is_told_to_people_all_the_same(room: Room, server: ChatServer) -> None:
    def forbid() -> None:
        FilterRule.objects.create(pattern="바보", action="block", made_at=NOW)

    await in_thread(forbid)
    server.screens.read_anew()
    await eventually(lambda: server.screens._screen.look(room.pk, ALICE, "바보", client_id=None))
    alice, bob = await connect(server, ALICE), await connect(server, BOB)
    with pytest.raises(MessageRefused):
        await alice.say(room.pk, f"바보 같아 {SAD}")

    assert (await hears(bob, "concern"))["source"] == "words"
    assert (await hears(alice, "care"))["lines"]


async def test_without_a_notice_the_others_find_it_themselves(
    room: Room, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis is away, or the process died behind its commit: here one that never told."""
    monkeypatch.setattr("messaging.caring.LOOK_INTERVAL_S", SOON_S)
    monkeypatch.setattr(caring.Care, "tell", lambda _self, _room_id, _source: None)
    here, there = await start_server(aliases=[]), await start_server(aliases=[])
    bob = await connect(there, BOB)
    await (await connect(here, ALICE)).say(room.pk, SAD)

    assert (await hears(bob, "concern"))["seq"] == 1
    assert len(bob.sink.of_type("concern")) == 1


async def test_a_report_is_told_as_what_was_noticed_is(room: Room, server: ChatServer) -> None:
    alice, bob = await connect(server, ALICE), await connect(server, BOB)
    await in_thread(raise_from_report, room_id=room.pk, member_id=ALICE, seq=7, now=NOW)
    server.care.tell(room.pk, "report")

    assert (await hears(bob, "concern"))["source"] == "report"
    assert (await hears(alice, "care"))["lines"]


async def test_what_was_raised_before_a_process_began_is_not_told_again(
    room: Room, start_server: StartServer
) -> None:
    await in_thread(raise_from_report, room_id=room.pk, member_id=ALICE, seq=7, now=NOW)
    server = await start_server()
    bob = await connect(server, BOB)
    await (await connect(server, ALICE)).say(room.pk, SAD)

    assert (await hears(bob, "concern"))["seq"] == 1
    assert server.standing()["concerns_open"] == 2


# --- what fails


async def fails(server: ChatServer, room: Room) -> None:
    """Alice says what may be anything, three times: managers are told once, and it is said as ever."""
    alice, bob = await connect(server, ALICE), await connect(server, BOB)
    for _ in range(3):
        await alice.say(room.pk, "안녕하세요")

    assert (await hears(bob, "concern"))["source"] == "failure"
    assert [concern.source for concern in await concerns()] == ["failure"]
    assert not alice.sink.of_type("care")


async def test_an_empty_list_is_told(room: Room, start_server: StartServer) -> None:
    await in_thread(SignalWord.objects.all().delete)

    server = await start_server()
    await fails(server, room)
    assert "chat_signals_failing 1.0" in generate_latest(server.metrics.registry).decode()


async def test_a_list_that_cannot_be_read_is_told(
    room: Room, start_server: StartServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_off() -> looking.Known:
        raise RuntimeError("the table is gone")

    monkeypatch.setattr(caring, "read_known", break_off)
    server = await start_server()
    await fails(server, room)

    assert "nobody may be noticed who needs help" in caplog.text
    monkeypatch.setattr(caring, "read_known", looking.read_known)
    await eventually(lambda: not server.care.is_failing)
    alice = await connect(server, ALICE)
    await alice.say(room.pk, SAD)
    assert (await hears(alice, "care"))["lines"]


async def test_while_concerns_cannot_be_read_they_wait_and_are_told_then(
    room: Room, start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(**_about: Any) -> int:
        raise StoreUnavailable

    monkeypatch.setattr(caring, "newest_concern_id", break_off)
    server = await start_server()
    alice, bob = await connect(server, ALICE), await connect(server, BOB)
    await alice.say(room.pk, SAD)
    assert bob.sink.frames == []
    monkeypatch.setattr(caring, "newest_concern_id", moderation.concerns.newest_concern_id)

    assert (await hears(bob, "concern"))["source"] == "words"


async def test_a_look_that_breaks_is_told(room: Room, server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(_list: signals.SignalList, _text: str) -> int:
        raise RuntimeError

    monkeypatch.setattr(signals.SignalList, "find", break_off)
    await fails(server, room)


async def test_where_help_lines_cannot_be_read_people_are_told_all_the_same(
    room: Room, server: ChatServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_off() -> help_lines.Card:
        raise RuntimeError

    monkeypatch.setattr(caring, "read_card", break_off)
    alice, bob = await connect(server, ALICE), await connect(server, BOB)
    await alice.say(room.pk, SAD)

    assert (await hears(bob, "concern"))["source"] == "words"
    assert "lines" not in await hears(alice, "care")  # her page asks for them
    assert [record.levelno for record in caplog.records if "where people help" in record.message] == [
        logging.ERROR
    ]


async def test_a_list_that_staff_changed_counts_at_once(room: Room, server: ChatServer) -> None:
    alice = await connect(server, ALICE)
    await in_thread(SignalWord.objects.create, pattern="우울의 늪")
    server.care.look_now()
    await eventually(lambda: server.care.look(room.pk, "우울의 늪이에요") is not None)
    await alice.say(room.pk, "우울의 늪이에요")

    assert (await hears(alice, "care"))["concernId"]
    assert await in_thread(HelpLine.objects.count) == 4
    assert await in_thread(CareText.objects.count) == 2
