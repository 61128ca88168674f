"""What is put on every method of the server API: its scope, one transaction, and that it is done once."""

from typing import Any

import pytest
from django.db import transaction
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from chatproject.errors import RoomNotFound
from chatproject.http.openapi import NOTHING
from chatproject.server_api.endpoints import REPLAYED, ServerView, reads, writes
from chatproject.server_api.idempotency import LEFT_LYING_AFTER
from chatproject.server_api.keys import MainServer, make_key
from chatproject.server_api.models import IdempotentCall, Scope
from rooms.models import Room

pytestmark = pytest.mark.django_db(transaction=True)


class Rooms(ServerView):
    """Makes a room with the name that the path says, and notes how it was called."""

    seen: list[tuple[bool, str]] = []

    @reads("", scope=Scope.ROOMS_READ, data=NOTHING)
    def get(self, request: Request, name: str) -> Any:
        return {"there": Room.objects.filter(name=name).exists()}

    @writes("", scope=Scope.ROOMS, data=NOTHING)
    def post(self, request: Request, name: str) -> Any:
        self.seen.append((transaction.get_connection().in_atomic_block, self.seed))
        Room.objects.create(name=name)
        if name == "wrong":
            raise RoomNotFound
        return {"made": name}

    @writes("", scope=Scope.NOTICES, data=NOTHING, is_one_transaction=False)
    def put(self, request: Request, name: str) -> Any:
        self.seen.append((transaction.get_connection().in_atomic_block, self.seed))
        return {"said": name}


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    Rooms.seen.clear()


def call(method: str, name: str, *scopes: str, once: str | None = None, key_id: int = 0) -> Response:
    headers = {} if once is None else {"idempotency-key": once}
    request: Any = RequestFactory().generic(method, f"/v1/server/{name}", headers=headers)
    request.scope = {"main_server": MainServer(key_id, "main", frozenset(scopes))}
    answer = Rooms.as_view()(request, name=name)
    answer.render()
    return answer


def code(answer: Response) -> str:
    return str(answer.data["code"])


def test_a_key_without_the_scope_does_nothing(transactional_db: None) -> None:
    assert code(call("GET", "방", "notices")) == "E-SV002"
    assert code(call("POST", "방", "rooms:read", "notices", once="a")) == "E-SV002"
    assert not Room.objects.exists()
    assert not IdempotentCall.objects.exists()


def test_without_an_idempotency_key_it_is_done_each_time_and_whole() -> None:
    assert call("POST", "방", "rooms").data == {"made": "방"}
    assert code(call("POST", "wrong", "rooms")) == "E-R001"
    assert list(Room.objects.values_list("name", flat=True)) == ["방"]
    assert call("GET", "방", "rooms").data == {"there": True}
    assert {in_transaction for in_transaction, _seed in Rooms.seen} == {True}
    assert len({seed for _in_transaction, seed in Rooms.seen}) == 2


def test_with_one_the_answer_is_kept_and_a_refusal_is_not() -> None:
    key_id = make_key(name="main", scopes=["rooms"]).row.key_id
    for name, is_kept in (("방", True), ("wrong", False)):
        first, again = (call("POST", name, "rooms", once=ascii(name), key_id=key_id) for _time in range(2))
        assert (first.status_code, first.content) == (again.status_code, again.content)
        assert (REPLAYED in first, REPLAYED in again) == (False, is_kept)
    assert len(Rooms.seen) == 3


def test_what_commits_elsewhere_is_in_no_transaction_and_known_by_its_seed() -> None:
    key_id = make_key(name="main", scopes=["notices"]).row.key_id
    call("PUT", "방", "notices", once="a", key_id=key_id)
    IdempotentCall.objects.update(
        status=None, begun_at=timezone.now() - 2 * LEFT_LYING_AFTER
    )  # as who died there leaves it
    call("PUT", "방", "notices", once="a", key_id=key_id)
    call("PUT", "방", "notices", once="b", key_id=key_id)
    (first, again, other) = Rooms.seen
    assert first == again
    assert (first[0], len(first[1])) == (False, 64)
    assert other[1] != first[1]
