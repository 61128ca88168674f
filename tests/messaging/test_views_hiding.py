"""REST of hiding messages: by the same road as on sockets, and only managers look at what is hidden."""

from typing import Any

import pytest
from django.utils import timezone

from rooms.models import Room
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.store.doing import read, role, say
from tests.messaging.test_views_acts import call


@pytest.fixture
def garden(room: Room) -> Room:
    """Alice owns it, and Bob said one, two."""
    role(room, owner=ALICE)
    say(room, "one", "two", sender_id=BOB, now=timezone.now())
    return room


@pytest.mark.django_db
def test_a_message_is_hidden_looked_at_and_shown_again(garden: Room) -> None:
    one = f"/room/{garden.pk}/message/1"
    assert call("PUT", f"{one}/hiding", '{"reason": "광고", "until": "2090-01-01T00:00:00+09:00"}') == (
        "S-001",
        {"version": 3},
    )
    assert read(garden, 1).message == ""
    code, seen = call("GET", one)
    assert (code, seen["message"]["message"], seen["message"]["hiddenAt"]) == (
        "S-001",
        "one",
        read(garden, 1).hidden_at,
    )
    assert [(held["reason"], held["until"]) for held in seen["hidings"]] == [
        ("광고", "2089-12-31T15:00:00.000000Z")
    ]
    assert call("DELETE", f"{one}/hiding?reason=오해") == ("S-001", {"version": 4})
    assert call("DELETE", f"{one}/hiding") == ("S-001", {"version": 4})
    assert read(garden, 1).message == "one"
    assert call("GET", one)[1]["hidings"] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "body", "by", "code"),
    [
        ("PUT", "/message/1/hiding", '{"reason": "x"}', BOB, "E-MS007"),
        ("PUT", "/message/1/hiding", '{"reason": "x"}', CHARLIE, "E-AU002"),
        ("PUT", "/message/9/hiding", '{"reason": "x"}', ALICE, "E-MS001"),
        ("PUT", "/message/1/hiding", "{}", ALICE, "E-C001"),
        ("PUT", "/message/1/hiding", '{"reason": "  "}', ALICE, "E-C001"),
        ("PUT", "/message/1/hiding", '{"reason": "x", "until": "2020-01-01T00:00:00Z"}', ALICE, "E-C001"),
        ("PUT", "/message/1/hiding", '{"reason": "x", "until": "tomorrow"}', ALICE, "E-C001"),
        ("DELETE", "/message/1/hiding", None, BOB, "E-MS007"),
        ("DELETE", f"/message/1/hiding?reason={'x' * 201}", None, ALICE, "E-C001"),
        ("GET", "/message/1", None, BOB, "E-MS007"),
        ("GET", "/message/1", None, CHARLIE, "E-AU002"),
        ("GET", "/message/9", None, ALICE, "E-MS001"),
        ("GET", "/message/0", None, ALICE, "E-C001"),
    ],
)
def test_what_is_refused(garden: Room, method: str, path: str, body: Any, by: int, code: str) -> None:
    assert call(method, f"/room/{garden.pk}{path}", body, by=by)[0] == code
    assert read(garden, 1).message == "one"
