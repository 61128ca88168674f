"""The main server orders a member's erasure, once, and reads the receipts."""

import pytest
from django.utils import timezone

from chatproject.models import Revocation
from messaging.personal.erasing import orders
from messaging.personal_models import Erasure
from rooms.audit_models import AuditEntry
from rooms.models import Member
from tests.factories import BOB
from tests.messaging.server_views.calling import MainServer

pytestmark = pytest.mark.django_db


def test_who_is_to_be_erased_is_signed_out_and_nameless_at_once(main_server: MainServer, bob: Member) -> None:
    order = main_server.ask("DELETE", f"/members/{BOB}")
    assert (order["memberId"], order["state"], order["finishedAt"], order["counts"]) == (BOB, "waiting", None, {})
    assert timezone.now() >= Revocation.objects.get(member_id=BOB).issued_before  # type: ignore[operator]
    assert Member.objects.get(pk=BOB).nickname == "탈퇴한 사용자#3"
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.actor_kind, entry.actor_id, entry.member_id) == (
        *("erasure_asked", "server"),
        *(main_server.key_id, BOB),
    )


def test_asked_for_again_it_is_the_same_until_it_is_done(main_server: MainServer, bob: Member) -> None:
    first = main_server.ask("DELETE", f"/members/{BOB}")
    assert main_server.ask("DELETE", f"/members/{BOB}") == first
    orders.end(erasure_id=first["erasureId"], is_anything_left=lambda _member_id: False, now=timezone.now())
    [receipt] = main_server.ask("GET", f"/members/{BOB}/erasures")["erasures"]
    assert (receipt["erasureId"], receipt["state"]) == (first["erasureId"], "done")
    second = main_server.ask("DELETE", f"/members/{BOB}")  # somebody new may have the number by now
    receipts = main_server.ask("GET", f"/members/{BOB}/erasures")["erasures"]
    assert [one["erasureId"] for one in receipts] == [second["erasureId"], first["erasureId"]]


def test_whom_this_server_never_saw_has_a_receipt_too(main_server: MainServer) -> None:
    assert main_server.ask("DELETE", "/members/999")["memberId"] == 999
    assert Erasure.objects.get().asked_by_kind == "server"
    assert main_server.ask("GET", "/members/998/erasures") == {"erasures": []}


def test_it_takes_a_key_for_personal_data(main_server: MainServer, bob: Member) -> None:
    other = MainServer("members", "sessions", "rooms", "notices")
    assert other.refusal("DELETE", f"/members/{BOB}") == "E-SV002"
    assert other.refusal("GET", f"/members/{BOB}/erasures") == "E-SV002"
    assert main_server.refusal("DELETE", "/members/0") == "E-C001"
    assert not Erasure.objects.exists()
