"""Every refusal of REST, as Alice and Charlie get it from a server in production."""

import json
import time
from typing import Any

import httpx
import pytest

from chatproject.http.body_limit import BODY_MAX_BYTES
from tests.e2e.conftest import Meet, Pair
from tests.e2e.people import Person
from tests.e2e.secrecy import make_token
from tests.factories import ALICE

pytestmark = pytest.mark.e2e

NOBODY = 987_654_321


async def test_the_health_check_needs_no_token(pair: Pair, http: httpx.AsyncClient) -> None:
    response = await http.get(f"{pair.first.address}/v1/healthz")
    assert (response.status_code, response.text) == (200, "ok")
    assert response.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("method", "path", "params"),
    [
        ("POST", "/room/group/create", {}),
        ("POST", "/room/group/create", {"roomName": " x "}),
        ("POST", "/room/group/create", {"roomName": "가" * 51}),
        ("GET", "/room/group/list", {"page": "-1"}),
        ("GET", "/room/group/list", {"page": "٣"}),
        ("GET", "/room/group/list", {"page": "1_0"}),
        ("GET", "/room/group", {}),
        ("POST", "/room/group/0/join", {}),
        ("POST", "/room/group/x/join", {}),
        ("DELETE", "/room/group/99999999999999999999/leave", {}),
        ("POST", "/room/private/create", {"otherMemberId": "Bob"}),
        ("POST", "/room/private/create", {"otherMemberId": ALICE}),
        ("GET", "/history/x", {}),
        ("GET", "/history/1", {"limit": 201}),
        ("GET", "/history/1", {"limit": 0}),
        ("GET", "/history/1", {"before": "1.5"}),
        ("POST", "/room/1/read", {"seq": "-1"}),
        ("POST", "/llm", {}),
        ("POST", "/llm", {"roomId": "all"}),
    ],
)
async def test_malformed_parameters_are_refused(
    alice: Person, method: str, path: str, params: dict[str, Any]
) -> None:
    assert await alice.code(method, path, **params) == "E-C001"


async def test_a_body_over_the_limit_is_refused(alice: Person, http: httpx.AsyncClient) -> None:
    response = await http.post(
        f"{alice.home}/v1/chat/room/group/create?roomName=방방방",
        content=b"x" * (BODY_MAX_BYTES + 1),
        headers={"access": alice.token},
    )
    assert (response.status_code, response.json()["code"]) == (413, "E-C002")


async def test_paths_and_methods_that_do_not_exist_are_refused(alice: Person, room: int) -> None:
    assert await alice.code("PUT", "/my/rooms") == "E-C005"
    assert await alice.code("GET", f"/room/group/{room}/join") == "E-C005"
    assert await alice.code("GET", "/no/such/path") == "E-C006"
    assert await alice.code("GET", "/my/rooms/") == "E-C006"


async def test_rooms_and_members_that_do_not_exist_are_refused(pair: Pair, meet: Meet, alice: Person) -> None:
    for method, path, params in (
        ("POST", f"/room/group/{NOBODY}/join", {}),
        ("DELETE", f"/room/group/{NOBODY}/leave", {}),
        ("GET", f"/history/{NOBODY}", {}),
        ("POST", f"/room/{NOBODY}/read", {}),
        ("POST", "/llm", {"roomId": str(NOBODY)}),
        ("GET", "/room/group", {"name": "없는 방"}),
    ):
        assert await alice.code(method, path, **params) == "E-R001", path
    assert await alice.code("POST", "/room/private/create", otherMemberId=NOBODY) == "E-M001"
    unknown = meet(pair.first, NOBODY, "Nobody")
    unknown.token = make_token(NOBODY)  # names no nickname, so no member is made of it
    assert await unknown.code("GET", "/my/rooms") == "E-M001"
    assert await unknown.code("POST", "/room/group/create", roomName="아무도 아닌 사람의 방") == "E-M001"


async def test_a_name_that_a_room_has_is_refused(alice: Person, bob: Person, room: int, room_name: str) -> None:
    assert await bob.code("POST", "/room/group/create", roomName=f"  {room_name}  ") == "E-R002"


HOUR_AGO = int(time.time()) - 3_600


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"exp": HOUR_AGO}, "expired"),
        ({"category": "refresh"}, "not an access token"),
        ({"category": None}, "not an access token"),
        ({"userId": str(ALICE)}, "malformed"),
        ({"userId": True}, "malformed"),
        ({"userId": 0}, "malformed"),
        ({"userId": 7.0}, "malformed"),
        ({"exp": None}, "malformed"),
        ({"exp": str(HOUR_AGO + 9_999)}, "malformed"),
        ({"role": "ROOT"}, "not valid"),
        ({"padding": "x" * 4_096}, "malformed"),
    ],
)
async def test_a_token_of_the_wrong_kind_is_refused(
    alice: Person, http: httpx.AsyncClient, claims: dict[str, Any], says: str
) -> None:
    headers = {"access": make_token(ALICE, **claims), "accept-language": "en"}
    response = await http.get(f"{alice.home}/v1/chat/my/rooms", headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "E-AU001")
    assert says in response.json()["message"]


@pytest.mark.parametrize("token", ["", "x", "eyJhbGciOiJub25lIn0.e30.", "a.b.c"])
async def test_what_is_no_token_is_refused(alice: Person, http: httpx.AsyncClient, token: str) -> None:
    response = await http.get(f"{alice.home}/v1/chat/my/rooms", headers={"access": token})
    assert (response.status_code, response.json()["code"]) == (401, "E-AU001")
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_token_signed_by_somebody_else_is_refused(alice: Person, http: httpx.AsyncClient) -> None:
    head, claims, signature = alice.token.split(".")
    forged = f"{head}.{claims}.{signature[::-1]}"
    response = await http.get(f"{alice.home}/v1/chat/my/rooms", headers={"access": forged})
    assert (response.status_code, response.json()["code"]) == (401, "E-AU001")


async def test_two_tokens_must_be_the_same(alice: Person, bob: Person, http: httpx.AsyncClient) -> None:
    url = f"{alice.home}/v1/chat/my/rooms"
    one = await http.get(url, headers={"access": alice.token, "authorization": f"Bearer {alice.token}"})
    two = await http.get(url, headers={"access": alice.token, "authorization": f"Bearer {bob.token}"})
    assert one.status_code == 200
    assert (two.status_code, two.json()["code"]) == (401, "E-AU001")


async def test_refusals_are_korean_unless_english_is_preferred(alice: Person, http: httpx.AsyncClient) -> None:
    url = f"{alice.home}/v1/chat/history/{NOBODY}"
    korean = await http.get(url, headers={"access": alice.token})
    english = await http.get(url, headers={"access": alice.token, "accept-language": "en-GB,en;q=0.9,ko;q=0.5"})
    assert json.loads(english.content)["message"] == "There is no such room."
    assert not korean.json()["message"].isascii()
