"""Whom the writer waits for, by a clock that the tests move."""

from random import Random

import pytest

from messaging.store.lingering import LINGER_MAX_S, PROBE_LAST, Linger

COMMIT_S = 0.001
TURN_S = 0.0005  # of a client: from the answer to its next message
NOT_BEFORE_S = 0.000_001


class Batch:
    def __init__(self, size: int, latencies: list[float]) -> None:
        self.size, self.latencies = size, latencies


def told_by(linger: Linger, arrivals: list[float]) -> list[Batch]:
    """The batches of messages that come at these times, whatever was answered."""
    batches, now, at = [], 0.0, 0
    while at < len(arrivals):
        now = max(now, arrivals[at])
        size = sum(arrival <= now for arrival in arrivals[at : at + 256])
        rest_s = linger.rest_s(waiting=size, waited_s=now - arrivals[at])
        enough = arrivals[at + linger.wanted - 1] if at + linger.wanted <= len(arrivals) else float("inf")
        now = max(now, min(now + rest_s, enough)) if rest_s else now
        taken = [arrival for arrival in arrivals[at : at + 256] if arrival <= now]
        at += len(taken)
        now += COMMIT_S
        linger.learn(taken=len(taken), came=sum(arrival <= now for arrival in arrivals[at : at + 256]))
        batches.append(Batch(len(taken), [now - arrival for arrival in taken]))
    return batches


def talk(linger: Linger, *, in_flight: int, batches: int) -> list[Batch]:
    """The batches of so many clients each of which waits for its answer before it says the next."""
    due = sorted(TURN_S * client / in_flight for client in range(in_flight))
    done, now = [], 0.0
    for _ in range(batches):
        now = max(now, due[0])
        size = sum(one <= now for one in due)
        rest_s = linger.rest_s(waiting=size, waited_s=now - due[0])
        if rest_s:
            enough = due[linger.wanted - 1] if linger.wanted <= len(due) else float("inf")
            now = min(now + rest_s, enough)
        taken = [one for one in due if one <= now]
        now += COMMIT_S
        linger.learn(taken=len(taken), came=sum(one <= now for one in due) - len(taken))
        done.append(Batch(len(taken), [now - one for one in taken]))
        due = sorted([*due[len(taken) :], *[now + TURN_S] * len(taken)])
    return done


def latency(batches: list[Batch]) -> list[float]:
    return sorted(one for batch in batches for one in batch.latencies)


def test_who_waits_for_the_answer_is_not_held_up() -> None:
    latencies = latency(talk(Linger(most=256), in_flight=1, batches=5_000))
    held_up = [one for one in latencies if one > COMMIT_S + NOT_BEFORE_S]
    assert len(held_up) <= 12, "but for the probes, which become ever more seldom"
    assert latencies[-1] <= COMMIT_S + LINGER_MAX_S + NOT_BEFORE_S


@pytest.mark.parametrize("in_flight", [2, 5, 10])
def test_few_who_wait_for_their_answers_go_together_and_wait_for_nobody_else(in_flight: int) -> None:
    batches = talk(Linger(most=256), in_flight=in_flight, batches=500)[100:]
    assert sum(batch.size for batch in batches) / len(batches) > 0.9 * in_flight
    latencies = latency(batches)
    assert latencies[len(latencies) // 2] < 2 * COMMIT_S


def test_steady_company_is_found_and_halves_the_transactions() -> None:
    batches = told_by(Linger(most=256), [0.002 * number for number in range(5_000)])
    assert len(batches) < 0.55 * 5_000
    assert max(latency(batches)) <= LINGER_MAX_S + 2 * COMMIT_S


def test_company_that_comes_by_chance_is_found_too() -> None:
    chance = Random(7)
    now = 0.0
    arrivals = [now := now + chance.expovariate(500) for _ in range(5_000)]
    assert len(told_by(Linger(most=256), arrivals)) < 0.6 * 5_000


def test_where_nobody_comes_any_more_nobody_is_waited_for() -> None:
    linger = Linger(most=256)
    told_by(linger, [0.001 * number for number in range(1_000)])
    assert linger.wanted > 1
    alone = told_by(linger, [0.1 * number for number in range(1, 1_001)])
    assert sum(one > COMMIT_S + NOT_BEFORE_S for one in latency(alone)) <= 12


def test_nobody_waits_longer_than_the_longest_wait() -> None:
    linger = Linger(most=256)
    linger.learn(taken=10, came=10)
    assert linger.wanted == 20
    assert linger.rest_s(waiting=1, waited_s=0.0) == LINGER_MAX_S
    assert linger.rest_s(waiting=1, waited_s=LINGER_MAX_S + 1) == 0.0
    assert linger.rest_s(waiting=20, waited_s=0.0) == 0.0
    linger.learn(taken=256, came=100)
    assert linger.rest_s(waiting=256, waited_s=0.0) == 0.0


def test_it_never_stops_to_look_whether_others_would_come() -> None:
    linger = Linger(most=256)
    for _ in range(10 * PROBE_LAST):
        linger.learn(taken=1, came=0)
    batches = 0
    while linger.wanted == 1:
        linger.learn(taken=1, came=0)
        batches += 1
    assert batches <= PROBE_LAST
