"""The main server names members, and asks how much they have not read."""

import pytest

from rooms.members import users
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.server_views.calling import MainServer
from tests.messaging.store.test_mentions import draft, store

pytestmark = pytest.mark.django_db


def test_a_member_is_named_before_their_first_token(main_server: MainServer) -> None:
    made = main_server.ask("PUT", f"/members/{BOB}", {"nickname": "지은", "role": "USER"})
    assert (made["memberId"], made["nickName"], made["role"]) == (BOB, "지은", "USER")
    assert main_server.ask("GET", f"/members/{BOB}") == made
    assert main_server.refusal("GET", "/members/999") == "E-M001"
    for body in ({"nickname": "지은", "role": "KING"}, {"nickname": "\u200b", "role": "USER"}, {"role": "USER"}):
        assert main_server.refusal("PUT", f"/members/{BOB}", body) == "E-C001"


def test_who_is_under_14_is_said_once_and_taken_back(main_server: MainServer, alice: Member) -> None:
    path = f"/members/{ALICE}"
    assert main_server.ask("GET", path)["under14"] is None
    for under14 in (True, False, None):
        assert main_server.ask("PUT", f"{path}/age", {"under14": under14})["under14"] is under14
        assert main_server.ask("GET", path)["under14"] is under14
    assert main_server.refusal("PUT", f"{path}/age", {"under14": 1}) == "E-C001"
    assert main_server.refusal("PUT", "/members/999/age", {"under14": True}) == "E-M001"


def test_where_members_are_kept_elsewhere_none_is_named(
    main_server: MainServer, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users, "may_be_written", lambda: False)
    assert main_server.refusal("PUT", f"/members/{ALICE}", {"nickname": "A", "role": "USER"}) == "E-SV005"
    assert main_server.ask("GET", f"/members/{ALICE}")["nickName"] == "Alice"


def test_what_is_unread_is_counted(main_server: MainServer, room: Room) -> None:
    store(draft(room, "one"), draft(room, "two", mentions=(BOB,)))
    counts = {"memberId": BOB, "unReadCount": 2, "mentionCount": 1}
    rooms = [{"roomId": room.pk, "unReadCount": 2, "mentionCount": 1, "notify": "all"}]
    assert main_server.ask("GET", f"/members/{BOB}/unread") == counts | {"rooms": rooms}
    assert main_server.refusal("GET", "/members/999/unread") == "E-M001"
    nothing = {"unReadCount": 0, "mentionCount": 0}
    assert main_server.ask("POST", "/members/unread", {"memberIds": [CHARLIE, BOB, 999, BOB]}) == {
        "members": [{"memberId": CHARLIE, **nothing}, counts, {"memberId": 999, **nothing}]
    }
    assert main_server.ask("POST", "/members/unread", {"memberIds": []}) == {"members": []}
    assert main_server.refusal("POST", "/members/unread", {"memberIds": list(range(1, 102))}) == "E-C001"
