"""One row of a file is changed where it is as it was known."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F, Q

from messaging.file_models import File
from messaging.files.changing import change_file
from rooms.models import Room
from tests.factories import ALICE
from tests.messaging.files.having import NOW, have_file
from tests.messaging.people import TIMEOUT_S
from tests.messaging.store.test_retrying import wait_for_waiting

CHECKING = Q(state=File.State.CHECKING)


@pytest.mark.django_db
def test_a_row_that_is_something_else_by_now_stays_as_it_is(room: Room) -> None:
    file = have_file(room, ALICE, state="checking")
    assert change_file(file.pk, CHECKING, tries=F("tries") + 1)
    assert not change_file(file.pk, Q(state=File.State.COMING), tries=5)
    assert not change_file(file.pk + 1, CHECKING, tries=5)
    file.refresh_from_db()
    assert file.tries == 1


@pytest.mark.servers
@pytest.mark.django_db(transaction=True)
def test_who_changes_a_file_waits_for_who_sends_it_and_neither_is_a_deadlocks_victim(room: Room) -> None:
    file = have_file(room, ALICE, state="checking")

    def change() -> bool:
        try:
            return change_file(file.pk, CHECKING, tries=1)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread, transaction.atomic():
        File.objects.select_for_update().get(pk=file.pk)  # as a message that takes it does
        changing = thread.submit(change)
        wait_for_waiting()
        File.objects.filter(pk=file.pk).update(seq=1, expires_at=NOW + timedelta(days=365))
    assert changing.result(TIMEOUT_S)
    file.refresh_from_db()
    assert (file.seq, file.tries) == (1, 1)
