"""Who a call is from: the key in its header, or what the wrapper around Django has found out about it."""

from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.request import Request

from chatproject.server_api.authentication import ServerKeyAuthentication, main_server_of
from chatproject.server_api.errors import KeyRefused
from chatproject.server_api.keys import MainServer, make_key

FOUND = MainServer(5, "main", frozenset({"rooms"}))


def request(authorization: str = "", **scope: Any) -> Request:
    asked: Any = RequestFactory().get("/v1/server/rooms", headers={"authorization": authorization})
    if scope:
        asked.scope = scope
    return Request(asked, authenticators=[ServerKeyAuthentication()])


@pytest.mark.django_db
def test_the_key_in_the_header_says_who_calls() -> None:
    new = make_key(name="main", scopes=["rooms"])
    assert main_server_of(request(f"Bearer {new.shown}")).key_id == new.row.key_id
    for wrong in ("", new.shown, f"Basic {new.shown}", f"Bearer {new.shown}x"):
        with pytest.raises(KeyRefused):
            main_server_of(request(wrong))


def test_what_was_found_out_already_counts() -> None:
    assert main_server_of(request("Bearer anything", main_server=FOUND)) == FOUND
