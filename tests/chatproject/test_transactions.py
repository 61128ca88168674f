import threading

import pytest
from django.db import OperationalError, connection, transaction

from chatproject.transactions import ATTEMPTS, in_one_transaction, lost_its_locks
from rooms.models import Room
from tests.conftest import THREADS_TIMEOUT_S, AllAtOnce
from tests.factories import make_group_room

DEADLOCK = OperationalError(1213, "Deadlock found when trying to get lock; try restarting transaction")
SYNTAX = OperationalError(1064, "You have an error in your SQL syntax")


class Victim:
    """A service that makes a room and then loses its locks, as often as it is told to."""

    def __init__(self, error: OperationalError, *, times: int) -> None:
        self.error, self.times, self.calls = error, times, 0

    def __call__(self) -> int:
        self.calls += 1
        make_group_room("Garden")
        if self.calls <= self.times:
            raise self.error
        return self.calls


@pytest.mark.django_db(transaction=True)
def test_a_deadlocks_victim_begins_anew_with_nothing_left_of_its_first_attempt() -> None:
    assert in_one_transaction(Victim(DEADLOCK, times=1))() == 2
    assert Room.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_third_deadlock_is_the_callers() -> None:
    victim = Victim(DEADLOCK, times=99)
    with pytest.raises(OperationalError):
        in_one_transaction(victim)()
    assert victim.calls == ATTEMPTS == 3
    assert not Room.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_another_fault_is_not_tried_again() -> None:
    victim = Victim(SYNTAX, times=99)
    with pytest.raises(OperationalError):
        in_one_transaction(victim)()
    assert victim.calls == 1


@pytest.mark.django_db(transaction=True)
def test_inside_the_callers_transaction_there_is_one_attempt() -> None:
    victim = Victim(DEADLOCK, times=99)
    with pytest.raises(OperationalError), transaction.atomic():
        in_one_transaction(victim)()
    assert victim.calls == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_lock_two_rooms_crosswise_both_succeed(all_at_once: AllAtOnce) -> None:
    rooms = [make_group_room("Garden").room_id, make_group_room("Kitchen").room_id]
    both_hold_one = threading.Barrier(2, timeout=THREADS_TIMEOUT_S)
    met = set()

    @in_one_transaction
    def lock(first_id: int, second_id: int) -> str:
        Room.objects.select_for_update().get(room_id=first_id)
        if first_id not in met and connection.features.has_select_for_update:  # SQLite has one writer at a time
            met.add(first_id)
            both_hold_one.wait()
        Room.objects.select_for_update().get(room_id=second_id)
        return "done"

    assert all_at_once(lambda: lock(*rooms), lambda: lock(*reversed(rooms))) == ["done", "done"]


def test_only_mysqls_two_lock_errors_are_lost_locks() -> None:
    assert lost_its_locks(DEADLOCK)
    assert lost_its_locks(OperationalError(1205, "Lock wait timeout exceeded"))
    assert not lost_its_locks(SYNTAX)
    assert not lost_its_locks(ValueError(1213))
