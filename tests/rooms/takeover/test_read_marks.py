"""The replaced server's read marks, made again from how far everyone has read."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from rooms.models import Participant
from rooms.takeover import read_marks
from tests.factories import ALICE, BOB, CHARLIE
from tests.rooms.catalogue import rows_of
from tests.rooms.conftest import MakeDatabase
from tests.rooms.legacy import MYSQL_TABLES, ROWS, run_script

pytestmark = pytest.mark.servers

GROUP = 1
UNREAD = "SELECT user_id, COUNT(*) FROM read_status WHERE chat_room_id = 1 AND is_read = 0 GROUP BY user_id"


@pytest.fixture
def alias(empty_database: MakeDatabase) -> str:
    """Taken over; afterwards Charlie read one message more, and Bob was found to have read none."""
    made = empty_database()
    run_script(connections[made], f"{MYSQL_TABLES};{ROWS}")
    call_command("migrate", database=made, verbosity=0)
    for member_id, seq in ((CHARLIE, 3), (BOB, 0)):
        Participant.objects.using(made).filter(room_id=GROUP, member_id=member_id).update(read_seq=seq)
    return made


def all_marks(alias: str) -> list[tuple[Any, ...]]:
    query = "SELECT chat_message_id, user_id, is_read + 0 FROM read_status ORDER BY chat_message_id, user_id"
    return rows_of(connections[alias], query)


def test_old_marks_are_corrected_and_those_that_lack_are_added(alias: str) -> None:
    read_marks.rebuild(connections[alias])

    assert dict(rows_of(connections[alias], UNREAD)) == {CHARLIE: 1, BOB: 4}


def test_in_small_steps_and_twice_it_is_the_same(alias: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read_marks.rebuild(connections[alias])
    marks = all_marks(alias)
    run_script(connections[alias], "DELETE FROM read_status WHERE chat_message_id > 11")
    monkeypatch.setattr(read_marks, "MESSAGES_AT_ONCE", 2)

    for _time in range(2):
        read_marks.rebuild(connections[alias])

    assert {mark for mark in marks if not mark[2]} <= set(all_marks(alias))
    assert len(all_marks(alias)) == len({mark[:2] for mark in all_marks(alias)})


def test_where_there_was_no_table_of_marks_one_is_made(alias: str) -> None:
    run_script(connections[alias], "DROP TABLE read_status")

    read_marks.rebuild(connections[alias])

    assert dict(rows_of(connections[alias], UNREAD)) == {CHARLIE: 1, BOB: 4}
    assert (10, ALICE, 1) in all_marks(alias)
