"""One shared bucket as a process knows it, by a clock that the tests hold and by answers as Redis gives them."""

import asyncio

import pytest

from chatproject.limits.leases import LEASE_S, Lease, Pace

SENDS = Pace(rate=10, burst=30)
SEARCHES = Pace(rate=0.5, burst=30, is_exact=True)
MS = 1_000  # microseconds
SPENT, WANTED, SPARE = 3, 4, 5  # where they stand among the arguments


@pytest.fixture
def lease() -> Lease:
    return Lease("key", SENDS, now=100.0)


def waiting(lease: Lease, count: int) -> list["asyncio.Future[float | None]"]:
    loop = asyncio.get_running_loop()
    futures: list[asyncio.Future[float | None]] = [loop.create_future() for _ in range(count)]
    lease.waiting.extend(futures)
    return futures


def test_a_lone_message_goes_at_once_and_redis_hears_of_it_behind_it(lease: Lease) -> None:
    assert lease.take(100.0) == 0.0
    assert lease.wants_more
    assert lease.arguments(100.0)[SPENT:] == (1, 0, 5)


def test_the_second_one_before_redis_answered_has_to_ask(lease: Lease) -> None:
    lease.take(100.0)
    assert lease.take(100.001) is None


def test_a_lease_is_given_out_without_asking_and_the_last_of_it_asks_for_more(lease: Lease) -> None:
    lease.take(100.0)
    lease.arguments(100.0)
    lease.hear([0, 2, 0], 100.01)
    assert lease.take(100.1) == 0.0
    assert not lease.wants_more
    assert lease.take(100.2) == 0.0
    assert lease.wants_more
    assert lease.arguments(100.2)[SPENT:] == (0, 0, 5)


def test_a_lease_ends_and_what_is_left_of_it_is_lost(lease: Lease) -> None:
    lease.hear([0, 5, 0], 100.0)
    assert lease.take(100.0 + LEASE_S) == 0.0
    assert lease.arguments(100.0 + LEASE_S)[SPENT] == 1  # on credit, not from the lease
    assert lease.take(100.0 + LEASE_S) is None


def test_of_an_empty_bucket_redis_is_not_asked_before_there_can_be_a_token(lease: Lease) -> None:
    lease.hear([0, 0, 80 * MS], 100.0)
    assert lease.take(100.03) == pytest.approx(0.05)
    assert lease.take(100.081) is None


def test_a_bucket_in_debt_gives_no_more_credit(lease: Lease) -> None:
    lease.hear([0, 0, 3_000 * MS], 100.0)
    assert lease.take(100.0 + LEASE_S + 0.5) == pytest.approx(0.5)


async def test_who_waits_is_given_to_in_the_order_of_coming_and_the_rest_are_told_when_to_come_again(
    lease: Lease,
) -> None:
    first, second, third = waiting(lease, 3)
    assert lease.arguments(100.0)[WANTED] == 3
    late = waiting(lease, 1)[0]
    lease.hear([2, 0, 100 * MS], 100.0)
    assert (await first, await second, await third) == (0.0, 0.0, 0.1)
    assert not late.done()
    assert lease.arguments(100.1)[WANTED] == 1


async def test_where_redis_says_nothing_nobody_waits(lease: Lease) -> None:
    asked = waiting(lease, 1)[0]
    lease.arguments(100.0)
    later = waiting(lease, 1)[0]
    lease.hear_nothing()
    assert (await asked, await later) == (None, None)


async def test_a_late_answer_is_for_what_was_given_without_it(lease: Lease) -> None:
    waiting(lease, 1)
    lease.arguments(100.0)
    lease.hear_nothing()
    assert [lease.take_alone(100.0) for _ in range(3)] == [0.0] * 3
    lease.hear([1, 4, 0], 102.0)
    assert [lease.take(102.0) for _ in range(3)] == [0.0, 0.0, None]
    assert lease.arguments(102.0)[SPENT] == 0


async def test_who_hung_up_is_not_given_to(lease: Lease) -> None:
    gone, here = waiting(lease, 2)
    gone.cancel()
    assert lease.arguments(100.0)[WANTED] == 1
    lease.hear([1, 0, 0], 100.0)
    assert await here == 0.0


def test_an_exact_bucket_gives_nothing_on_credit_and_asks_for_no_lease() -> None:
    lease = Lease("key", SEARCHES, now=100.0)
    assert lease.take(100.0) is None
    assert lease.arguments(100.0)[SPARE] == 0


def test_the_process_alone_begins_where_the_shared_bucket_stood() -> None:
    """Redis goes away: who used up the burst has no second one."""
    lease = Lease("key", SENDS, now=100.0)
    lease.hear([0, 30, 0], 100.0)
    for _ in range(30):
        assert lease.take(100.0) == 0.0
    assert lease.take_alone(100.0) == pytest.approx(0.1)


def test_what_was_said_while_redis_was_away_is_held_against_nobody_later_than_it_would_be(lease: Lease) -> None:
    for second in range(100):
        assert lease.take_alone(100.0 + second) == 0.0
    assert lease.arguments(199.0)[SPENT] == 1
    lease.take_alone(200.0)
    assert lease.arguments(300.0)[SPENT] == 0


def test_only_what_changes_nothing_is_forgotten(lease: Lease) -> None:
    assert lease.is_idle(100.0)
    lease.take(100.0)
    assert not lease.is_idle(200.0)  # not told yet
    lease.arguments(200.0)
    lease.hear([0, 5, 0], 200.0)
    assert not lease.is_idle(200.0)
    assert lease.is_idle(200.0 + LEASE_S)
