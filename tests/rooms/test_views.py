"""The REST contract of finding and making rooms: paths, codes, keys and the order of checks."""

from typing import Any

import pytest
from django.test import Client

from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, make_group_room, make_private_room, token_for

pytestmark = pytest.mark.django_db
UNKNOWN = 2**63 - 1


class Caller:
    """One member's client; answers are (HTTP status, code, data or None)."""

    def __init__(self, token: str | None) -> None:
        self.client = Client(headers={"access": token} if token else {})

    def get(self, path: str, **query: Any) -> tuple[int, str, Any]:
        return self._answer(self.client.get(f"/v1/chat/{path}", query_params=query))

    def post(self, path: str, **query: Any) -> tuple[int, str, Any]:
        return self._answer(self.client.post(f"/v1/chat/{path}", query_params=query))

    @staticmethod
    def _answer(response: Any) -> tuple[int, str, Any]:
        body = response.json()
        assert body["status"] == ("SUCCESS" if response.status_code == 200 else response.status_code)
        assert body["message"]
        return response.status_code, body["code"], body.get("data")


@pytest.fixture
def from_alice(alice: Member) -> Caller:
    return Caller(token_for(ALICE))


@pytest.fixture
def from_bob(bob: Member) -> Caller:
    return Caller(token_for(BOB))


# --- POST room/group/create --------------------------------------------------------------------


def test_alice_creates_a_room_and_is_in_it(from_alice: Caller) -> None:
    status, code, data = from_alice.post("room/group/create", roomName=" 고민상담방 ")
    room = Room.objects.get()
    assert (status, code, data) == (200, "S-001", {"roomId": room.room_id, "roomName": "고민상담방"})
    assert Participant.objects.get().member_id == ALICE


def test_a_room_name_exists_once(from_alice: Caller, from_bob: Caller) -> None:
    from_alice.post("room/group/create", roomName="Garden")
    assert from_bob.post("room/group/create", roomName="Garden") == (409, "E-R002", None)


@pytest.mark.parametrize("name", ["", " x ", "x" * 51, "a\nb", "\u200b\u200b"], ids=ascii)
def test_an_unusable_room_name_is_malformed(from_alice: Caller, name: str) -> None:
    assert from_alice.post("room/group/create", roomName=name) == (400, "E-C001", None)


def test_a_room_needs_a_name(from_alice: Caller) -> None:
    assert from_alice.post("room/group/create") == (400, "E-C001", None)


def test_an_unusable_name_is_told_also_to_one_who_is_no_member(db: None) -> None:
    assert Caller(token_for(UNKNOWN)).post("room/group/create", roomName="x") == (400, "E-C001", None)


def test_one_who_is_no_member_creates_nothing(db: None) -> None:
    assert Caller(token_for(UNKNOWN)).post("room/group/create", roomName="Garden") == (404, "E-M001", None)
    assert not Room.objects.exists()


def test_a_nickname_in_the_token_makes_the_member(db: None) -> None:
    newcomer = Caller(token_for(12, nickname="Dana"))
    assert newcomer.post("room/group/create", roomName="Garden")[0] == 200
    assert Member.objects.get(member_id=12).nickname == "Dana"


# --- GET room/group/list -----------------------------------------------------------------------


def test_rooms_are_listed_five_a_page_the_newest_first(from_alice: Caller) -> None:
    rooms = [make_group_room(f"Room {number}") for number in range(6)]
    newest_first = [{"roomId": room.room_id, "roomName": room.name} for room in reversed(rooms)]
    assert from_alice.get("room/group/list", page=0) == (
        200,
        "S-001",
        {"rooms": newest_first[:5], "hasNext": True},
    )
    assert from_alice.get("room/group/list", page=1) == (
        200,
        "S-001",
        {"rooms": newest_first[5:], "hasNext": False},
    )


def test_the_first_page_is_the_usual_one(from_alice: Caller) -> None:
    make_group_room("Garden")
    assert from_alice.get("room/group/list") == from_alice.get("room/group/list", page=0)


def test_an_empty_page_is_the_first_one(from_alice: Caller) -> None:
    make_group_room("Garden")
    assert from_alice.get("room/group/list", page="") == from_alice.get("room/group/list", page=0)


def test_an_empty_id_is_none(from_alice: Caller) -> None:
    assert from_alice.post("room/private/create", otherMemberId="") == (400, "E-C001", None)


def test_the_furthest_page_is_empty(from_alice: Caller) -> None:
    make_group_room("Garden")
    furthest = UNKNOWN // 5 - 1
    assert from_alice.get("room/group/list", page=furthest) == (200, "S-001", {"rooms": [], "hasNext": False})


@pytest.mark.parametrize(
    "page", ["-1", " ", "x", "1.0", "٣", "1_0", " 1", str(2**63), str((2**63 - 1) // 5)], ids=ascii
)
def test_an_unusable_page_is_malformed(from_alice: Caller, page: str) -> None:
    assert from_alice.get("room/group/list", page=page) == (400, "E-C001", None)


# --- GET room/group ----------------------------------------------------------------------------


def test_a_room_is_found_by_its_name(from_alice: Caller) -> None:
    room = make_group_room("Garden")
    assert from_alice.get("room/group", name="Garden") == (
        200,
        "S-001",
        {"roomId": room.room_id, "roomName": "Garden"},
    )


def test_a_room_that_is_not_there_is_not_found(from_alice: Caller) -> None:
    assert from_alice.get("room/group", name="Garden") == (404, "E-R001", None)


@pytest.mark.parametrize("they_talk", [True, False])
def test_nobody_learns_by_a_name_whether_two_others_talk(
    from_alice: Caller, bob: Member, charlie: Member, they_talk: bool
) -> None:
    if they_talk:
        make_private_room(bob, charlie)
    assert from_alice.get("room/group", name="Bob-Charlie") == (404, "E-R001", None)
    assert from_alice.post("room/group/create", roomName="Bob-Charlie")[:2] == (200, "S-001")


def test_a_search_needs_a_name(from_alice: Caller) -> None:
    assert from_alice.get("room/group") == (400, "E-C001", None)


# --- POST room/private/create ------------------------------------------------------------------


def test_both_get_the_number_of_one_private_room(from_alice: Caller, from_bob: Caller) -> None:
    status, code, room_id = from_alice.post("room/private/create", otherMemberId=BOB)
    room = Room.objects.get()
    assert (status, code, room_id) == (200, "S-001", room.room_id)
    assert from_bob.post("room/private/create", otherMemberId=ALICE) == (200, "S-001", room_id)


def test_nobody_is_private_with_themselves(from_alice: Caller) -> None:
    assert from_alice.post("room/private/create", otherMemberId=ALICE) == (400, "E-C001", None)


def test_nobody_is_private_with_a_member_who_is_not_there(from_alice: Caller) -> None:
    assert from_alice.post("room/private/create", otherMemberId=UNKNOWN) == (404, "E-M001", None)


@pytest.mark.parametrize("other", ["0", "-3", "x", "", "٣", str(2**63)], ids=ascii)
def test_an_unusable_member_number_is_malformed(from_alice: Caller, other: str) -> None:
    assert from_alice.post("room/private/create", otherMemberId=other) == (400, "E-C001", None)


def test_a_private_room_needs_another_member(from_alice: Caller) -> None:
    assert from_alice.post("room/private/create") == (400, "E-C001", None)


# --- every endpoint ----------------------------------------------------------------------------

ENDPOINTS = [
    ("post", "room/group/create"),
    ("get", "room/group/list"),
    ("get", "room/group"),
    ("post", "room/private/create"),
]


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_nothing_is_told_without_a_token(method: str, path: str) -> None:
    assert getattr(Caller(None), method)(path) == (401, "E-AU001", None)
    assert getattr(Caller(token_for(ALICE, category="refresh")), method)(path) == (401, "E-AU001", None)


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_the_other_method_is_not_allowed(from_alice: Caller, method: str, path: str) -> None:
    other = {"post": "get", "get": "post"}[method]
    assert getattr(from_alice, other)(path) == (405, "E-C005", None)


# --- GET room/{roomId}/members -----------------------------------------------------------------


def test_a_member_reads_who_is_in_the_room(from_bob: Caller, alice: Member, bob: Member) -> None:
    room = make_group_room("Garden", alice, bob)
    her = {"memberId": ALICE, "nickName": "Alice", "role": "member", "readSeq": 0, "joinedSeq": 0}
    him = her | {"memberId": BOB, "nickName": "Bob"}
    everybody = {"members": [him, her], "me": him, "memberCount": 2, "next": None}
    assert from_bob.get(f"room/{room.pk}/members") == (200, "S-001", everybody)
    found = from_bob.get(f"room/{room.pk}/members", prefix="AL", limit=1, after=BOB)
    assert found == (200, "S-001", everybody | {"members": [her]})


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 301}, {"after": -1}, {"after": "x"}])
def test_a_page_of_members_that_cannot_be_is_refused(from_bob: Caller, bob: Member, query: Any) -> None:
    room = make_group_room("Garden", bob)
    assert from_bob.get(f"room/{room.pk}/members", **query) == (400, "E-C001", None)


def test_who_is_not_in_the_room_reads_no_members(from_bob: Caller, alice: Member, bob: Member) -> None:
    room = make_group_room("Garden", alice)
    assert from_bob.get(f"room/{room.pk}/members") == (403, "E-AU002", None)
    assert from_bob.get(f"room/{UNKNOWN}/members") == (404, "E-R001", None)
