"""Two servers are asked what became of a message: Alice is at the one that is asked, Bob at the other."""

from typing import Any

from messaging.inquiry.facts import read_facts
from messaging.inquiry.inquiries import Heard
from messaging.inquiry.report import Report, report_of
from messaging.server import ChatServer
from messaging.store.services import Stored
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.lossy import LossyLayer
from tests.messaging.people import Person, StartServer, connect, eventually, in_thread


async def ask(server: ChatServer, said: Stored, member_id: int, *, wait_s: float = 5.0) -> Report:
    message = said.message
    where = {"room_id": message.room_id, "seq": message.seq, "member_id": member_id}
    facts = await in_thread(read_facts, **where)
    heard = await server.inquiries.ask(version=message.version, wait_s=wait_s, **where)
    return await in_thread(report_of, facts, heard)


def verdict(report: Report) -> tuple[str, str]:
    return report.verdict.outcome, report.verdict.because


def process_of(heard: Heard | None, server: ChatServer) -> Any:
    assert heard is not None
    [answer] = [one for one in heard.answers if one.process == server.relay.own_name(1)]
    return answer


async def meet(one: ChatServer, other: ChatServer) -> None:
    await eventually(lambda: other.relay.own_name(1) in one.relay.company(1))
    await eventually(lambda: one.relay.own_name(1) in other.relay.company(1))


async def test_what_was_handed_to_a_socket_at_another_process_is_told_with_its_evidence(
    here: ChatServer, there: ChatServer, alice_here: Person, bob_there: Person, room: Room
) -> None:
    await meet(here, there)
    await alice_here.say(room.pk, "before")
    await bob_there.hears("before")  # so it is known by now that somebody listens there
    said = await alice_here.say(room.pk, "hello")
    await bob_there.hears("before", "hello")
    report = await ask(here, said, BOB)
    assert verdict(report) == ("delivered", "handed")
    stored = process_of(report.heard, here).announced
    assert (stored.batch, stored.size, stored.processes) == (2, 1, (there.relay.own_name(1),))
    at_bobs = process_of(report.heard, there)
    assert at_bobs.let_out.listeners == 1
    [socket] = at_bobs.sockets
    assert (socket.handed, socket.place, socket.known, socket.unsent_bytes) == ("live", "listens", 2, 0)
    assert "hello" not in str(report.as_json()) + str(report.lines)


async def test_who_does_not_read_is_told_apart_from_who_was_told(
    here: ChatServer, there: ChatServer, alice_here: Person, bob_there: Person, room: Room
) -> None:
    await meet(here, there)
    bob_there.sink.reads = False
    said = await alice_here.say(room.pk, "hello")
    await eventually(lambda: bob_there.sink.backlog() > 0)
    assert verdict(await ask(here, said, BOB)) == ("not", "slow-reader")


async def test_a_process_that_does_not_answer_is_named_and_what_it_did_is_not_known(
    here: ChatServer, there: ChatServer, alice_here: Person, bob_there: Person, room: Room, lossy: LossyLayer
) -> None:
    await meet(here, there)
    lossy.lose(lambda _notice: True)
    said = await alice_here.say(room.pk, "hello")
    report = await ask(here, said, BOB, wait_s=0.1)
    assert verdict(report) == ("unknown", "silent")
    assert there.relay.own_name(1) in report.verdict.says


async def test_who_is_behind_a_gap_is_told_how_far_they_are(
    here: ChatServer, there: ChatServer, alice_here: Person, bob_there: Person, room: Room, lossy: LossyLayer
) -> None:
    await meet(here, there)
    lossy.lose(lambda _notice: True)
    said = await alice_here.say(room.pk, "hello")
    await eventually(lambda: lossy.lost)
    lossy.lose(lambda _notice: False)
    report = await ask(here, said, BOB)
    assert verdict(report) == ("not", "behind")


async def test_who_is_away_is_told_so_and_a_socket_that_hears_nothing_is_seen(
    start_server: StartServer, room: Room
) -> None:
    server = await start_server(aliases=[])
    alice = await connect(server, ALICE)
    said = await alice.say(room.pk, "hello")
    assert verdict(await ask(server, said, ALICE)) == ("delivered", "own")
    assert verdict(await ask(server, said, BOB)) == ("not", "away")
    bob = await connect(server, BOB)
    assert verdict(await ask(server, said, BOB)) == ("not", "not-listening")
    await bob.subscribe(room.pk, since=0)
    assert verdict(await ask(server, said, BOB)) == ("delivered", "handed")
    server.disconnect(bob.session)
    report = await ask(server, said, BOB)
    assert verdict(report) == ("delivered", "handed")
    assert any("ended" in line.says or "끝" in line.says for line in report.lines)
