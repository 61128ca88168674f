"""What the script answers in a real Redis, by the clock of that Redis."""

from collections.abc import Callable

import pytest
from redis import Redis

from chatproject.limits import script
from chatproject.limits.script import Grant
from tests.servers import HOST, RedisServer

pytestmark = pytest.mark.servers

SLOW = {"rate": 0.01, "burst": 6}  # no token comes back during a test
Run = Callable[..., list[list[int]]]


@pytest.fixture
def connection(redis: RedisServer) -> Redis:
    connection: Redis = Redis(host=HOST, port=redis.port)
    connection.flushall()
    return connection


@pytest.fixture
def run(connection: Redis) -> Run:
    registered = connection.register_script(script.SCRIPT)

    def run(**asked: tuple[float, ...]) -> list[list[int]]:
        arguments = [argument for each in asked.values() for argument in each]
        return script.answers_of(registered(keys=list(asked), args=[script.text_of(arguments)]))

    return run


def take(*, spent: int = 0, wanted: int = 0, spare: int = 0, **pace: float) -> tuple[float, ...]:
    return script.take(**{**SLOW, **pace}, spent=spent, wanted=wanted, spare=spare)


def granted(answers: list[list[int]]) -> list[Grant]:
    return [script.granted(answer) for answer in answers]


def test_a_bucket_gives_its_burst_and_says_when_the_next_one_is_there(run: Run) -> None:
    assert granted(run(a=take(wanted=5))) == [Grant(5, 0, 0.0)]
    [grant] = granted(run(a=take(wanted=2)))
    assert grant.given == 1
    assert 99.0 < grant.wait_s <= 100.0


def test_a_lease_is_at_most_half_of_what_is_left(run: Run) -> None:
    assert granted(run(a=take(wanted=1, spare=5))) == [Grant(1, 2, 0.0)]
    assert granted(run(a=take(spare=5))) == [Grant(0, 1, 0.0)]
    assert granted(run(a=take(wanted=2, spare=5)))[0][:2] == (2, 0)


def test_what_was_given_on_credit_is_a_debt_of_a_burst_at_most(run: Run) -> None:
    [grant] = granted(run(a=take(spent=8, wanted=1)))
    assert grant.given == 0
    assert 290.0 < grant.wait_s <= 300.0
    [grant] = granted(run(a=take(spent=1_000)))
    assert 690.0 < grant.wait_s <= 700.0


def test_members_do_not_pay_for_each_other(run: Run) -> None:
    assert granted(run(a=take(wanted=6), b=take(wanted=1)))[1].given == 1
    assert granted(run(a=take(wanted=1), b=take(wanted=5), c=take(spent=1)))[1].given == 5


def test_a_token_comes_back_in_its_time(run: Run, connection: Redis) -> None:
    run(a=take(wanted=6, rate=50))
    full_at = float(connection.get("a") or 0)
    connection.set("a", f"{full_at - 20_000:.0f}")  # 20 ms ago, without waiting for them
    assert granted(run(a=take(wanted=1, rate=50)))[0].given == 1


def test_a_key_lives_as_long_as_its_bucket_is_not_full(run: Run, connection: Redis) -> None:
    run(a=take(wanted=2), b=take(), c=script.count(window_s=1_800, most=32, more=1))
    assert 199_000 < int(connection.pttl("a")) <= 200_000
    assert not connection.exists("b")
    assert 1_799_000 < int(connection.pttl("c")) <= 1_800_000


def test_counts_are_of_the_window_and_remember_so_many(run: Run, connection: Redis) -> None:
    assert len(run(a=script.count(window_s=60, most=4, more=3))[0]) == 3
    connection.lset("a", 0, str(int(connection.lindex("a", 0) or 0) - 60_000_001))
    ages = script.ages_s(run(a=script.count(window_s=60, most=4, more=1))[0])
    assert len(ages) == 3
    assert ages == sorted(ages, reverse=True)
    assert len(run(a=script.count(window_s=60, most=4, more=9))[0]) == 4


def test_buckets_and_counts_are_asked_together(run: Run) -> None:
    answers = run(a=take(wanted=1), b=script.count(window_s=60, most=4, more=2), c=take(wanted=1, spare=1))
    assert [len(answer) for answer in answers] == [3, 2, 3]
