"""The epoch that all processes agree on, and when another one begins."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from messaging.models import Deployment
from messaging.store.epochs import Reached, begin_epoch, begin_epoch_if_fallen, current_epoch
from rooms.models import Room


@pytest.fixture
def room(db: None) -> Room:
    return Room.objects.create(name="Garden", is_group_chat=True, version=7, last_seq=5, roster_version=3)


@pytest.mark.django_db(transaction=True)
def test_processes_that_ask_at_once_agree() -> None:
    def ask(_process: int) -> str:
        try:
            return current_epoch()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as processes:
        assert len(set(processes.map(ask, range(8)))) == 1


@pytest.mark.django_db
def test_another_one_is_never_one_that_was() -> None:
    epochs = {current_epoch(), *(begin_epoch() for _time in range(5))}
    assert len(epochs) == 6
    assert current_epoch() in epochs


@pytest.mark.django_db
def test_of_two_who_find_the_same_one_begins_another() -> None:
    before = current_epoch()
    ours = begin_epoch(instead_of=before)
    assert begin_epoch(instead_of=before) == ours != before


def test_a_room_behind_what_was_heard_of_it_begins_another(room: Room) -> None:
    before = current_epoch()
    same = [Reached(7, 3), Reached(6, 3), Reached(7, 2)]
    assert {begin_epoch_if_fallen(epoch=before, reached={room.pk: one}) for one in same} == {before}
    after = begin_epoch_if_fallen(epoch=before, reached={room.pk: Reached(8, 3)})
    assert after != before
    assert begin_epoch_if_fallen(epoch=after, reached={room.pk: Reached(7, 4)}) not in (before, after)


def test_a_room_that_is_gone_and_what_was_heard_before_prove_nothing(room: Room) -> None:
    before = current_epoch()
    assert begin_epoch_if_fallen(epoch=before, reached={room.pk + 1: Reached(9, 9)}) == before
    after = begin_epoch()
    assert begin_epoch_if_fallen(epoch=before, reached={room.pk: Reached(9, 9)}) == after


@pytest.mark.django_db
def test_a_backup_from_before_epochs_gets_one() -> None:
    current_epoch()
    Deployment.objects.update(epoch="")
    assert current_epoch()
