"""What is found in texts before they are said, at live servers; and how all processes come to know the rules."""

import asyncio

import pytest

from chatproject.errors import StoreUnavailable
from chatproject.room_errors import MessageHeld, MessageRefused
from messaging.limits import Limits
from messaging.moderation_models import FilterRule, Report
from messaging.server import ChatServer
from messaging.store.acts import EditAct
from rooms.audit_models import AuditEntry
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB
from tests.messaging.moderation.rules import make_rule
from tests.messaging.people import NO_LIMITS, Person, StartServer, connect, eventually, in_thread, soon

SPAM = "지금 바로 가입하시면 포인트를 두 배로 드려요"


@pytest.fixture
def rule(room: Room) -> FilterRule:
    return make_rule("시발", "block")


async def test_what_a_rule_refuses_nobody_hears(rule: FilterRule, bob_listens: Person, room: Room) -> None:
    with pytest.raises(MessageRefused):
        await bob_listens.say(room.pk, "아, 시♡발")
    stored = await bob_listens.say(room.pk, "다시 발표할게요")
    await bob_listens.hears("다시 발표할게요")
    with pytest.raises(MessageRefused):
        await soon(bob_listens.server.carry_out(EditAct(room_id=room.pk, seq=1, member_id=BOB, contents="tlqkf")))
    assert stored.message.seq == 1
    assert await in_thread(AuditEntry.objects.count) == 1  # the same again within a minute is no news


async def test_a_filter_that_breaks_keeps_nobody_silent(
    bob_listens: Person, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    bob_listens.server.screens._screen.filters = None  # type: ignore[assignment]  # whatever breaks it
    assert (await bob_listens.say(room.pk, "들리나요?")).message.seq == 1
    assert "could not be looked at by the filter" in caplog.text
    assert "들리나요" not in caplog.text


async def test_what_is_flagged_is_said_and_opens_a_case(bob_listens: Person, room: Room) -> None:
    alice = await connect(bob_listens.server, ALICE)
    await in_thread(Participant.objects.filter(room=room, member_id=ALICE).update, role="owner")
    known = bob_listens.server.screens._screen.filters
    await in_thread(make_rule, "시발", "flag")
    bob_listens.server.screens.tell_changed()
    await eventually(lambda: bob_listens.server.screens._screen.filters is not known)
    await bob_listens.say(room.pk, "아, 시발")
    await bob_listens.hears("아, 시발")
    assert (await alice.gets("moderation"))["cases"] == 1
    report = await in_thread(lambda: Report.objects.select_related("case").get())
    assert (report.source, report.case.seq, report.case.member_id) == ("filter", 1, BOB)


async def test_every_process_takes_a_changed_rule_at_once(
    alice_here: Person, bob_there: Person, here: ChatServer, room: Room
) -> None:
    await bob_there.say(room.pk, "시발")
    known = bob_there.server.screens._screen.filters
    await in_thread(make_rule, "시발", "hold", room=room)
    here.screens.tell_changed()
    await eventually(lambda: bob_there.server.screens._screen.filters is not known)
    with pytest.raises(MessageHeld):
        await bob_there.say(room.pk, "시발")


async def test_a_rule_whose_notice_was_lost_is_found(
    start_server: StartServer, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.screens.LOOK_INTERVAL_S", 0.05)
    bob = await connect(await start_server(), BOB)
    await in_thread(make_rule, "시발", "block")
    known = bob.server.screens._screen.filters
    await eventually(lambda: bob.server.screens._screen.filters is not known)
    with pytest.raises(MessageRefused):
        await bob.say(room.pk, "시발")


async def test_what_is_said_over_and_over_is_held(start_server: StartServer, room: Room) -> None:
    limits = Limits(**{name: getattr(NO_LIMITS, name) for name in NO_LIMITS.__slots__} | {"flood_repeats": 2})
    bob = await connect(await start_server(limits), BOB)
    await eventually(lambda: bob.server.shared.deployment)  # by which counts are named
    for number in range(2):
        await bob.say(room.pk, f"{SPAM} {number}")
    with pytest.raises(MessageHeld):
        await bob.say(room.pk, f"{SPAM} 3!")


async def test_nothing_is_said_before_the_rules_are_known(
    start_server: StartServer, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.screens.ANSWER_DEADLINE_S", 0.01)
    server = await start_server()
    await server.screens.stop()
    server.screens._read_once, server.screens.are_known = asyncio.Event(), False  # as before the first read
    with pytest.raises(StoreUnavailable):
        await soon(server.take_turn(BOB))
