"""The URL map: what is there, and that everything else answers as the wire contract says."""

from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

CONTRACT_PATHS = [
    "/v1/healthz",
    "/v1/chat/room/group/create",
    "/v1/chat/room/group/list",
    "/v1/chat/room/group",
    "/v1/chat/room/group/7/join",
    "/v1/chat/room/group/7/leave",
    "/v1/chat/room/private/create",
    "/v1/chat/my/rooms",
    "/v1/chat/history/7",
    "/v1/chat/room/7/read",
    "/v1/chat/llm",
]


@pytest.mark.parametrize("path", CONTRACT_PATHS)
def test_every_path_of_the_contract_is_served(path: str) -> None:
    assert resolve(path).func is not None


@pytest.mark.parametrize("path", CONTRACT_PATHS[1:])
def test_every_path_but_health_asks_for_a_token(path: str) -> None:
    body: dict[str, Any] = Client().get(path).json()

    assert body == {"status": 401, "code": "E-AU001", "message": "액세스 토큰이 없어요."}


@pytest.mark.parametrize(
    "path", ["/nowhere", "/v1/chat/nowhere", "/v1/healthz/", "/v3/chat/connect", "/%00", "/é"]
)
def test_an_unknown_path_is_a_404_in_the_envelope(path: str) -> None:
    answer = Client().get(path)
    body: dict[str, Any] = answer.json()

    assert (answer.status_code, body) == (404, {"status": 404, "code": "E-C006", "message": "없는 경로예요."})


def test_the_admin_answers_with_a_page_of_its_own() -> None:
    answer = Client().get("/admin/")

    assert answer.status_code == 302
    assert answer["Location"] == "/admin/login/?next=/admin/"
