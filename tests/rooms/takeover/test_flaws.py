"""What years of use left in the replaced server's tables, on MySQL and MariaDB, and what becomes of it."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connections

from messaging.models import Message
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB, CHARLIE
from tests.rooms import worn
from tests.rooms.catalogue import rows_of, schema_of
from tests.rooms.conftest import MakeDatabase
from tests.rooms.legacy import MYSQL_TABLES, ROWS, run_script

pytestmark = pytest.mark.servers

GARDEN, ODD_PRIVATE, PRIVATE = 1, 91, 92
# as a dump that was read in without looking at foreign keys leaves it
ROOM_GONE = """
    SET foreign_key_checks = 0;
    INSERT INTO chat_messages VALUES (99, 'nowhere', 88, 7, NULL, NULL);
    INSERT INTO read_status (is_read, chat_room_id, chat_message_id, user_id) VALUES (0, 88, 99, 7);
    SET foreign_key_checks = 1;
"""
NARROW_ROOMS = """
    INSERT INTO chat_rooms VALUES
        (1, '', 1, NULL, NULL), (2, ' lead', 1, NULL, NULL), (3, 'Bär', 1, NULL, NULL), (4, 'Bar', 1, NULL, NULL)
"""


@pytest.fixture(scope="module")
def taken_over(empty_database: MakeDatabase) -> str:
    alias = empty_database()
    run_script(connections[alias], worn.DATABASE)
    call_command("migrate", database=alias, verbosity=0)
    return alias


def test_group_rooms_are_told_apart_by_what_people_see(taken_over: str) -> None:
    names = dict(Room.objects.using(taken_over).filter(is_group_chat=True).values_list("room_id", "name"))

    assert names == {1: "정원", 2: "Room", 3: "Room 3", 4: "Room 2", 5: "room", 6: "방 6", 7: "가"}


def test_places_of_nobody_and_second_places_are_taken_out(taken_over: str) -> None:
    places = Participant.objects.using(taken_over).order_by("participant_id").values_list("room_id", "member_id")

    assert list(places) == [
        (GARDEN, ALICE),
        (GARDEN, BOB),
        (ODD_PRIVATE, ALICE),
        (ODD_PRIVATE, BOB),
        (ODD_PRIVATE, CHARLIE),
        (PRIVATE, BOB),
        (PRIVATE, CHARLIE),
    ]


def test_what_a_member_who_is_gone_said_stays_where_it_was_said(taken_over: str) -> None:
    said = Message.objects.using(taken_over).filter(room_id=GARDEN).order_by("seq")

    assert list(said.values_list("seq", "sender_id", "contents")) == [
        (1, ALICE, "first"),
        (2, None, "second"),
        (3, BOB, ""),
    ]
    assert not Message.objects.using(taken_over).filter(contents="nowhere").exists()


def test_times_of_the_type_timestamp_are_utc(taken_over: str) -> None:
    said = Message.objects.using(taken_over).get(contents="first")

    assert said.created_at == said.updated_at == datetime(2024, 2, 1, 9, tzinfo=UTC)


def test_the_first_two_keep_their_private_room_when_a_third_joined(taken_over: str) -> None:
    keys = dict(Room.objects.using(taken_over).exclude(pair_key=None).values_list("room_id", "pair_key"))

    assert keys == {ODD_PRIVATE: f"{BOB}:{ALICE}", PRIVATE: f"{BOB}:{CHARLIE}"}


def test_members_have_read_up_to_their_first_unread_message(taken_over: str) -> None:
    read = Participant.objects.using(taken_over).filter(room_id=GARDEN).values_list("member_id", "read_seq")

    assert dict(read) == {ALICE: 3, BOB: 1}


def test_a_room_may_be_deleted_whatever_read_status_holds(empty_database: MakeDatabase) -> None:
    alias = empty_database()
    run_script(connections[alias], f"{MYSQL_TABLES};{ROWS}")
    call_command("migrate", database=alias, verbosity=0)

    Room.objects.using(alias).get(room_id=GARDEN).delete()

    assert rows_of(connections[alias], "SELECT COUNT(*) FROM read_status WHERE chat_room_id = 1") == [(0,)]


def test_a_user_may_be_deleted_whatever_read_status_holds(empty_database: MakeDatabase) -> None:
    alias = empty_database()
    run_script(connections[alias], f"{MYSQL_TABLES};{ROWS}")
    call_command("migrate", database=alias, verbosity=0)

    run_script(connections[alias], f"DELETE FROM users WHERE user_id = {ALICE}")

    assert rows_of(connections[alias], f"SELECT COUNT(*) FROM read_status WHERE user_id = {ALICE}") == [(0,)]
    authors = (
        Message.objects.using(alias).filter(room_id=GARDEN).order_by("seq").values_list("sender_id", flat=True)
    )
    assert list(authors) == [None, BOB, None, CHARLIE]


def test_the_members_table_is_as_the_main_server_made_it(empty_database: MakeDatabase, taken_over: str) -> None:
    before = empty_database()
    run_script(connections[before], worn.DATABASE)
    of_users = [[row for row in schema_of(alias) if row[0] == "users"] for alias in (before, taken_over)]

    assert of_users[0] == of_users[1]


def test_read_marks_hold_no_message_of_a_room_that_is_gone(empty_database: MakeDatabase) -> None:
    alias = empty_database()
    run_script(connections[alias], f"{MYSQL_TABLES};{ROWS};{ROOM_GONE}")
    call_command("migrate", database=alias, verbosity=0)

    marks = "SELECT chat_message_id FROM read_status WHERE chat_message_id IN (12, 99)"
    assert not Message.objects.using(alias).filter(message_id=99)
    assert rows_of(connections[alias], marks) == [(12,), (12,)]


def test_names_in_a_narrow_character_set_become_hangul_too(empty_database: MakeDatabase) -> None:
    alias = empty_database()
    narrow = MYSQL_TABLES.replace("utf8mb4", "latin1").replace("utf8mb3", "latin1")
    run_script(connections[alias], f"{narrow};{NARROW_ROOMS}")
    call_command("migrate", database=alias, verbosity=0)

    names = dict(Room.objects.using(alias).values_list("room_id", "name"))
    assert names == {1: "방 1", 2: "lead", 3: "Bär", 4: "Bar"}
