"""REST of rooms in use, by Django's test client: envelopes, codes, bounds."""

import tracemalloc
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from messaging.store.services import Draft, store_messages
from rooms.models import Member, Participant, Room
from rooms.moderation import imposing, ranks
from tests.factories import ALICE, BOB, CHARLIE, make_private_room, token_for

pytestmark = pytest.mark.django_db

V1 = "/v1/chat"
NO_ROOM = 999_999
MESSAGE_KEYS = [
    "roomId",
    "seq",
    "version",
    "kind",
    "senderId",
    "nickName",
    "message",
    "createdAt",
    "clientId",
    "replyTo",
    "editedAt",
    "deletedAt",
]


def call(method: str, path: str, *, by: int | None = BOB, language: str = "en", **query: Any) -> dict[str, Any]:
    """The answer's JSON; its status is checked against the HTTP status."""
    headers = {"accept-language": language} | ({} if by is None else {"access": token_for(by)})
    response = Client(headers=headers).generic(method, V1 + path, query_params=query)
    answer: dict[str, Any] = response.json()
    assert response.status_code == (200 if answer["status"] == "SUCCESS" else answer["status"])
    return answer


def data(method: str, path: str, *, by: int = BOB, **query: Any) -> Any:
    answer = call(method, path, by=by, **query)
    assert (answer["status"], answer["code"]) == ("SUCCESS", "S-001"), answer
    return answer["data"]


def code(method: str, path: str, *, by: int | None = BOB, **query: Any) -> tuple[int, str]:
    answer = call(method, path, by=by, **query)
    return answer["status"], answer["code"]


def say(room: Room, *texts: str) -> None:
    drafts = [Draft(room.pk, ALICE, text, uuid4().hex) for text in texts]
    store_messages(drafts, now=datetime.now(UTC))


# --- coming and going


def test_who_was_taken_out_by_staff_is_refused_at_the_door(room: Room) -> None:
    imposing.take_out(room_id=room.pk, member_id=BOB, acting=ranks.staff(), now=datetime.now(UTC))
    answer = call("POST", f"/room/group/{room.pk}/join", by=BOB)
    assert (answer["status"], answer["code"]) == (403, "E-AU002")
    assert answer["message"] == "You were removed from this room and cannot come back."


def test_charlie_joins_and_leaves(room: Room) -> None:
    path = f"/room/group/{room.pk}"
    assert data("POST", f"{path}/join", by=CHARLIE) is None
    assert data("POST", f"{path}/join", by=CHARLIE) is None
    assert room.participants.count() == 3
    assert data("DELETE", f"{path}/leave", by=CHARLIE) is None


def test_who_leaves_where_they_are_not_is_told_as_the_replaced_server_did(room: Room) -> None:
    path = f"/room/group/{room.pk}/leave"
    assert code("DELETE", path, by=CHARLIE) == (404, "E-M001")
    assert call("DELETE", path, by=CHARLIE)["message"] == "You are not in this room."
    assert room.participants.count() == 2


def test_the_last_one_out_deletes_the_room(room: Room) -> None:
    say(room, "hello")
    for member_id in (ALICE, BOB):
        data("DELETE", f"/room/group/{room.pk}/leave", by=member_id)
    assert not Room.objects.filter(pk=room.pk).exists()


def test_a_private_room_is_neither_joined_nor_left(alice: Member, bob: Member, charlie: Member) -> None:
    private = make_private_room(alice, bob)
    assert code("POST", f"/room/group/{private.pk}/join") == (400, "E-C003")
    assert code("DELETE", f"/room/group/{private.pk}/leave") == (400, "E-C003")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/room/group/{}/join"),
        ("DELETE", "/room/group/{}/leave"),
        ("GET", "/history/{}"),
        ("POST", "/room/{}/read"),
        ("GET", "/room/{}/assistant"),
        ("GET", f"/room/{{}}/assistant/{UUID(int=7)}"),
    ],
)
def test_to_charlie_a_private_room_of_others_is_as_one_that_is_not_there(
    alice: Member, bob: Member, charlie: Member, method: str, path: str
) -> None:
    private = make_private_room(alice, bob)
    for room_id in (private.pk, private.pk + 1):
        assert code(method, path.format(room_id), by=CHARLIE) == (404, "E-R001")


@pytest.mark.parametrize(("method", "path"), [("POST", "/room/group/{}/join"), ("DELETE", "/room/group/{}/leave")])
def test_rooms_that_are_not_there(room: Room, method: str, path: str) -> None:
    assert code(method, path.format(NO_ROOM)) == (404, "E-R001")
    for nonsense in ("garden", "0", "-1", "1.5", "%D9%A3", "1_0", "9223372036854775808"):
        assert code(method, path.format(nonsense)) == (400, "E-C001")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/room/group/1/join"),
        ("DELETE", "/room/group/1/leave"),
        ("GET", "/my/rooms"),
        ("GET", "/history/1"),
        ("POST", "/room/1/read"),
    ],
)
def test_nobody_does_anything_without_a_token_or_by_another_method(room: Room, method: str, path: str) -> None:
    assert code(method, path, by=None) == (401, "E-AU001")
    assert code("PUT", path) == (405, "E-C005")
    assert call(method, path, by=None)["message"] == "The access token is missing."


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/my/rooms"),
        ("POST", "/room/group/{room}/join"),
        ("GET", "/history/{room}"),
        ("POST", "/room/{room}/read"),
    ],
)
def test_whom_nobody_knows_is_no_member(room: Room, method: str, path: str) -> None:
    assert code(method, path.format(room=room.pk), by=999) == (404, "E-M001")


# --- one's rooms


def test_unread_messages_are_counted(room: Room, alice: Member, bob: Member) -> None:
    say(room, "one", "two", "three")
    (mine,) = data("GET", "/my/rooms")
    assert dict(list(mine.items())[:6]) == {  # as clients of the replaced server know it
        "roomId": room.pk,
        "roomName": "Garden",
        "isGroupChat": True,
        "unReadCount": 3,
        "lastSeq": 3,
        "readSeq": 0,
    }
    (hers,) = data("GET", "/my/rooms", by=ALICE)
    assert hers["unReadCount"] == 0
    assert data("GET", "/my/rooms", by=CHARLIE) == []


def test_who_comes_later_has_nothing_unread(room: Room) -> None:
    say(room, "before")
    data("POST", f"/room/group/{room.pk}/join", by=CHARLIE)
    say(room, "after")
    (mine,) = data("GET", "/my/rooms", by=CHARLIE)
    assert (mine["unReadCount"], mine["readSeq"]) == (1, 1)


# --- the history


def test_a_message_has_all_its_keys(room: Room) -> None:
    say(room, "안녕 🍣")
    (message,) = data("GET", f"/history/{room.pk}")
    assert list(message) == MESSAGE_KEYS
    assert (message["message"], message["senderId"], message["nickName"]) == ("안녕 🍣", ALICE, "Alice")
    assert message["createdAt"].endswith("Z")


def test_the_history_is_paged_both_ways(room: Room) -> None:
    say(room, *map(str, range(1, 121)))

    def seqs(**query: int) -> list[int]:
        return [message["seq"] for message in data("GET", f"/history/{room.pk}", **query)]

    assert seqs() == list(range(21, 121))
    assert seqs(limit=200) == list(range(1, 121))
    assert seqs(limit=2) == [119, 120]
    assert seqs(before=21, limit=3) == [18, 19, 20]
    assert seqs(after=118) == [119, 120]
    assert seqs(after=0, limit=1) == [1]


def test_a_place_in_the_history_is_shown_with_what_is_around_it(room: Room) -> None:
    say(room, *map(str, range(1, 121)))

    def seqs(**query: Any) -> list[int]:
        return [message["seq"] for message in data("GET", f"/history/{room.pk}", **query)]

    assert seqs(around=50, limit=5) == [48, 49, 50, 51, 52]
    assert seqs(around=50, limit=4) == [49, 50, 51, 52]
    assert seqs(around=50, limit=1) == [50]
    assert seqs(around=2, limit=6) == [1, 2, 3, 4, 5]
    assert seqs(around=120, limit=4) == [119, 120]
    assert seqs(around=121, limit=4) == [117, 118, 119, 120]
    assert seqs(around=0, limit=4) == [1, 2]
    assert seqs(around="", limit=1) == [120]
    for other in ("before", "after"):
        assert code("GET", f"/history/{room.pk}", around=50, **{other: 7}) == (400, "E-C001")


def test_strangers_read_no_history(room: Room) -> None:
    assert code("GET", f"/history/{room.pk}", by=CHARLIE) == (403, "E-AU002")
    assert code("GET", f"/history/{NO_ROOM}") == (404, "E-R001")


@pytest.mark.parametrize("name", ["before", "after", "around", "limit"])
@pytest.mark.parametrize("value", ["x", "-1", "1.5", "٣", "1_0", " 1", "9223372036854775808"])
def test_numbers_are_plain_ones_in_range(room: Room, name: str, value: str) -> None:
    assert code("GET", f"/history/{room.pk}", by=BOB, **{name: value}) == (400, "E-C001")


@pytest.mark.parametrize("name", ["before", "after", "limit"])
def test_an_empty_number_of_a_form_is_none(room: Room, name: str) -> None:
    say(room, "one", "two")
    empty: dict[str, Any] = {name: ""}
    assert data("GET", f"/history/{room.pk}", **empty) == data("GET", f"/history/{room.pk}")
    assert data("POST", f"/room/{room.pk}/read", seq="") is None
    assert Participant.objects.get(room=room, member_id=BOB).read_seq == 2


@pytest.mark.parametrize("limit", [0, 201])
def test_a_page_has_1_to_200_messages(room: Room, limit: int) -> None:
    assert code("GET", f"/history/{room.pk}", limit=limit) == (400, "E-C001")


# --- reading


def test_bob_reads(room: Room) -> None:
    say(room, "one", "two", "three")

    def read_seq() -> int:
        return Participant.objects.get(room=room, member_id=BOB).read_seq

    assert data("POST", f"/room/{room.pk}/read", seq=2) is None
    assert read_seq() == 2
    data("POST", f"/room/{room.pk}/read", seq=1)
    assert read_seq() == 2
    data("POST", f"/room/{room.pk}/read")
    assert read_seq() == 3


def test_nobody_reads_where_they_are_not(room: Room) -> None:
    assert code("POST", f"/room/{room.pk}/read", by=CHARLIE) == (403, "E-AU002")
    assert code("POST", f"/room/{NO_ROOM}/read") == (404, "E-R001")
    assert code("POST", f"/room/{room.pk}/read", seq="many") == (400, "E-C001")


# --- what it costs


def test_the_longest_page_costs_the_memory_of_its_bytes_twice_and_a_little(room: Room) -> None:
    say(room, *["가" * 3_999 + "🍣"] * 200)  # four bytes a character, once it is a string of Python's
    data("GET", f"/history/{room.pk}", limit=1)  # what is made once
    tracemalloc.start()
    try:
        client = Client(headers={"access": token_for(BOB)})
        body = client.get(f"{V1}/history/{room.pk}", query_params={"limit": "200"}).content
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(body) > 200 * 3_999 * 3
    assert peak < 3 * len(body)
