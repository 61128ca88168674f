"""Staff sign a member out in the admin: sockets end, the log has it, and nothing takes it back."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from chatproject.access.revoking import revoke_member, revoke_token
from chatproject.asgi import Process
from chatproject.models import Revocation
from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from tests.factories import ALICE, BOB
from tests.messaging.people import TIMEOUT_S, in_thread
from tests.messaging.sockets.connected import opened_v2

ADD, LIST = "admin:chatproject_revocation_add", "admin:chatproject_revocation_changelist"
NOW_EMPTY = {"issued_before_0": "", "issued_before_1": "", "reason": "잃어버린 전화기"}
CSRF = "a" * 32


@pytest.fixture
def staff(db: None) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("sofia"))
    return client


def shown(client: Client, query: str = "") -> str:
    answer = client.get(reverse(LIST) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_member_is_signed_out_by_number_and_again(staff: Client, alice: Member) -> None:
    for _time in range(2):
        answer = staff.post(reverse(ADD), {"member_id": ALICE, **NOW_EMPTY})
        assert answer.status_code == 302, answer.content.decode()
    row = Revocation.objects.get()
    assert row.issued_before is not None
    assert abs(datetime.now(UTC) - row.issued_before) < timedelta(minutes=1)
    assert f"Alice #{ALICE}" in shown(staff)
    logged = AuditEntry.objects.values_list("act", "actor_kind", "member_id", "reason")
    assert list(logged) == [("tokens_revoked", "staff", ALICE, "잃어버린 전화기")] * 2


@pytest.mark.parametrize(
    "fields",
    [
        {"member_id": "0"},
        {"member_id": "Alice"},
        {"member_id": str(2**63)},
        {"member_id": "7", "issued_before_0": "2099-01-01", "issued_before_1": "00:00:00"},
    ],
)
def test_what_would_make_no_sense_is_said_in_the_form(staff: Client, fields: dict[str, str]) -> None:
    answer = staff.post(reverse(ADD), NOW_EMPTY | fields)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not Revocation.objects.exists()


def test_they_are_found_by_member_and_no_token_is_named(staff: Client, alice: Member) -> None:
    now = datetime.now(UTC)
    revoke_token(jti="a-secret-name", expires_at=now, now=now)
    for member_id in (ALICE, BOB):
        revoke_member(member_id=member_id, issued_before=now, now=now)
    page = shown(staff)
    assert "one token" in page
    assert f"#{BOB}" in page
    found = shown(staff, f"?q=%23{ALICE}")
    assert f"Alice #{ALICE}" in found
    assert f"#{BOB}" not in found
    assert f"#{ALICE}" not in shown(staff, "?q=nobody")


def test_nobody_changes_one_or_takes_it_back(staff: Client) -> None:
    row = revoke_member(member_id=ALICE, issued_before=datetime.now(UTC), now=datetime.now(UTC))
    page = reverse("admin:chatproject_revocation_change", args=[row.number])
    assert staff.post(page, {"member_id": BOB, **NOW_EMPTY}).status_code == 403
    delete = reverse("admin:chatproject_revocation_delete", args=[row.number])
    assert staff.post(delete, {"post": "yes"}).status_code == 403
    assert Revocation.objects.get().member_id == ALICE


def test_who_may_not_revoke_does_not(db: None) -> None:
    client = Client()
    client.force_login(User.objects.create_user("bench", is_staff=True))
    assert client.post(reverse(ADD), {"member_id": ALICE, **NOW_EMPTY}).status_code == 403


# --- live


@pytest.fixture
async def http(process: Process) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=process)  # type: ignore[arg-type]  # typed narrowly there
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=TIMEOUT_S) as client:
        yield client


async def test_the_members_sockets_end_at_once(process: Process, http: httpx.AsyncClient, room: Room) -> None:
    def sign_in() -> str:
        client = Client()
        client.force_login(User.objects.create_superuser("sofia"))
        return client.cookies["sessionid"].value

    alice, bob = await opened_v2(process, ALICE), await opened_v2(process, BOB)
    http.cookies.update({"sessionid": await in_thread(sign_in), "csrftoken": CSRF})
    form = {"member_id": str(ALICE), "csrfmiddlewaretoken": CSRF, **NOW_EMPTY}
    answer = await http.post(reverse(ADD), data=form)
    assert answer.status_code == 302, answer.text
    assert await alice.close_code() == 4401
    assert (await bob.ask(type="ping"))["type"] == "pong"
