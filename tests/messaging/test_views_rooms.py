"""REST of rooms as they are shown: shapes, pages, bounds."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from rooms.models import Member, Room
from rooms.moderation.founding import close_room
from rooms.moderation.ranks import staff
from tests.factories import ALICE, BOB, CHARLIE, make_group_room
from tests.messaging.store.test_mentions import NOW, draft, store
from tests.messaging.test_views import call, code, data

pytestmark = pytest.mark.django_db
SEARCH = "/room/group/search"


def test_rooms_are_found_in_pages_with_what_they_are_about(room: Room, bob: Member) -> None:
    make_group_room("정원사", bob)
    store(draft(room, "hello"))
    Room.objects.filter(name="정원사").update(updated_at=NOW - timedelta(hours=1))
    first = data("GET", SEARCH, q="ㅈㅇ")
    assert ([one["roomName"] for one in first["rooms"]], first["next"]) == (["정원사"], None)
    page = data("GET", SEARCH, limit=1)
    shown = {key: page["rooms"][0][key] for key in ("roomName", "memberCount", "isMine", "lastText")}
    assert shown == {"roomName": "Garden", "memberCount": 2, "isMine": True, "lastText": "hello"}
    assert [one["roomName"] for one in data("GET", SEARCH, after=page["next"])["rooms"]] == ["정원사"]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 51}, {"after": "the end"}, {"q": "가" * 51}], ids=str)
def test_the_search_has_bounds(room: Room, query: dict[str, Any]) -> None:
    assert code("GET", SEARCH, **query) == (400, "E-C001")


def test_who_was_in_a_room_that_staff_deleted_learns_why_and_nobody_else(room: Room, charlie: Member) -> None:
    path = f"/room/{room.pk}"
    close_room(room_id=room.pk, acting=staff(), now=timezone.now(), why="모임이 끝났어요.")
    answer = call("GET", path, by=BOB)
    told = {key: answer[key] for key in ("status", "code", "roomName", "why")}
    assert told == {"status": 410, "code": "E-R006", "roomName": "Garden", "why": "모임이 끝났어요."}
    assert code("GET", path, by=CHARLIE) == (404, "E-R001")
    assert code("GET", f"/history/{room.pk}", by=BOB) == (404, "E-R001")


def test_a_room_that_is_not_there_is_nobodys(room: Room) -> None:
    assert code("GET", "/room/999999", by=ALICE) == code("GET", "/room/999999", by=BOB) == (404, "E-R001")
