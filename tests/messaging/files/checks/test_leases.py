"""Which process checks which file: one, and another when that one is gone."""

from datetime import timedelta
from typing import Any

import pytest

from chatproject.database_clock import database_now
from messaging.file_models import File
from messaging.files.checks.leases import Finished, Outcome, count_waiting, finish, put_back, renew, take_next
from rooms.models import Member
from tests.conftest import AllAtOnce
from tests.messaging.files.having import have_file

READY = Outcome(name="a.jpg", media_type="image/jpeg", size=5, kept_size=9, width=3, height=2)


def arrived(uploader: Member, **fields: Any) -> int:
    file = have_file(1, uploader.pk, **{"state": File.State.CHECKING, "kept_size": 0, **fields})
    file_id: int = file.pk
    return file_id


def one(file_id: int) -> File:
    return File.objects.get(pk=file_id)


def let_lease_run_out(file_id: int) -> None:
    File.objects.filter(pk=file_id).update(held_until=database_now() - timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_has_it(all_at_once: AllAtOnce, alice: Member) -> None:
    arrived(alice)

    outcomes = all_at_once(*(lambda holder=holder: take_next(holder=holder) for holder in ("one", "two", "three")))

    assert len([held for held in outcomes if held is not None]) == 1


@pytest.mark.django_db
def test_files_are_taken_in_their_order_and_only_those_that_arrived(alice: Member) -> None:
    arrived(alice, state=File.State.COMING)
    first, second = arrived(alice), arrived(alice)

    taken = [take_next(holder="one") for _ in range(3)]

    assert [held and held.file_id for held in taken] == [first, second, None]
    assert count_waiting() == 2


@pytest.mark.django_db
def test_a_process_that_died_leaves_its_file_to_others(alice: Member) -> None:
    file_id = arrived(alice)
    take_next(holder="dead")
    renew(file_id=file_id, holder="dead")
    assert take_next(holder="other") is None

    let_lease_run_out(file_id)

    held = take_next(holder="other")
    assert held is not None
    assert held.tries == 2
    assert finish(file_id=file_id, holder="dead", outcome=READY) == Finished()
    assert one(file_id).state == File.State.CHECKING


@pytest.mark.django_db
@pytest.mark.parametrize(("counts", "tries"), [(True, 2), (False, 1)])
def test_what_is_put_back_waits(alice: Member, counts: bool, tries: int) -> None:
    file_id = arrived(alice)
    take_next(holder="one")

    put_back(file_id=file_id, holder="one", wait_s=60, counts=counts)

    assert take_next(holder="other") is None
    let_lease_run_out(file_id)
    held = take_next(holder="other")
    assert held is not None
    assert held.tries == tries


@pytest.mark.django_db
def test_what_was_found_is_written_and_what_was_sent_already_is_to_be_told(alice: Member) -> None:
    unsent, sent = arrived(alice), arrived(alice, seq=7)
    for _ in range(2):
        take_next(holder="one")

    finished = [finish(file_id=file_id, holder="one", outcome=READY) for file_id in (unsent, sent)]

    assert finished == [Finished(is_written=True), Finished(is_written=True, message=(1, 7))]
    assert [one(file_id).is_untold for file_id in (unsent, sent)] == [False, True]
    file = one(unsent)
    assert (file.state, file.name, file.size, file.kept_size, file.width) == ("ready", "a.jpg", 5, 9, 3)
    assert (file.holder, file.held_until) == ("", None)


@pytest.mark.django_db
def test_why_it_is_refused_is_written_and_nothing_else_of_it_changes(alice: Member) -> None:
    file_id = arrived(alice)
    take_next(holder="one")

    finish(file_id=file_id, holder="one", outcome=Outcome(reason="type"))

    file = one(file_id)
    assert (file.state, file.reason, file.name, file.size) == ("refused", "type", "노을.jpg", 1_000)


@pytest.mark.django_db
def test_of_what_was_taken_away_meanwhile_nothing_is_wanted(alice: Member) -> None:
    deleted, ended = arrived(alice), arrived(alice)
    for _ in range(2):
        take_next(holder="one")
    File.objects.filter(pk=deleted).delete()
    File.objects.filter(pk=ended).update(state=File.State.GONE)

    for file_id in (deleted, ended):
        assert finish(file_id=file_id, holder="one", outcome=READY) == Finished(is_gone=True)


@pytest.mark.django_db
def test_what_lost_its_name_meanwhile_is_given_none_again(alice: Member) -> None:
    file_id = arrived(alice, seq=7)
    take_next(holder="one")
    File.objects.filter(pk=file_id).update(name="", uploader=None)
    finish(file_id=file_id, holder="one", outcome=READY)
    assert (one(file_id).state, one(file_id).name) == ("ready", "")
