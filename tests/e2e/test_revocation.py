"""Who is signed out, and a ticket that somebody else saw: over two servers, and without a word in any log."""

import asyncio
import time
import uuid
from typing import Any

import pytest

from tests.e2e.conftest import Meet, Pair
from tests.e2e.people import Person
from tests.e2e.processes import manage
from tests.e2e.secrecy import keep_secret, make_token

pytestmark = pytest.mark.e2e

EDDA, EMIL = 70_001, 70_002  # nobody else's tests are signed out


def token_of(person: Person, jti: str, **claims: Any) -> str:
    """Issued a minute ago, since what is revoked now comes after it."""
    keep_secret(jti)
    issued_at = int(time.time()) - 60
    return make_token(person.member_id, **{"nickname": person.name, "jti": jti, "iat": issued_at} | claims)


async def opens(person: Person, token: str, *, at: str = "") -> Any:
    """A socket that has said something: one that stays silent is closed for that."""
    socket = await person.connect(token=token, at=at)
    assert (await socket.ask("ping"))["type"] == "pong"
    return socket


async def ends(person: Person, token: str, *sockets: Any) -> None:
    """All of these sockets, and the token opens nothing more at either server."""
    for socket in sockets:
        assert await socket.closed() == 4401
    person.token = token
    assert await person.code("GET", "/my/rooms") == "E-AU001"
    assert await person.code("POST", "/ticket") == "E-AU001"
    assert (await (await person.knock()).hear("error"))["code"] == "E-AU001"


async def test_one_token_is_revoked_from_the_shell_and_the_members_others_are_not(pair: Pair, meet: Meet) -> None:
    edda = meet(pair.first, EDDA, "Edda")
    lost, kept = f"jti-{uuid.uuid4()}", f"jti-{uuid.uuid4()}"
    phone, desk = token_of(edda, lost), token_of(edda, kept)
    near, far = await opens(edda, phone), await opens(edda, phone, at=pair.second.address)
    spared = await opens(edda, desk, at=pair.second.address)
    manage(pair.env, "revoke", "--jti", lost, "--expires-at", "2099-01-01T00:00:00Z")
    await ends(edda, phone, near, far)
    assert (await spared.ask("ping"))["type"] == "pong"
    edda.token = desk
    await edda.get("/my/rooms")


async def test_a_member_is_signed_out_everywhere_and_may_come_back_with_what_is_issued_afterwards(
    pair: Pair, meet: Meet
) -> None:
    emil = meet(pair.first, EMIL, "Emil")
    token = token_of(emil, f"jti-{uuid.uuid4()}")
    near, far = await opens(emil, token), await opens(emil, token, at=pair.second.address)
    manage(pair.env, "revoke", "--member", str(EMIL), "--reason", "lost phone")
    fresh = token_of(emil, f"jti-{uuid.uuid4()}", iat=time.time())
    await ends(emil, token, near, far)
    emil.token = fresh
    await emil.connect(at=pair.second.address)


async def test_a_ticket_used_at_both_servers_at_the_same_moment_opens_one_socket(
    pair: Pair, alice: Person
) -> None:
    for _time in range(3):
        ticket = await alice.ticket()
        homes = [pair.first.address, pair.second.address] * 2
        sockets = await asyncio.gather(*(alice.knock_with(ticket, at=home) for home in homes))
        answers = [(await socket.hear())["type"] for socket in sockets]
        assert sorted(answers) == ["error", "error", "error", "welcome"]
