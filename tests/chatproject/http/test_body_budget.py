"""What the bodies of one household may take is bounded, what all may is too, and small ones always pass."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from chatproject.errors import StoreUnavailable, TooManyRequests
from chatproject.http.body_budget import (
    BODIES_MAX_BYTES,
    BODIES_MAX_BYTES_EACH,
    FREE_BYTES,
    UNFINISHED_MAX_EACH,
    BodyBudget,
)

LARGE = 64 * 1024
ATTACKER, MEMBER = "198.51.100.1", "203.0.113.5"


@pytest.fixture
def budget() -> BodyBudget:
    return BodyBudget()


@pytest.fixture
def requests() -> Iterator[ExitStack]:
    with ExitStack() as requests:
        yield requests


def hold_all(budget: BodyBudget, requests: ExitStack, household: str, *, is_whole: bool = True) -> int:
    """Send large bodies until one is refused; returns how many were taken in."""
    for number in range(1_000):
        share = requests.enter_context(budget.share(household))
        try:
            share.hold(LARGE, is_whole=is_whole)
        except TooManyRequests:
            return number
    raise AssertionError


def fill(budget: BodyBudget, requests: ExitStack) -> None:
    for number in range(1_000):
        hold_all(budget, requests, f"198.51.100.{number}")


def test_one_household_takes_its_share_and_no_more(budget: BodyBudget, requests: ExitStack) -> None:
    assert hold_all(budget, requests, ATTACKER) == BODIES_MAX_BYTES_EACH // (LARGE - FREE_BYTES)
    requests.enter_context(budget.share(MEMBER)).hold(LARGE, is_whole=False)


def test_all_together_take_no_more_than_the_process_has_for_them(budget: BodyBudget, requests: ExitStack) -> None:
    with pytest.raises(StoreUnavailable):
        fill(budget, requests)


def test_a_small_body_passes_when_all_is_taken(budget: BodyBudget, requests: ExitStack) -> None:
    with pytest.raises(StoreUnavailable):
        fill(budget, requests)
    requests.enter_context(budget.share(MEMBER)).hold(FREE_BYTES, is_whole=True)
    requests.enter_context(budget.share(ATTACKER)).hold(FREE_BYTES, is_whole=True)


def test_so_many_unfinished_bodies_of_one_household_however_small(budget: BodyBudget, requests: ExitStack) -> None:
    shares = [requests.enter_context(budget.share(ATTACKER)) for _ in range(UNFINISHED_MAX_EACH + 1)]
    for share in shares[:-1]:
        share.hold(1, is_whole=False)
    with pytest.raises(TooManyRequests):
        shares[-1].hold(1, is_whole=False)
    requests.enter_context(budget.share(MEMBER)).hold(1, is_whole=False)

    shares[0].hold(2, is_whole=True)
    shares[-1].hold(1, is_whole=False)


def test_what_is_answered_takes_nothing(budget: BodyBudget) -> None:
    with ExitStack() as requests:
        hold_all(budget, requests, ATTACKER)
        hold_all(budget, requests, MEMBER)
        requests.enter_context(budget.share(MEMBER)).hold(5, is_whole=False)
        assert not budget.is_idle
    assert budget.is_idle


def test_the_share_of_one_is_a_small_part_of_all() -> None:
    assert BODIES_MAX_BYTES_EACH * 16 <= BODIES_MAX_BYTES
