"""REST of the search, by Django's test client."""

from typing import Any

import pytest

from messaging.search.engine import QUERY_MAX_CHARACTERS
from messaging.store.finding import FOUND_MAX_MESSAGES
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, CHARLIE, make_private_room
from tests.messaging.test_views import NO_ROOM, call, code, data, say

pytestmark = pytest.mark.django_db


def found(**query: Any) -> list[str]:
    return [message["message"] for message in data("GET", "/search", **query)["messages"]]


def test_bob_searches_his_rooms(room: Room) -> None:
    say(room, "고민상담", "점심", "고민이에요")
    answer = data("GET", "/search", q="고민")
    assert [message["seq"] for message in answer["messages"]] == [3, 1]
    assert answer["messages"][0]["roomName"] == "Garden"
    assert answer["messages"][0]["senderId"] == ALICE
    assert answer["next"] is None
    assert found(q="ㄱㅁ", roomId=room.pk) == ["고민이에요", "고민상담"]


def test_page_by_page(room: Room) -> None:
    say(room, *["고민"] * 3)
    first = data("GET", "/search", q="고민", limit=2)
    second = data("GET", "/search", q="고민", limit=2, before=first["next"])
    assert [message["seq"] for message in first["messages"] + second["messages"]] == [3, 2, 1]
    assert second["next"] is None


def test_filters(room: Room) -> None:
    say(room, "고민 https://example.com", "고민")
    assert found(q="고민", has="link") == ["고민 https://example.com"]
    assert found(q="고민", author=BOB) == []
    assert len(found(q="고민", author=ALICE, since="2026-01-01T00:00:00+09:00", until="2999-01-01T00:00:00Z")) == 2
    assert found(q="고민", since="2999-01-01T00:00:00Z") == []
    assert len(found(q="고민", roomId="", author="", since="", until="", has="", before="", limit="")) == 2


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ("100% 확실", "100%"),
        ("100% 확실", "%"),
        ("50_50", "50_50"),
        ("50_50", "_"),
        ("it's", "'"),
        ('"네"', '"'),
        ('it\'s "quoted"', "'s \"q"),
        ("C:\\temp", "C:\\"),
        ("네", "네"),
        ("긴 말", "말 " * (QUERY_MAX_CHARACTERS // 2)),
    ],
)
def test_signs_are_letters_like_others(room: Room, said: str, query: str) -> None:
    say(room, "아무것도", said)
    assert found(q=query) == [said]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": ""},
        {"q": "   \n "},
        {"q": "가" * (QUERY_MAX_CHARACTERS + 1)},
        {"q": "가" * 200},
        {"q": "고민", "roomId": "garden"},
        {"q": "고민", "roomId": 0},
        {"q": "고민", "author": "alice"},
        {"q": "고민", "since": "yesterday"},
        {"q": "고민", "since": "2026-11-29"},
        {"q": "고민", "since": "2026-11-29T09:00:00"},
        {"q": "고민", "until": "2026-13-29T09:00:00Z"},
        {"q": "고민", "until": "0001-01-01T00:00:00+14:00"},
        {"q": "고민", "until": "9999-12-31T23:59:59-14:00"},
        {"q": "고민", "until": "2" * 10_000},
        {"q": "고민", "has": "files"},
        {"q": "고민", "before": "newest"},
        {"q": "고민", "before": "1-2-3"},
        {"q": "고민", "limit": 0},
        {"q": "고민", "limit": FOUND_MAX_MESSAGES + 1},
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(room: Room, query: dict[str, Any]) -> None:
    answer = call("GET", "/search", **query)
    assert (answer["status"], answer["code"]) == (400, "E-C001")
    assert answer["message"].endswith(".")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({}, "q 값이 없어요."),
        ({"q": "   \n "}, "검색할 말을 입력해 주세요."),
        ({"q": "가" * 200}, "검색어는 100자까지 쓸 수 있어요."),
        ({"q": "고민", "roomId": NO_ROOM}, "채팅방을 찾을 수 없어요."),
        ({"q": "고민", "by": CHARLIE}, "이 채팅방에 참여하고 있지 않아요."),
        ({"q": "고민", "since": "yesterday"}, "since에는 2026-11-29T09:00:00Z와 같은 시각을 써 주세요."),
        ({"q": "고민", "has": "files"}, "has에는 link나 file만 쓸 수 있어요."),
    ],
)
def test_what_is_refused_is_said_in_korean(room: Room, query: dict[str, Any], sentence: str) -> None:
    assert call("GET", "/search", language="ko", **{"roomId": room.pk} | query)["message"] == sentence


def test_rooms_that_are_not_ones_own(room: Room, alice: Member, bob: Member, charlie: Member) -> None:
    assert code("GET", "/search", q="고민", roomId=room.pk, by=CHARLIE) == (403, "E-AU002")
    assert code("GET", "/search", q="고민", roomId=NO_ROOM) == (404, "E-R001")
    private = make_private_room(alice, bob)
    assert code("GET", "/search", q="고민", roomId=private.pk, by=CHARLIE) == (404, "E-R001")
    assert code("GET", "/search", q="고민", by=None) == (401, "E-AU001")
