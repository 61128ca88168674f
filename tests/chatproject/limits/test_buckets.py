"""Token buckets, by a clock that the tests hold."""

import pytest

from chatproject.limits.buckets import KeyedBuckets, TokenBucket


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = TokenBucket(rate=8, burst=3, now=100.0)
    assert [bucket.take(100.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert bucket.take(100.0) == 0.125
    assert bucket.take(100.0625) == 0.0625
    assert bucket.take(100.125) == 0.0


def test_a_refused_taker_does_not_wait_longer_for_asking_again() -> None:
    bucket = TokenBucket(rate=1, burst=1, now=0.0)
    bucket.take(0.0)
    for tenth in range(1, 10):
        assert bucket.take(tenth / 10) > 0
    assert bucket.take(1.0) == 0.0


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    bucket = TokenBucket(rate=10, burst=2, now=0.0)
    assert [bucket.take(1_000.0) > 0 for _ in range(3)] == [False, False, True]


def test_a_rate_of_zero_is_no_limit() -> None:
    bucket, buckets = TokenBucket(rate=0, burst=0, now=0.0), KeyedBuckets(rate=0, burst=0)
    assert all(bucket.take(0.0) == 0.0 for _ in range(1_000))
    assert all(buckets.take("Alice", 0.0) == 0.0 for _ in range(1_000))


def test_bob_is_not_held_back_by_what_alice_takes() -> None:
    buckets = KeyedBuckets(rate=1, burst=1)
    assert buckets.take("Alice", 0.0) == 0.0
    assert buckets.take("Alice", 0.0) > 0
    assert buckets.take("Bob", 0.0) == 0.0


def test_full_buckets_are_forgotten_and_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KeyedBuckets, "SWEEP_AT", 10)
    buckets = KeyedBuckets(rate=1, burst=1)
    for number in range(9):
        buckets.take(number, 0.0)
    buckets.take("Alice", 100.0)
    buckets.take("Bob", 100.0)  # the eleventh: sweeps away the nine that are full again
    assert buckets.take("Alice", 100.0) > 0
    assert len(buckets._buckets) == 2
