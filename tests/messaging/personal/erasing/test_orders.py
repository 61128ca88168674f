"""Orders of erasures: one at a time for a member, one process at each, and what is in the logs of it."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from chatproject.errors import RevokedToken
from chatproject.models import Revocation
from chatproject.outgoing.models import OutgoingEvent
from chatproject.tokens import Caller
from messaging.personal.erasing import orders
from messaging.personal_models import Erasure
from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from rooms.moderation.audit import Actor
from rooms.services import mirror_member
from tests.conftest import AllAtOnce
from tests.endpoints import subscribe
from tests.factories import ALICE, BOB, CHARLIE, caller, make_member
from tests.messaging.store.test_retrying import wait_for_waiting

pytestmark = pytest.mark.django_db
STAFF = Actor.staff(None)


def ask(member_id: int = BOB) -> Erasure:
    return orders.ask(member_id=member_id, by=STAFF, now=timezone.now(), reason="탈퇴 요청").order


def end(order: Erasure, *, is_anything_left: bool = False) -> bool:
    done = orders.end(
        erasure_id=order.pk, is_anything_left=lambda _member_id: is_anything_left, now=timezone.now()
    )
    return done is not None


def test_one_process_at_a_time_works_on_the_oldest(room: Room) -> None:
    first, second = ask(), ask(ALICE)
    assert [found and found.pk for found in (orders.claim(holder="a"), orders.claim(holder="b"))] == [
        *(first.pk, second.pk)
    ]
    assert orders.claim(holder="c") is None
    orders.let_go(erasure_id=first.pk, holder="b")  # it is not theirs
    assert orders.claim(holder="c") is None
    orders.let_go(erasure_id=first.pk, holder="a")
    assert orders.claim(holder="c") == first


def test_nobody_is_kept_from_being_erased_by_one_who_took_the_name_of_who_is_gone(bob: Member) -> None:
    make_member(CHARLIE, f"탈퇴한 사용자#{BOB}")
    ask()
    assert Member.objects.get(pk=BOB).nickname == f"탈퇴한 사용자#{BOB}#2"


@pytest.mark.servers
@pytest.mark.django_db(transaction=True)
def test_asked_for_twice_at_once_it_is_one_order(bob: Member, all_at_once: AllAtOnce) -> None:
    assert set(all_at_once(ask, ask)) == {Erasure.objects.get()}


def test_an_order_that_cannot_go_on_keeps_no_other_waiting(room: Room) -> None:
    taken = []
    ask()
    ask(ALICE)
    for _turn in range(4):
        claimed = orders.claim(holder="a")
        assert claimed is not None
        orders.let_go(erasure_id=claimed.pk, holder="a")
        taken.append(claimed.member_id)
    assert taken == [BOB, ALICE, BOB, ALICE]


def test_what_a_dead_process_held_is_anybodys_half_a_minute_later(room: Room) -> None:
    order = ask()
    orders.claim(holder="dead")
    Erasure.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert orders.claim(holder="b") == order


def test_it_does_not_end_while_something_is_left(bob: Member) -> None:
    order = ask()
    assert not end(order, is_anything_left=True)
    assert Member.objects.filter(pk=BOB).exists()
    asked = Revocation.objects.get(member_id=BOB).issued_before
    assert end(order)
    issued_before = Revocation.objects.get(member_id=BOB).issued_before
    assert asked is not None
    assert issued_before is not None
    assert issued_before > asked, "tokens that were issued since open nothing either"
    assert not Member.objects.filter(pk=BOB).exists()
    assert orders.claim(holder="a") is None


@pytest.mark.servers
@pytest.mark.django_db(transaction=True)
def test_who_comes_in_the_moment_of_the_end_waits_for_it_and_is_no_member_again(db: None) -> None:
    """Of a member without a row, which could be locked."""
    order = ask()
    comes = caller(BOB, "Bob", issued_at=timezone.now().timestamp())
    with ThreadPoolExecutor(1) as thread:
        coming: list[Future[str]] = []

        def nothing_is_left(_member_id: int) -> bool:
            coming.append(thread.submit(_come, comes))
            wait_for_waiting()
            return False

        orders.end(erasure_id=order.pk, is_anything_left=nothing_is_left, now=timezone.now())
    assert coming[0].result() == "RevokedToken"
    assert not Member.objects.exists()


def _come(comes: Caller) -> str:
    try:
        return mirror_member(caller=comes).nickname
    except RevokedToken as refused:
        return type(refused).__name__
    finally:
        connection.close()


def test_the_log_and_the_main_server_are_told_and_no_name_is_in_either(
    bob: Member, caplog: pytest.LogCaptureFixture
) -> None:
    subscribe("erased")
    end(ask())
    entries = AuditEntry.objects.order_by("number").values_list("act", "actor_kind", "member_id", "reason")
    assert list(entries) == [("erasure_asked", "staff", BOB, "탈퇴 요청"), ("erased", "clock", BOB, "")]
    event = OutgoingEvent.objects.get()
    assert (event.kind, event.member_id, event.room_id) == ("erased", BOB, None)
    assert [(record.member, record.receipt) for record in caplog.records] == [(BOB, Erasure.objects.get().pk)]  # type: ignore[attr-defined]
    assert "Bob" not in caplog.text
