"""The statements of files by themselves: what they read, and that they search and never scan."""

from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection, transaction

from messaging.file_models import File
from messaging.store import file_statements
from messaging.store.file_statements import read_files, read_files_of
from messaging.store.statements import run
from rooms.models import Room
from tests.conftest import AllAtOnce
from tests.factories import ALICE
from tests.messaging.files.having import have_file

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)


def test_files_are_read_by_their_ids_and_by_their_messages(room: Room) -> None:
    one, two, other = (
        have_file(room, ALICE),
        have_file(room, ALICE, seq=4, alt="고양이"),
        have_file(room, ALICE, seq=5),
    )
    found, of_message = run(read_files([two.pk, one.pk]), read_files_of([(room.pk, 4)]))
    assert list(found) == [one.pk, two.pk]
    assert list(of_message) == [two.pk]
    row = of_message[two.pk]
    assert (row.room_id, row.seq, row.uploader_id, row.alt) == (room.pk, 4, ALICE, "고양이")
    assert row.expires_at == two.expires_at
    assert file_statements.attachment_of(row).alt == "고양이"
    assert other.pk not in found


@pytest.mark.servers  # on SQLite one writes at a time
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by", ["number", "message"])
def test_nobody_changes_a_file_that_is_being_sent(room: Room, all_at_once: AllAtOnce, by: str) -> None:
    file = have_file(room, ALICE, seq=4)

    def change() -> None:
        with transaction.atomic():
            File.objects.select_for_update(nowait=True).get(pk=file.pk)

    reading = {"number": read_files([file.pk]), "message": read_files_of([(room.pk, 4)])}[by]
    with transaction.atomic():
        run(reading)
        [refused] = all_at_once(change)
    assert isinstance(refused, OperationalError)
    assert all_at_once(change) == [None]


def test_a_messages_files_are_searched_for_not_scanned(room: Room) -> None:
    statement = file_statements.let_files_go([(room.pk, 4), (room.pk, 5)], now=NOW)
    with connection.cursor() as cursor:
        explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{explain} {statement.query}", statement.values)
        plan = str(cursor.fetchall())
    assert "files_by_message" in plan
    assert "SCAN" not in plan
