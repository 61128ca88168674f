"""How often a password may be tried, by whom; and that nobody shuts staff out by trying."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from chatproject.errors import TooManyRequests
from chatproject.models import SignInLine
from chatproject.staff.sign_in_limits import (
    ACCOUNT,
    ACCOUNT_AND_ADDRESS,
    ADDRESS,
    KNOWN_BROWSER,
    Attempt,
    count,
    give_back,
)
from tests.conftest import AllAtOnce

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _staff(db: None) -> None:
    User.objects.create_superuser("sofia")


def attempts(most: int, *tried: Attempt, now: datetime = NOW) -> int:
    """How many of so many attempts, made by turns, are let through."""
    let_through = 0
    for number in range(most):
        try:
            count(tried[number % len(tried)], now=now)
        except TooManyRequests:
            continue
        let_through += 1
    return let_through


def of(username: str = "sofia", household: str = "198.51.100.1", browser: str = "") -> Attempt:
    return Attempt(username, household, browser)


def test_one_address_tries_one_account_a_few_times_only() -> None:
    assert attempts(40, of()) == ACCOUNT_AND_ADDRESS.attempts
    with pytest.raises(TooManyRequests) as refusal:
        count(of(), now=NOW + timedelta(minutes=1))
    assert refusal.value.retry_after == (ACCOUNT_AND_ADDRESS.within - timedelta(minutes=1)).total_seconds()


def test_and_as_often_again_in_the_next_window() -> None:
    attempts(40, of())
    assert attempts(40, of(), now=NOW + ACCOUNT_AND_ADDRESS.within) == ACCOUNT_AND_ADDRESS.attempts


def test_one_address_tries_many_accounts_no_more_often_than_an_office_mistypes() -> None:
    assert attempts(200, *(of(f"somebody{number}") for number in range(100))) == ADDRESS.attempts


def test_many_addresses_try_one_account_slowly() -> None:
    addresses = [of(household=f"198.51.100.{number}") for number in range(200)]
    assert attempts(200, *addresses) == ACCOUNT.attempts


def test_staff_whose_account_is_tried_from_everywhere_sign_in_from_the_browser_they_know() -> None:
    attempts(200, *(of(household=f"198.51.100.{number}") for number in range(200)))
    assert attempts(1, of(browser="at the office")) == 1


def test_staff_behind_the_address_of_an_attacker_do_too() -> None:
    attempts(200, *(of(f"somebody{number}") for number in range(100)))
    assert attempts(1, of(browser="at the office")) == 1


def test_a_known_browser_guesses_no_more_often_than_people_mistype() -> None:
    assert attempts(100, of(browser="stolen")) == KNOWN_BROWSER.attempts


def test_another_account_of_that_address_goes_on() -> None:
    attempts(ACCOUNT_AND_ADDRESS.attempts, of())
    assert attempts(1, of("oliver")) == 1


@pytest.mark.parametrize("names", [["nobody", "Nobody", "ＮＯＢＯＤＹ"], ["sofia"] * 3])
def test_writing_the_name_otherwise_gives_no_more_attempts(names: list[str]) -> None:
    assert attempts(30, *(of(name) for name in names)) == ACCOUNT_AND_ADDRESS.attempts


@pytest.mark.servers
def test_nor_does_a_name_that_the_database_takes_for_the_same() -> None:
    is_one = User.objects.filter(username="SOFIA").exists()
    expected = ACCOUNT_AND_ADDRESS.attempts * (1 if is_one else 2)
    assert attempts(30, of("sofia"), of("SOFIA")) == expected


def test_who_signs_in_has_all_attempts_again() -> None:
    for _ in range(3 * ADDRESS.attempts):
        count(of(), now=NOW)
        give_back(of())
    assert attempts(40, of()) == ACCOUNT_AND_ADDRESS.attempts


def test_what_is_kept_names_neither_address_nor_account_and_goes_when_it_is_over() -> None:
    attempts(3, of())
    kept = [line.key for line in SignInLine.objects.all()]
    assert len(kept) == 3
    assert not any(word in key for key in kept for word in ("sofia", "198.51"))

    count(of("oliver", "203.0.113.1"), now=NOW + timedelta(hours=2))
    assert not SignInLine.objects.filter(key__in=kept).exists()


@pytest.mark.django_db(transaction=True)
def test_attempts_at_the_same_moment_do_not_slip_through(all_at_once: AllAtOnce) -> None:
    outcomes = all_at_once(*([lambda: count(of(), now=NOW)] * 20))

    assert sum(outcome is None for outcome in outcomes) == ACCOUNT_AND_ADDRESS.attempts
    assert all(outcome is None or isinstance(outcome, TooManyRequests) for outcome in outcomes)
