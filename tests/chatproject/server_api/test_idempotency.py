"""A call with an Idempotency-Key: done once, whoever repeats it, and whoever dies in the middle."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from chatproject.errors import (
    ChatError,
    InvalidInput,
    RoomNameTaken,
    RoomNotFound,
    StoreUnavailable,
    TooManyRequests,
)
from chatproject.server_api import idempotency
from chatproject.server_api.errors import CallRunning, OtherCall
from chatproject.server_api.idempotency import (
    KEPT_FOR,
    LEFT_LYING_AFTER,
    Answer,
    Attempt,
    Call,
    answer_once,
    call_of,
)
from chatproject.server_api.keys import make_key
from chatproject.server_api.models import IdempotentCall, ServerKey
from rooms.models import Room
from tests.conftest import AllAtOnce
from tests.times import WAIT_S

NOW = timezone.now()
Work = Callable[[Attempt], Any]


@pytest.fixture
def key(transactional_db: None) -> ServerKey:
    return make_key(name="main", scopes=["rooms"]).row


def asked(key: ServerKey, name: str = "one", **others: Any) -> Call:
    what = {"method": "POST", "path": "/v1/server/rooms", "query": "", "body": b"{}"} | others
    return call_of(server_key_id=key.pk, key=name, **what)


def answer(call: Call, work: Work, *, now: datetime = NOW, is_one_transaction: bool = True) -> Answer:
    return answer_once(call, work, is_one_transaction=is_one_transaction, now=now)


def make_room(_attempt: Attempt) -> dict[str, Any]:
    """What is done in most of these tests, so that each time is seen."""
    number = Room.objects.count() + 1
    return {"roomId": Room.objects.create(name=f"방 {number}").pk, "이름": f"방 {number}"}


def refuse(error: ChatError) -> Work:
    def work(attempt: Attempt) -> Any:
        make_room(attempt)  # undone with the refusal
        raise error

    return work


def never(_attempt: Attempt) -> Any:
    raise AssertionError("done again")


# --- again


def test_a_call_that_comes_again_is_answered_the_same_and_not_done(key: ServerKey) -> None:
    first = answer(asked(key), make_room)
    assert answer(asked(key), never) == first._replace(is_kept=True)
    assert answer(asked(key, "two"), make_room).body != first.body
    other = make_key(name="another main server", scopes=[]).row
    assert not answer(asked(other), make_room).is_kept
    assert Room.objects.count() == 3


@pytest.mark.parametrize(
    "other", [{"body": b"{ }"}, {"method": "PUT"}, {"path": "/v1/server/rooms/1"}, {"query": "a=1"}]
)
def test_another_call_under_that_key_is_refused(key: ServerKey, other: dict[str, Any]) -> None:
    first = answer(asked(key), make_room)
    with pytest.raises(OtherCall):
        answer(asked(key, **other), never)
    assert answer(asked(key), never).body == first.body


@pytest.mark.parametrize("is_one_transaction", [True, False])
@pytest.mark.parametrize("error", [InvalidInput("이상해요"), RoomNotFound(), RoomNameTaken(), TooManyRequests()])
def test_a_refusal_leaves_the_key_free_for_what_is_mended(
    key: ServerKey, error: ChatError, is_one_transaction: bool
) -> None:
    def refused(_attempt: Attempt) -> Any:
        raise error

    work = refuse(error) if is_one_transaction else refused  # what was begun is undone with the refusal
    for _time in range(2):
        with pytest.raises(type(error)):
            answer(asked(key), work, is_one_transaction=is_one_transaction)
    assert not IdempotentCall.objects.exists()
    done = answer(asked(key, body=b"mended"), make_room, is_one_transaction=is_one_transaction)
    assert (done.is_kept, Room.objects.count()) == (False, 1)
    with pytest.raises(OtherCall):
        answer(asked(key), never)


@pytest.mark.parametrize("error", [StoreUnavailable(), ValueError("a fault of ours")])
def test_after_a_failure_the_same_may_be_tried_again_and_nothing_else(key: ServerKey, error: Exception) -> None:
    with pytest.raises(type(error)):
        answer(asked(key), refuse(error))  # type: ignore[arg-type]
    with pytest.raises(OtherCall):
        answer(asked(key, body=b"other"), never)
    assert answer(asked(key), make_room).status == 200
    assert Room.objects.count() == 1


def test_what_was_done_elsewhere_and_answered_too_late_is_known_again(key: ServerKey) -> None:
    seeds: list[str] = []

    def work(attempt: Attempt) -> Any:
        seeds.append(attempt.seed)
        if len(seeds) < 3:
            raise StoreUnavailable
        return {}

    def refused(_attempt: Attempt) -> Any:
        raise RoomNotFound  # since it was done

    for attempt, error in ((work, StoreUnavailable), (refused, RoomNotFound), (work, StoreUnavailable)):
        with pytest.raises(error):
            answer(asked(key), attempt, is_one_transaction=False)
    assert answer(asked(key), work, is_one_transaction=False).status == 200
    assert len(set(seeds)) == 1


@pytest.mark.parametrize("name", ["", " ", "a b", "열쇠", "a" * 256, "a\n"])
def test_what_can_be_no_key_is_refused(key: ServerKey, name: str) -> None:
    with pytest.raises(InvalidInput):
        asked(key, name)


# --- at the same time


def test_while_it_is_worked_on_a_repetition_is_told_to_wait(key: ServerKey) -> None:
    def work(attempt: Attempt) -> Any:
        with pytest.raises(CallRunning) as told:
            idempotency._begin(asked(key), NOW)
        with pytest.raises(OtherCall):
            idempotency._begin(asked(key, body=b"other"), NOW)
        assert told.value.retry_after
        return make_room(attempt)

    assert answer(asked(key), work, is_one_transaction=False).status == 200


def test_of_ten_at_once_one_does_it(key: ServerKey, all_at_once: AllAtOnce) -> None:
    outcomes = all_at_once(*[lambda: answer(asked(key), make_room)] * 10)
    done = [outcome for outcome in outcomes if isinstance(outcome, Answer)]
    assert {type(outcome) for outcome in outcomes if outcome not in done} <= {CallRunning}
    assert [one.is_kept for one in done].count(False) == 1
    assert len({one.body["roomId"] for one in done}) == 1
    assert Room.objects.count() == 1


# --- death in the middle


def left_lying(key: ServerKey) -> Attempt:
    """What is there when a process died that had just begun: nothing was committed but this."""
    begun = idempotency._begin(asked(key), NOW)
    assert isinstance(begun, Attempt)
    return begun


def test_what_was_left_lying_is_taken_over_after_a_minute(key: ServerKey) -> None:
    dead = left_lying(key)
    seeds = [dead.seed]

    def work(attempt: Attempt) -> Any:
        seeds.append(attempt.seed)
        return make_room(attempt)

    with pytest.raises(CallRunning):
        answer(asked(key), never, now=NOW + LEFT_LYING_AFTER - timedelta(seconds=1))
    assert answer(asked(key), work, now=NOW + LEFT_LYING_AFTER).status == 200
    assert seeds == [dead.seed] * 2  # what commits elsewhere is known by it
    assert Room.objects.count() == 1


def test_who_was_only_thought_dead_has_done_nothing(key: ServerKey) -> None:
    slow, later = left_lying(key), NOW + LEFT_LYING_AFTER
    others = answer(asked(key), make_room, now=later)
    with pytest.raises(CallRunning):
        idempotency._work_and_keep(slow, make_room)
    assert Room.objects.count() == 1
    assert answer(asked(key), never, now=later).body == others.body


def test_from_who_takes_long_nobody_takes_it(key: ServerKey) -> None:
    outcomes: list[Any] = []

    def try_to_take_over() -> None:
        try:
            outcomes.append(answer(asked(key), never, now=NOW + LEFT_LYING_AFTER))
        except (OperationalError, AssertionError) as error:
            outcomes.append(error)
        finally:
            connection.close()

    def work(attempt: Attempt) -> Any:
        other.start()
        other.join(timeout=0.3)  # it waits, where there is something to wait for
        return make_room(attempt)

    other = Thread(target=try_to_take_over)
    done = answer(asked(key), work)
    other.join(timeout=WAIT_S)
    assert (done.status, Room.objects.count()) == (200, 1)
    assert outcomes == [done._replace(is_kept=True)]


def test_of_ten_who_take_over_one_does_it(key: ServerKey, all_at_once: AllAtOnce) -> None:
    left_lying(key)
    later = NOW + LEFT_LYING_AFTER
    outcomes = all_at_once(*[lambda: answer(asked(key), make_room, now=later)] * 10)
    assert sum(isinstance(outcome, Answer) and not outcome.is_kept for outcome in outcomes) == 1
    assert Room.objects.count() == 1


# --- in the end


def test_after_a_day_it_is_forgotten_by_whoever_comes_next(key: ServerKey) -> None:
    answer(asked(key), make_room)
    answer(asked(key, "two"), make_room, now=NOW + KEPT_FOR)
    assert IdempotentCall.objects.count() == 2
    assert not answer(asked(key), make_room, now=NOW + KEPT_FOR + timedelta(seconds=1)).is_kept
    assert IdempotentCall.objects.count() == 2
    assert Room.objects.count() == 3
