"""Telling live sockets what a request changed; with sockets, in the tests of whoever tells."""

from typing import Any

from django.db import transaction
from django.test import RequestFactory

from chatproject.http.telling import tell


def request_of(chat_server: object) -> Any:
    request: Any = RequestFactory().get("/")
    request.scope = {"chat_server": chat_server}
    return request


def test_outside_asgi_nobody_is_there_to_tell(rf: RequestFactory) -> None:
    told: list[object] = []
    tell(rf.get("/"), told.append)
    assert told == []


def test_the_processs_chat_server_is_told_after_the_commit(transactional_db: None) -> None:
    server, told = object(), list[object]()
    with transaction.atomic():
        tell(request_of(server), told.append)
        assert told == []
    assert told == [server]
