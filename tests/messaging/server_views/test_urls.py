"""Every endpoint of the server API: nothing without a key that is good for it, and written ones are done once."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from chatproject.http.openapi_documents import ServersDocument
from chatproject.server_api.keys import make_key
from chatproject.server_api.models import IdempotentCall, Scope
from rooms.models import Member, Room
from tests.factories import ALICE, token_for
from tests.messaging.server_views.calling import MainServer

pytestmark = pytest.mark.django_db
READ_BY_POST = "/v1/server/members/unread"


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    document = ServersDocument().get_schema(public=True)  # type: ignore[no-untyped-call]
    return [
        (method.upper(), path.replace("{roomId}", "1").replace("{memberId}", "7"), operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def code_of(method: str, path: str, authorization: str | None, **headers: str) -> str:
    shown = {} if authorization is None else {"authorization": authorization}
    answer = Client(headers={**shown, **headers}).generic(method, path, b"{}", content_type="application/json")
    return str(answer.json()["code"])


@pytest.mark.parametrize(("method", "path"), [one[:2] for one in operations()])
def test_nothing_is_open_without_a_key_or_to_a_members_token(alice: Member, method: str, path: str) -> None:
    token = token_for(ALICE, role="ADMIN")
    for authorization in (None, "Bearer nonsense", f"Bearer {token}", f"Basic {token}"):
        assert code_of(method, path, authorization) == "E-SV001"
    assert code_of(method, path, None, access=token) == "E-SV001"


def test_each_scope_opens_its_own_and_no_key_opens_what_is_members(room: Room, alice: Member) -> None:
    opened = {scope: set[str]() for scope in Scope.values}
    for scope, found in opened.items():
        key = make_key(name=scope, scopes=[scope]).shown
        for method, path, _operation in operations():
            if code_of(method, path, f"Bearer {key}") != "E-SV002":
                found.add(f"{method} {path.removeprefix('/v1/server')}")
        assert code_of("GET", "/v1/chat/my/rooms", f"Bearer {key}") == "E-AU001"
    read = {"GET /rooms", "GET /rooms/all", "GET /rooms/1", "GET /rooms/1/members"}
    members = {one for one in opened["members"] if "/members" in one}
    assert opened["rooms:read"] == read
    assert opened["rooms"] > read
    assert opened["notices"] == {"POST /rooms/1/notices"}
    assert opened["members"] == members
    assert not opened["rooms"] & opened["members"]


def test_all_that_changes_something_is_done_once_and_nothing_that_reads(main_server: MainServer) -> None:
    for method, path, operation in operations():
        names = [parameter["name"] for parameter in operation.get("parameters", ())]
        reads = method == "GET" or path == READ_BY_POST
        assert ("Idempotency-Key" in names) != reads, path
        if reads:
            continue
        first = main_server.call(method, path.removeprefix("/v1/server"), {}, once=f"{method}{path}")
        again = main_server.call(method, path.removeprefix("/v1/server"), {}, once=f"{method}{path}")
        assert again == first._replace(is_replayed=first.status == 200)
    assert IdempotentCall.objects.exclude(status=200).count() == 0


def test_another_call_under_the_same_key_is_refused(main_server: MainServer, room: Room) -> None:
    path = f"/rooms/{room.pk}"
    assert main_server.call("PATCH", path, {"slowSeconds": 5}, once="a").status == 200
    assert main_server.call("PATCH", path, {"slowSeconds": 6}, once="a").code == "E-SV004"
    assert main_server.call("PATCH", path, {"slowSeconds": 6}, once="열쇠").code == "E-C001"
    room.refresh_from_db()
    assert room.slow_s == 5


def test_the_handbook_names_every_call_with_the_scope_that_opens_it(main_server: MainServer) -> None:
    text = (Path(settings.BASE_DIR) / "docs/server-api.md").read_text()
    told = dict(re.findall(r"^\| `([A-Z]+ /v1/server/\S+)` \| `(\S+)` \|", text, re.MULTILINE))
    paths = ServersDocument().get_schema(public=True)["paths"]  # type: ignore[no-untyped-call]
    assert set(told) == {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    for call, scope in told.items():
        method, path = call.replace("{roomId}", "1").replace("{memberId}", "7").split()
        assert code_of(method, path, f"Bearer {make_key(name=scope, scopes=[scope]).shown}") != "E-SV002", call
