"""REST of what is a member's own: shapes, pages, bounds, codes."""

from typing import Any

import pytest
from django.test import Client

from rooms.models import Member, Room
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, token_for
from tests.messaging.store.test_mentions import draft, store
from tests.messaging.test_views import V1, code, data

pytestmark = pytest.mark.django_db


def put(path: str, body: Any, *, by: int = BOB) -> tuple[int, str, Any]:
    headers = {"access": token_for(by), "accept-language": "en"}
    answer = Client(headers=headers).put(V1 + path, body, content_type="application/json").json()
    status = 200 if answer["status"] == "SUCCESS" else answer["status"]
    return status, answer["code"], answer.get("data", answer["message"])


def test_without_parameters_my_rooms_are_a_list_and_with_one_they_come_in_pages(
    room: Room, alice: Member, bob: Member
) -> None:
    kitchen = make_group_room("Kitchen", alice, bob)
    assert [mine["roomId"] for mine in data("GET", "/my/rooms")] == [kitchen.pk, room.pk]
    first = data("GET", "/my/rooms", limit=1)
    assert [mine["roomId"] for mine in first["rooms"]] == [kitchen.pk]
    second = data("GET", "/my/rooms", after=first["next"])
    assert ([mine["roomId"] for mine in second["rooms"]], second["next"]) == ([room.pk], None)
    assert data("GET", "/my/rooms", limit=200, by=CHARLIE) == {"rooms": [], "next": None}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/my/rooms", {"limit": "0"}),
        ("/my/rooms", {"limit": "201"}),
        ("/my/rooms", {"limit": "many"}),
        ("/my/rooms", {"after": "the beginning"}),
        ("/my/mentions", {"limit": "0"}),
        ("/my/mentions", {"limit": "101"}),
        ("/my/mentions", {"before": "0"}),
        ("/my/mentions", {"before": "x"}),
    ],
)
def test_pages_have_bounds(room: Room, path: str, query: dict[str, Any]) -> None:
    assert code("GET", path, **query) == (400, "E-C001")


def test_my_mentions_come_in_pages(room: Room) -> None:
    store(*(draft(room, str(number), mentions=(BOB,)) for number in range(3)))
    first = data("GET", "/my/mentions", limit=2)
    assert [message["message"] for message in first["messages"]] == ["2", "1"]
    assert first["messages"][0]["roomName"] == "Garden"
    second = data("GET", "/my/mentions", limit=2, before=first["next"])
    assert ([message["message"] for message in second["messages"]], second["next"]) == (["0"], None)
    assert data("GET", "/my/mentions", by=ALICE) == {"messages": [], "next": None}


def test_bob_says_what_he_wants_to_be_told_of(room: Room) -> None:
    assert put("/me/notifications", {"keywords": ["배포", "배포"]}) == (200, "S-001", {"keywords": ["배포"]})
    assert data("GET", "/me/notifications") == {"keywords": ["배포"]}
    assert put(f"/room/{room.pk}/notifications", {"level": "none"}) == (200, "S-001", None)
    [mine] = data("GET", "/my/rooms")
    assert mine["notify"] == "none"


def test_what_nobody_can_be_told_of_is_refused(room: Room) -> None:
    bodies = [{}, {"keywords": None}, {"keywords": "배포"}, {"keywords": [1]}, {"keywords": ["가"]}, []]
    for body in bodies:
        assert put("/me/notifications", body)[:2] == (400, "E-C001"), body
    for body in ({}, {"level": "some"}, {"level": None}):
        assert put(f"/room/{room.pk}/notifications", body)[:2] == (400, "E-C001"), body
    assert put(f"/room/{room.pk}/notifications", {"level": "all"}, by=CHARLIE)[:2] == (403, "E-AU002")
    assert put("/room/999999/notifications", {"level": "all"})[:2] == (404, "E-R001")
    words = [f"word {number}" for number in range(21)]
    assert put("/me/notifications", {"keywords": words}) == (400, "E-C001", "There can be at most 20 keywords.")
