"""How sockets are let in and turned away, on v1 and v2."""

import time
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from tests.e2e.conftest import Meet, Pair
from tests.e2e.people import Person
from tests.e2e.secrecy import make_token
from tests.factories import ALICE

pytestmark = pytest.mark.e2e

NOBODY = 987_654_321


async def refused_v1(person: Person, room: int | str, **options: Any) -> tuple[int, str]:
    with pytest.raises(InvalidStatus) as refusal:
        await person.connect_v1(room, **options)
    response = refusal.value.response
    return response.status_code, (response.body or b"").decode()


async def test_v1_refuses_with_the_words_of_the_replaced_server(alice: Person, charlie: Person, room: int) -> None:
    old = make_token(ALICE, exp=int(time.time()) - 60)

    assert await refused_v1(alice, room, token="") == (401, "missing access token")
    assert await refused_v1(alice, "") == (401, "missing roomId")
    assert await refused_v1(alice, room, token=old) == (401, "access token expired")
    assert await refused_v1(alice, room, token="nonsense") == (401, "invalid token")
    assert await refused_v1(alice, "first") == (401, "invalid token")
    assert (await refused_v1(charlie, room))[0] == 403
    assert (await refused_v1(alice, NOBODY))[0] == 403


@pytest.mark.parametrize(
    "claims", [{"exp": int(time.time()) - 60}, {"category": "refresh"}, {"userId": "7"}, {"role": "ROOT"}]
)
async def test_v2_turns_a_bad_token_away_with_4401(alice: Person, claims: dict[str, Any]) -> None:
    socket = await alice.knock(token=make_token(ALICE, **claims))
    assert (await socket.hear("error"))["code"] == "E-AU001"
    assert await socket.closed() == 4401


async def test_v2_turns_away_who_brings_no_token_or_is_no_member(alice: Person) -> None:
    without = await alice.knock(token="")
    assert (await without.hear("error"))["code"] == "E-AU001"
    assert await without.closed() == 4401
    unknown = await alice.knock(token=make_token(NOBODY))
    assert (await unknown.hear("error"))["code"] == "E-M001"
    assert await unknown.closed() == 4403


async def test_v2_takes_the_token_from_headers_and_subprotocols(alice: Person) -> None:
    for headers in ({"access": alice.token}, {"Authorization": f"Bearer {alice.token}"}):
        socket = await alice.connect(token="", additional_headers=headers)
        assert socket.connection.subprotocol is None
    socket = await alice.connect(token="", subprotocols=["chat.v2", f"bearer.{alice.token}"])
    assert socket.connection.subprotocol == "chat.v2"


async def test_a_page_of_another_site_is_refused(alice: Person) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        await alice.knock(origin="https://elsewhere.example")
    assert refusal.value.response.status_code == 403


async def test_a_path_without_sockets_is_refused(alice: Person) -> None:
    there = f"{alice.home}/nowhere"
    with pytest.raises(InvalidStatus) as refusal:
        await alice.knock(at=there)
    assert refusal.value.response.status_code == 403


async def test_the_welcome_says_who_one_is_and_what_is_allowed(alice: Person) -> None:
    socket = await alice.knock()
    welcome = await socket.hear("welcome")
    assert (welcome["memberId"], welcome["nickName"]) == (ALICE, "Alice")
    assert (welcome["limits"]["frameBytes"], welcome["limits"]["messageCharacters"]) == (65_536, 4_000)


async def test_a_socket_ends_with_its_token_unless_it_brings_a_fresh_one(alice: Person) -> None:
    soon = int(time.time()) + 5  # by when both are welcomed, and one of them has its fresh token
    left, kept = [await alice.connect(token=make_token(ALICE, exp=soon)) for _ in range(2)]

    assert (await kept.ask("auth", access=alice.token))["type"] == "ok"

    assert await left.closed() == 4401
    await kept.catch_up()


async def test_a_socket_cannot_become_somebody_elses(alice: Person, bob: Person) -> None:
    socket = await alice.connect()
    assert await socket.refusal("auth", access=bob.token) == "E-AU002"
    assert await socket.refusal("auth", access="nonsense") == "E-AU001"
    assert await socket.refusal("auth", access=make_token(ALICE, category="refresh")) == "E-AU001"
    await socket.catch_up()


async def test_a_taken_nickname_gets_the_members_number(pair: Pair, meet: Meet, alice: Person) -> None:
    await alice.get("/my/rooms")
    other = meet(pair.second, 77, "Alice")
    welcome = await (await other.knock()).hear("welcome")
    assert welcome["nickName"] == "Alice#77"
