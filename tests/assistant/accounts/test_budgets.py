"""Nobody uses more than a budget allows, however many ask at once; who is refused is told when to come back."""

import importlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from assistant.accounts.budgets import DEFAULTS, Allowance, Reservation, allowances, reserve, settle
from assistant.models import Budget, Scope, Usage
from chatproject.errors import AssistantBudgetSpent
from tests.factories import ALICE, BOB, CHARLIE
from tests.times import WAIT_S

pytestmark = pytest.mark.django_db

NOW = datetime.fromisoformat("2026-11-22T23:58:20+09:00")
KITCHEN, GARDEN = 5, 6


def allow(scope: Scope, **figures: int) -> None:
    """Only this limits anybody."""
    for each in Scope:
        Budget.objects.update_or_create(scope=each, defaults=dict.fromkeys(Allowance._fields, 0))
    Budget.objects.filter(scope=scope).update(**figures)


def ask(member_id: int = ALICE, room_id: int = KITCHEN, tokens: int = 100, now: datetime = NOW) -> Reservation:
    return reserve(member_id=member_id, room_id=room_id, tokens=tokens, now=now)


def wait_of(
    member_id: int = ALICE, room_id: int = KITCHEN, tokens: int = 100, now: datetime = NOW
) -> float | None:
    """The refusal's retry_after."""
    with pytest.raises(AssistantBudgetSpent) as refusal:
        ask(member_id, room_id, tokens, now)
    return refusal.value.retry_after


def used(scope: Scope, subject_id: int) -> tuple[int, int, int, int]:
    line = Usage.objects.get(scope=scope, subject_id=subject_id)
    return line.calls, line.tokens, line.minute_calls, line.minute_tokens


def test_the_usual_budgets_are_those_that_the_migration_wrote() -> None:
    migration = importlib.import_module("assistant.migrations.0004_budgets")

    assert {scope.value: tuple(allowance) for scope, allowance in DEFAULTS.items()} == migration.BUDGETS
    assert allowances() == DEFAULTS


def test_where_the_table_is_empty_the_usual_budgets_stand() -> None:
    Budget.objects.all().delete()

    assert allowances() == DEFAULTS


def test_a_call_counts_for_its_member_its_room_and_everybody() -> None:
    ask(tokens=700)
    ask(BOB, tokens=300)

    assert used(Scope.MEMBER, ALICE) == (1, 700, 1, 700)
    assert used(Scope.ROOM, KITCHEN) == used(Scope.EVERYWHERE, 0) == (2, 1_000, 2, 1_000)


@pytest.mark.parametrize(
    ("figures", "retry_after"),
    [
        ({"calls_per_minute": 1}, 40.0),
        ({"tokens_per_minute": 199}, 40.0),
        ({"calls_per_day": 1}, 100.0),
        ({"tokens_per_day": 199}, 100.0),
        ({"calls_per_minute": 1, "calls_per_day": 1}, 100.0),
    ],
)
@pytest.mark.parametrize(
    ("scope", "other_member", "other_room"),
    [(Scope.MEMBER, ALICE, GARDEN), (Scope.ROOM, BOB, KITCHEN), (Scope.EVERYWHERE, BOB, GARDEN)],
)
def test_who_would_go_beyond_a_budget_is_told_when_its_window_ends(
    scope: Scope, other_member: int, other_room: int, figures: dict[str, int], retry_after: float
) -> None:
    allow(scope, **figures)
    ask()

    assert wait_of(other_member, other_room) == retry_after


def test_one_members_budget_is_not_anothers_nor_one_rooms() -> None:
    allow(Scope.MEMBER, calls_per_minute=1)
    ask(ALICE)
    ask(BOB)

    allow(Scope.ROOM, calls_per_minute=2)
    wait_of(CHARLIE, KITCHEN)
    ask(CHARLIE, GARDEN)


def test_a_refusal_counts_nothing() -> None:
    allow(Scope.EVERYWHERE, tokens_per_day=100)
    wait_of(tokens=101)

    assert used(Scope.MEMBER, ALICE) == used(Scope.EVERYWHERE, 0) == (0, 0, 0, 0)
    ask(tokens=100)


def test_the_next_minute_and_the_next_day_begin_anew() -> None:
    allow(Scope.MEMBER, calls_per_minute=1, calls_per_day=2)
    ask()
    wait_of()
    ask(now=NOW + timedelta(minutes=1))
    wait_of(now=NOW + timedelta(minutes=1, seconds=30))
    ask(now=NOW + timedelta(minutes=2))


def test_a_clock_that_is_behind_opens_no_minute_anew() -> None:
    allow(Scope.MEMBER, calls_per_minute=2)
    ask(now=NOW)
    ask(now=NOW - timedelta(minutes=1))

    wait_of(now=NOW)
    wait_of(now=NOW - timedelta(minutes=1))


def test_what_was_reserved_in_vain_is_given_back() -> None:
    allow(Scope.ROOM, tokens_per_minute=1_000, tokens_per_day=1_000)
    reservation = ask(tokens=900)
    wait_of(BOB, tokens=101)
    settle(reservation=reservation, tokens=250)
    ask(BOB, tokens=750)

    assert used(Scope.ROOM, KITCHEN) == (2, 1_000, 2, 1_000)


def test_a_call_that_took_more_than_was_reserved_counts_in_full() -> None:
    settle(reservation=ask(tokens=100), tokens=5_000)

    assert used(Scope.EVERYWHERE, 0) == (1, 5_000, 1, 5_000)


def test_a_call_that_ends_in_a_later_minute_leaves_that_minute_alone() -> None:
    reservation = ask(tokens=900)
    ask(tokens=50, now=NOW + timedelta(minutes=1))
    settle(reservation=reservation, tokens=100)

    assert used(Scope.MEMBER, ALICE) == (2, 150, 1, 50)


def test_a_call_that_ends_on_the_next_day_counts_on_the_day_it_began() -> None:
    reservation = ask(tokens=900)
    ask(tokens=50, now=NOW + timedelta(minutes=3))
    settle(reservation=reservation, tokens=100)

    days = Usage.objects.filter(scope=Scope.MEMBER).order_by("day")
    assert list(days.values_list("day__day", "tokens")) == [(22, 100), (23, 50)]


def test_days_begin_at_midnight_here() -> None:
    ask(now=datetime(2026, 11, 22, 15, 0, tzinfo=UTC))

    assert Usage.objects.filter(day="2026-11-23").count() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("figures", "calls"), [({"calls_per_day": 30}, 30), ({"tokens_per_minute": 3_000}, 15)])
def test_many_at_once_use_exactly_what_is_allowed(figures: dict[str, int], calls: int) -> None:
    """Each thread has a connection of its own, as every process has."""
    allow(Scope.EVERYWHERE, **figures)
    askers = [(member_id, room_id) for member_id in (ALICE, BOB, CHARLIE) for room_id in (KITCHEN, GARDEN)]
    start, everybody_asked = (Barrier(len(askers), timeout=WAIT_S) for _ in range(2))

    def use_up(member_id: int, room_id: int) -> list[Reservation]:
        start.wait()
        reservations = []
        for _call in range(8):
            with suppress(AssistantBudgetSpent):
                reservations.append(ask(member_id, room_id, tokens=200))
        everybody_asked.wait()
        for reservation in reservations:
            settle(reservation=reservation, tokens=100)
        connection.close()
        return reservations

    with ThreadPoolExecutor(len(askers)) as threads:
        allowed = [len(done) for done in threads.map(use_up, *zip(*askers, strict=True))]

    assert sum(allowed) == used(Scope.EVERYWHERE, 0)[0] == calls
    assert used(Scope.EVERYWHERE, 0)[1] == calls * 100
    assert used(Scope.ROOM, KITCHEN)[1] + used(Scope.ROOM, GARDEN)[1] == calls * 100
