"""Being somebody in the demo, and nobody elsewhere."""

from typing import Any

import pytest
from django.test import Client

from chatproject.http.api import token_verifier
from messaging.management.commands.seed_demo import MEMBERS


@pytest.fixture
def demo(settings: Any) -> Client:
    settings.DEMO = True
    return Client()


def test_the_page_offers_the_demos_members(demo: Client) -> None:
    page = demo.get("/").content.decode()

    assert all(f'"memberId": {member_id}' in page for member_id in MEMBERS)


@pytest.mark.parametrize("member_id", MEMBERS)
def test_who_picks_a_member_gets_a_token_that_the_server_takes(demo: Client, member_id: int) -> None:
    answer = demo.post(f"/demo/token?memberId={member_id}")
    caller = token_verifier().verify(answer.json()["data"]["access"])

    assert (caller.member_id, caller.role) == (member_id, MEMBERS[member_id][1])
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "code"),
    [("?memberId=6", "E-M001"), ("?memberId=", "E-C001"), ("?memberId=1%201", "E-C001"), ("", "E-C001")],
)
def test_there_are_tokens_for_the_demos_members_only(demo: Client, query: str, code: str) -> None:
    assert demo.post(f"/demo/token{query}").json()["code"] == code


def test_a_link_gives_no_token(demo: Client) -> None:
    assert demo.get("/demo/token?memberId=1").json()["code"] == "E-C005"


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_demo_there_is_no_such_path(method: str) -> None:
    answer = getattr(Client(), method)("/demo/token?memberId=1")

    assert (answer.status_code, answer.json()["code"]) == (404, "E-C006")
