"""The main server sees who is in a room, puts members in, takes them out, and gives roles."""

import pytest

from rooms.models import Member, Room
from tests.factories import ALICE, BOB, CHARLIE, make_private_room
from tests.messaging.server_views.calling import MainServer
from tests.rooms.moderation.cast import roles_in

pytestmark = pytest.mark.django_db


def test_members_are_listed_in_pages(main_server: MainServer, room: Room) -> None:
    path = f"/rooms/{room.pk}/members"
    first = main_server.ask("GET", f"{path}?limit=1")
    assert first == {
        "members": [{"memberId": BOB, "nickName": "Bob", "role": "member", "readSeq": 0, "joinedSeq": 0}],
        "next": BOB,
    }
    second = main_server.ask("GET", f"{path}?limit=1&after={first['next']}")
    assert ([one["memberId"] for one in second["members"]], second["next"]) == ([ALICE], None)
    assert main_server.refusal("GET", "/rooms/999/members") == "E-R001"
    assert main_server.refusal("GET", f"{path}?limit=501") == "E-C001"


def test_one_member_is_put_in_and_taken_out(main_server: MainServer, room: Room) -> None:
    path = f"/rooms/{room.pk}/members/{CHARLIE}"
    assert [main_server.ask("PUT", path)["outcome"] for _time in range(2)] == ["joined", "already"]
    assert [main_server.ask("DELETE", path)["outcome"] for _time in range(2)] == ["left", "already"]
    assert main_server.refusal("PUT", f"/rooms/{room.pk}/members/999") == "E-M001"
    assert set(roles_in(room)) == {ALICE, BOB}


def test_many_are_put_in_and_each_is_told_of(main_server: MainServer, room: Room) -> None:
    told = main_server.ask("POST", f"/rooms/{room.pk}/members", {"memberIds": [999, CHARLIE, ALICE]})
    assert told == {
        "outcomes": [
            {"memberId": 999, "outcome": "unknown"},
            {"memberId": CHARLIE, "outcome": "joined"},
            {"memberId": ALICE, "outcome": "already"},
        ]
    }
    assert main_server.refusal("POST", f"/rooms/{room.pk}/members", {"memberIds": list(range(1, 502))}) == "E-C001"


def test_the_last_one_out_deletes_the_room(main_server: MainServer, room: Room) -> None:
    for member_id in (ALICE, BOB):
        main_server.ask("DELETE", f"/rooms/{room.pk}/members/{member_id}")
    assert not Room.objects.exists()


def test_roles_are_given(main_server: MainServer, room: Room) -> None:
    path = f"/rooms/{room.pk}/members"
    main_server.ask("PUT", f"{path}/{ALICE}/role", {"role": "owner"})
    main_server.ask("PUT", f"{path}/{BOB}/role", {"role": "owner"})
    assert roles_in(room) == {ALICE: "manager", BOB: "owner"}
    assert main_server.refusal("PUT", f"{path}/{BOB}/role", {"role": "member"}) == "E-C001"
    assert main_server.refusal("PUT", f"{path}/{CHARLIE}/role", {"role": "manager"}) == "E-M001"
    assert main_server.refusal("PUT", f"{path}/{ALICE}/role", {"role": "king"}) == "E-C001"


def test_a_private_room_is_its_two_members(
    main_server: MainServer, alice: Member, bob: Member, charlie: Member
) -> None:
    path = f"/rooms/{make_private_room(alice, bob).pk}/members"
    assert [one["memberId"] for one in main_server.ask("GET", path)["members"]] == [BOB, ALICE]
    for method, below, body in (
        ("PUT", f"/{CHARLIE}", None),
        ("DELETE", f"/{BOB}", None),
        ("POST", "", {"memberIds": [CHARLIE]}),
        ("PUT", f"/{BOB}/role", {"role": "manager"}),
    ):
        assert main_server.refusal(method, path + below, body) == "E-C003"
