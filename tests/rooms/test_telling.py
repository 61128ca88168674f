"""What the admin changes is told to the room like anything else, once it is committed."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import RequestFactory

from rooms.services import RosterChange
from rooms.telling import tell_joined, tell_left

CHANGE = RosterChange(room_id=1, member_id=7, nickname="Alice", roster_version=3)


class Listener:
    """A chat server that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, RosterChange]] = []

    def tell_joined(self, change: RosterChange) -> None:
        self.told.append(("joined", change))

    def tell_left(self, change: RosterChange) -> None:
        self.told.append(("left", change))


def request_to(server: Listener | None) -> Any:
    request: Any = RequestFactory().get("/")
    request.scope = {"chat_server": server} if server else {}
    return request


@pytest.mark.django_db(transaction=True)
def test_a_change_is_told_after_its_commit_and_not_before() -> None:
    server = Listener()
    with transaction.atomic():
        tell_joined(request_to(server), CHANGE)
        assert server.told == []
    assert server.told == [("joined", CHANGE)]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_told() -> None:
    server = Listener()
    with transaction.atomic():
        tell_left(request_to(server), CHANGE)
        transaction.set_rollback(True)
    assert server.told == []


@pytest.mark.django_db(transaction=True)
def test_no_change_is_no_news_and_without_asgi_nobody_is_there_to_tell() -> None:
    server = Listener()
    tell_left(request_to(server), None)
    assert server.told == []
    tell_left(request_to(None), CHANGE)
    tell_left(SimpleNamespace(), CHANGE)  # type: ignore[arg-type]  # a request under WSGI has no scope at all
