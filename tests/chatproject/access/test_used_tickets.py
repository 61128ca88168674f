"""A ticket is used once: in one call, in two at the same moment, and after many others."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatproject.access.used_tickets import CLOCKS_DIFFER, Use, forget_used_tickets, use_tickets
from chatproject.models import UsedTicket
from tests.conftest import AllAtOnce

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def use(nonce: str, number: int = 0, *, ends_at: datetime = NOW) -> Use:
    return Use(nonce, ends_at.timestamp(), number)


@pytest.mark.django_db
def test_the_first_use_is_one_and_the_second_is_none() -> None:
    assert use_tickets([use("a"), use("b")]) == {use("a"): True, use("b"): True}
    assert use_tickets([use("a"), use("c")]) == {use("c"): True}
    assert use_tickets([use("a"), use("c")]) == {}


@pytest.mark.django_db
def test_of_two_at_once_with_the_same_ticket_one_is_the_first() -> None:
    assert list(use_tickets([use("a", 2), use("a", 1)]).values()) == [True]


@pytest.mark.django_db(transaction=True)
def test_of_many_processes_at_the_same_moment_one_is_the_first(all_at_once: AllAtOnce) -> None:
    nonces = [f"{number:02}" for number in range(20)]
    calls = [[use(nonce, number) for nonce in nonces[number:] + nonces[:number]] for number in range(6)]
    outcomes = all_at_once(*(partial(use_tickets, uses) for uses in calls))
    first = [one.nonce for outcome in outcomes for one in outcome]
    assert sorted(first) == nonces


@pytest.mark.django_db(transaction=True)
def test_a_crowd_costs_one_transaction() -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(use_tickets([use(f"{number}") for number in range(256)])) == 256
    inserts = [query["sql"] for query in queries if query["sql"].startswith("INSERT")]
    assert len(inserts) == 1
    assert len(queries) <= 3


@pytest.mark.django_db
def test_they_are_forgotten_when_nobody_would_take_them_any_more() -> None:
    use_tickets([use("old", ends_at=NOW - CLOCKS_DIFFER - timedelta(seconds=1)), use("late"), use("new")])
    forget_used_tickets(now=NOW)
    assert set(UsedTicket.objects.values_list("nonce", flat=True)) == {"late", "new"}
