"""The main server ends sockets and revokes tokens; each is logged, and no token id is."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from chatproject.models import Revocation
from rooms.audit_models import AuditEntry
from rooms.models import Member
from tests.factories import BOB, token_for
from tests.messaging.server_views.calling import MainServer

pytestmark = pytest.mark.django_db
JTI = "0d9f4c1e-token"


def logged() -> tuple[str, str, int | None, int | None]:
    entry = AuditEntry.objects.get()
    return entry.act, entry.actor_kind, entry.actor_id, entry.member_id


def test_a_member_is_signed_out_everywhere(main_server: MainServer) -> None:
    before = datetime(2026, 11, 29, 9, tzinfo=UTC)
    main_server.ask("POST", f"/members/{BOB}/revocation", {"issuedBefore": "2026-11-29T18:00:00+09:00"})
    assert Revocation.objects.get().issued_before == before
    assert logged() == ("tokens_revoked", "server", main_server.key_id, BOB)


def test_without_a_moment_it_is_everything_until_now(main_server: MainServer) -> None:
    main_server.ask("POST", f"/members/{BOB}/revocation")
    assert timezone.now() - Revocation.objects.get().issued_before < timedelta(minutes=1)  # type: ignore[operator]


def test_a_moment_before_all_tokens_is_taken(main_server: MainServer) -> None:
    main_server.ask("POST", f"/members/{BOB}/revocation", {"issuedBefore": "0001-01-01T14:00:00+14:00"})
    assert Revocation.objects.get().issued_before == datetime(1970, 1, 1, tzinfo=UTC)


def test_one_token_is_revoked_and_nothing_says_which(main_server: MainServer) -> None:
    main_server.ask("POST", "/revocations", {"tokenId": JTI, "expiresAt": "2026-12-01T00:00:00Z"})
    kept = [*Revocation.objects.values_list(), *AuditEntry.objects.values_list()]
    assert JTI not in str(kept)
    assert logged() == ("token_revoked", "server", main_server.key_id, None)


def test_whatever_jti_a_token_is_taken_with_can_be_revoked(
    main_server: MainServer, bob: Member, client: Client
) -> None:
    jti = "j" * 2_500
    headers = {"access": token_for(BOB, jti=jti)}
    assert client.get("/v1/chat/my/rooms", headers=headers).status_code == 200
    main_server.ask("POST", "/revocations", {"tokenId": jti, "expiresAt": "2999-12-01T00:00:00Z"})
    assert client.get("/v1/chat/my/rooms", headers=headers).json()["code"] == "E-AU001"


def test_a_disconnection_is_logged_with_its_reason(main_server: MainServer) -> None:
    main_server.ask("POST", f"/members/{BOB}/disconnection", {"reason": "shut_out"})
    assert logged() == ("disconnected", "server", main_server.key_id, BOB)
    assert AuditEntry.objects.get().details == '{"reason": "shut_out"}'


def test_what_makes_no_sense_is_refused(main_server: MainServer) -> None:
    for path, body in (
        (f"/members/{BOB}/revocation", {"issuedBefore": "2999-01-01T00:00:00Z"}),
        (f"/members/{BOB}/revocation", {"issuedBefore": "2026-11-29T09:00:00"}),
        (f"/members/{BOB}/disconnection", {"reason": "bored"}),
        (f"/members/{BOB}/disconnection", {}),
        ("/members/0/revocation", {}),
        ("/revocations", {"tokenId": "", "expiresAt": "2026-12-01T00:00:00Z"}),
        ("/revocations", {"tokenId": JTI, "expiresAt": "2026-12-01"}),
        ("/revocations", {"tokenId": JTI}),
        (f"/members/{BOB}/revocation", {"issuedBefore": "0001-01-01T00:00:00+14:00"}),
    ):
        assert main_server.refusal("POST", path, body) == "E-C001", body
    assert not Revocation.objects.exists()


def test_where_nobody_knows_who_is_there_nothing_is_claimed(
    main_server: MainServer, bob: Member, client: Client
) -> None:
    assert main_server.refusal("GET", f"/members/{BOB}/presence") == "E-S002"
    assert main_server.refusal("GET", "/members/999/presence") == "E-M001"
