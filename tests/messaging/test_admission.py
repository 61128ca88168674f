"""Sockets of revoked tokens end on every process, and tickets open one socket each, wherever they are used."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chatproject.access.revoking import Revoked, revoke_member, revoke_token
from chatproject.access.tickets import TICKET_LIFE_S, give_ticket, write_ticket
from chatproject.errors import RevokedToken, StoreUnavailable, TicketRefused
from chatproject.models import UsedTicket
from chatproject.tokens import Caller, token_digest
from messaging.server import ChatServer
from messaging.wire.protocol import CloseCode
from rooms.models import Room
from tests.conftest import TimePasses
from tests.factories import ALICE, BOB
from tests.factories import caller as caller_of
from tests.messaging.lossy import LossyLayer
from tests.messaging.people import (
    ListSink,
    Person,
    StartServer,
    TardyDatabase,
    connect,
    eventually,
    in_thread,
    soon,
)

PAGE = "https://community.example"
HOUR = timedelta(hours=1)
REVOKED = (CloseCode.UNAUTHENTICATED, "revoked")


@pytest.fixture(autouse=True)
def _looks_by_notice_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the look would find later, hides what is broken now."""
    monkeypatch.setattr("chatproject.access.revocations.LOOK_INTERVAL_S", 3_600)


async def revoked_token(jti: str) -> Revoked:
    now = datetime.now(UTC)
    return await in_thread(revoke_token, jti=jti, expires_at=now + HOUR, now=now)


async def revoked_member(member_id: int = ALICE) -> Revoked:
    now = datetime.now(UTC)
    return await in_thread(revoke_member, member_id=member_id, issued_before=now, now=now)


async def come(server: ChatServer, caller: Caller) -> Person:
    sink = ListSink()
    session = await soon(server.connect(caller=caller, sink=sink, is_v1=False, language="en"))
    return Person(server, session, sink)


async def ends(person: Person) -> tuple[int, str]:
    await person.sink.until(lambda: person.sink.closed)
    assert person.sink.closed is not None
    return person.sink.closed


# --- revocation


async def test_a_revoked_tokens_sockets_end_on_every_process_and_no_others(
    room: Room, start_server: StartServer
) -> None:
    here, there = await start_server(), await start_server()
    phone = caller_of(ALICE, token_id=token_digest("phone"))
    desk = caller_of(ALICE, token_id=token_digest("desk"))
    one, other = await come(here, phone), await come(there, phone)
    spared = [await come(there, desk), await come(here, caller_of(ALICE)), await connect(here, BOB)]
    revoked = await revoked_token("phone")
    told_at = time.monotonic()
    here.tell_revoked(revoked)
    assert [await ends(one), await ends(other)] == [REVOKED, REVOKED]
    assert time.monotonic() - told_at < 1
    assert all(person.session.is_open for person in spared)


async def test_a_members_sockets_end_unless_their_token_was_issued_afterwards(
    room: Room, start_server: StartServer
) -> None:
    here, there = await start_server(), await start_server()
    old, dateless = await come(there, caller_of(ALICE, issued_at=1.0)), await come(here, caller_of(ALICE))
    new, bob = await come(there, caller_of(ALICE, issued_at=time.time() + 30)), await connect(there, BOB)
    here.tell_revoked(await revoked_member())
    assert [await ends(old), await ends(dateless)] == [REVOKED, REVOKED]
    assert new.session.is_open
    assert bob.session.is_open
    await come(here, caller_of(ALICE, issued_at=time.time() + 30))
    with pytest.raises(RevokedToken):
        await come(here, caller_of(ALICE, issued_at=1.0))


async def test_who_is_connecting_at_that_moment_does_not_slip_through(
    room: Room, start_server: StartServer
) -> None:
    database = TardyDatabase()
    server = await start_server(database=database)
    await soon(server.admission.revocations.ready())
    await server.screens.ready()
    caller = caller_of(ALICE, token_id=token_digest("a"))
    connecting = server.connect(caller=caller, sink=ListSink(), is_v1=False, language="en")
    async with database.answering_late(connecting) as task:
        server.tell_revoked(await revoked_token("a"))
    with pytest.raises(RevokedToken):
        await soon(task)
    assert not server.hub.sessions_of(ALICE)


async def test_what_redis_lost_is_found_by_the_look(
    room: Room, here: ChatServer, there: ChatServer, lossy: LossyLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lossy.lose(lambda notice: notice.kind == "revoked")
    alice = await come(there, caller_of(ALICE, token_id=token_digest("a")))
    here.tell_revoked(await revoked_token("a"))
    await eventually(lambda: lossy.lost)
    assert alice.session.is_open
    await there.admission.revocations._look()  # which else comes every LOOK_INTERVAL_S
    assert await ends(alice) == REVOKED


async def test_a_crowd_of_revocations_looks_through_the_sockets_once(
    room: Room, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await come(server, caller_of(ALICE, token_id=token_digest("99")))
    looks, everyone = count(), server.hub.everyone
    monkeypatch.setattr(server.hub, "everyone", lambda: everyone() if next(looks) >= 0 else ())
    for number in range(100):
        server.tell_revoked(Revoked(number, token_digest(str(number)), None, 0, time.time() + 60))
    assert await ends(alice) == REVOKED
    assert next(looks) == 1


async def test_all_sockets_of_a_member_can_be_ended_everywhere(room: Room, start_server: StartServer) -> None:
    here, there = await start_server(), await start_server()
    alices = [await connect(here, ALICE), await connect(there, ALICE)]
    bob = await connect(there, BOB)
    here.end_sockets(ALICE, CloseCode.SHUT_OUT, "signed out")
    assert [await ends(alice) for alice in alices] == [(CloseCode.SHUT_OUT, "signed out")] * 2
    assert bob.session.is_open
    await connect(here, ALICE)  # she may come back


# --- tickets


def ticket_for(member_id: int = ALICE, *, origin: str | None = PAGE, **claims: Any) -> str:
    return write_ticket(give_ticket(caller_of(member_id, **claims), origin=origin, now=time.time()))


async def redeem(server: ChatServer, ticket: str, *, origin: str | None = PAGE, **more: Any) -> Caller:
    usual = {"beside": None, "now": time.time()}
    return await soon(server.admission.redeem(ticket, origin=origin, **usual | more))


async def test_a_ticket_opens_one_socket_on_whatever_process(room: Room, start_server: StartServer) -> None:
    here, there = await start_server(), await start_server()
    ticket = ticket_for()
    assert (await redeem(there, ticket)).member_id == ALICE
    for server in (here, there):
        with pytest.raises(TicketRefused, match="사용"):
            await redeem(server, ticket)


async def test_used_at_two_processes_at_the_same_moment_it_opens_one_socket(
    room: Room, start_server: StartServer
) -> None:
    servers = [await start_server(), await start_server()]
    for _time in range(5):
        ticket = ticket_for()
        uses = [redeem(server, ticket) for server in servers for _twice in range(2)]
        outcomes = await asyncio.gather(*uses, return_exceptions=True)
        assert sum(isinstance(one, Caller) for one in outcomes) == 1
        assert sum(isinstance(one, TicketRefused) for one in outcomes) == 3


async def test_late_it_opens_nothing(room: Room, server: ChatServer, time_passes: TimePasses) -> None:
    ticket = ticket_for()
    time_passes(TICKET_LIFE_S)
    with pytest.raises(TicketRefused):
        await redeem(server, ticket)


async def test_what_is_refused_for_another_reason_is_not_used(room: Room, server: ChatServer) -> None:
    ticket = ticket_for()
    with pytest.raises(TicketRefused):
        await redeem(server, ticket, origin="https://evil.example")
    with pytest.raises(TicketRefused, match="다른"):
        await redeem(server, ticket, beside=caller_of(BOB))
    assert not await in_thread(UsedTicket.objects.exists)
    assert (await redeem(server, ticket, beside=caller_of(ALICE))).member_id == ALICE


@pytest.mark.parametrize("by", ["token", "member"])
async def test_what_was_revoked_since_opens_nothing(room: Room, server: ChatServer, by: str) -> None:
    ticket = ticket_for(token_id=token_digest("a"), issued_at=1.0)
    server.tell_revoked(await (revoked_token("a") if by == "token" else revoked_member()))
    with pytest.raises(RevokedToken):
        await redeem(server, ticket)


async def test_a_storm_of_tickets_costs_few_transactions(
    room: Room, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    read = server.admission._uses._read

    def counted(uses: Any) -> Any:
        calls.append(len(uses))
        return read(uses)

    monkeypatch.setattr(server.admission._uses, "_read", counted)
    tickets = [ticket_for() for _ticket in range(500)]
    await asyncio.gather(*(redeem(server, ticket) for ticket in tickets))
    assert sum(calls) == 500
    assert len(calls) <= 4


async def test_while_the_database_is_away_no_ticket_is_taken(
    room: Room, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await soon(server.admission.revocations.ready())
    with monkeypatch.context() as away:
        away.setattr("messaging.store.database.READS_WAITING_MAX", 0)
        with pytest.raises(StoreUnavailable):
            await redeem(server, ticket_for())
