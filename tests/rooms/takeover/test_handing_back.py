"""The way back: the replaced server gets its database again, with what was said and read meanwhile."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from messaging.models import Message
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB, CHARLIE
from tests.migrated import Statements, dump, load
from tests.rooms.catalogue import rows_of, schema_of
from tests.rooms.conftest import MakeDatabase
from tests.rooms.cutting import run_with_cuts
from tests.rooms.legacy import MYSQL_TABLES, ROWS, run_script
from tests.rooms.spring import ReplacedServer

pytestmark = pytest.mark.servers

GROUP, PRIVATE = 1, 92
NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)


@pytest.fixture
def alias(empty_database: MakeDatabase) -> Iterator[str]:
    """A database as the replaced server left it."""
    made = empty_database()
    run_script(connections[made], f"{MYSQL_TABLES};{ROWS}")
    yield made
    connections[made].close()


@pytest.fixture(scope="module")
def taken_over_once(empty_database: MakeDatabase) -> Statements:
    """What such a database is made of, once `migrate` took it over."""
    made = empty_database()
    run_script(connections[made], f"{MYSQL_TABLES};{ROWS}")
    call_command("migrate", database=made, verbosity=0)
    connections[made].ensure_connection()
    return dump(connections[made].connection)


@pytest.fixture
def taken_over(empty_database: MakeDatabase, taken_over_once: Statements) -> Iterator[str]:
    """A database of the replaced server that was taken over."""
    made = empty_database()
    connections[made].ensure_connection()
    load(connections[made].connection, taken_over_once)
    yield made
    connections[made].close()


def told(alias: str, **options: Any) -> str:
    output = StringIO()
    call_command("hand_back", database=alias, stdout=output, **options)
    return output.getvalue()


def say(alias: str, room_id: int, sender_id: int | None, contents: str, **fields: Any) -> None:
    """One message that this server took while the database was its own."""
    room = Room.objects.using(alias).get(room_id=room_id)
    seq = room.last_seq + 1
    Message.objects.using(alias).create(
        room=room, sender_id=sender_id, contents=contents, seq=seq, version=room.version + 1, created_at=NOW,
        updated_at=NOW, **fields,
    )  # fmt: skip
    Room.objects.using(alias).filter(room_id=room_id).update(last_seq=seq, version=room.version + 1)
    Participant.objects.using(alias).filter(room_id=room_id, member_id=sender_id or 0).update(read_seq=seq)


def live(server: ReplacedServer) -> list[Any]:
    """A day of the replaced server; what its members see at the end."""
    room_id = server.open_room("새 방", ALICE, BOB)
    server.say(room_id, ALICE, "안녕하세요")
    server.say(room_id, BOB, "안녕")
    server.read(room_id, ALICE)
    server.join(room_id, CHARLIE)
    server.say(room_id, CHARLIE, "나도")
    private_id = server.open_room("Charlie-Alice", CHARLIE, ALICE, is_group_chat=False)
    seen = [
        server.history(room_id),
        [server.unread(room_id, member_id) for member_id in (ALICE, BOB, CHARLIE)],
        server.room_named("새 방") == room_id,
        server.private_rooms(ALICE, CHARLIE) == [private_id],
    ]
    server.close_room(room_id)
    server.close_room(private_id)
    return seen


def test_the_replaced_server_lives_afterwards_as_it_did_before(alias: str) -> None:
    server = ReplacedServer(connections[alias])
    before = live(server)
    assert before[1] == [1, 2, 0]

    call_command("migrate", database=alias, verbosity=0)
    told(alias, yes=True)

    assert live(server) == before


def test_what_was_said_and_read_meanwhile_stays(taken_over: str) -> None:
    say(taken_over, GROUP, ALICE, "while you were away")
    say(taken_over, PRIVATE, BOB, "둘만의 새 말")
    Participant.objects.using(taken_over).filter(room_id=GROUP, member_id=CHARLIE).update(read_seq=4)

    told(taken_over, yes=True)

    server = ReplacedServer(connections[taken_over])
    assert server.history(GROUP)[-1] == ("Alice", "while you were away")
    assert [server.unread(GROUP, member_id) for member_id in (ALICE, BOB, CHARLIE)] == [0, 1, 1]
    assert [server.unread(PRIVATE, member_id) for member_id in (ALICE, BOB)] == [1, 0]
    marks = (
        "SELECT COUNT(*) FROM read_status JOIN chat_messages USING (chat_message_id) WHERE contents LIKE '%while%'"
    )
    assert rows_of(connections[taken_over], marks) == [(3,)]
    assert server.room_named("고민상담방") == GROUP
    assert server.private_rooms(BOB, ALICE)


def test_what_nobody_wrote_is_put_aside_and_what_was_deleted_stays_deleted(taken_over: str) -> None:
    say(taken_over, GROUP, None, "도우미의 답", kind="assistant")
    say(taken_over, GROUP, ALICE, "regretted", deleted_at=NOW)

    assert "1 messages that no user wrote go into the table chat_messages_set_aside." in told(taken_over, yes=True)

    assert ReplacedServer(connections[taken_over]).history(GROUP)[-1] == ("Alice", "")
    aside = "SELECT chat_room_id, kind, contents FROM chat_messages_set_aside"
    assert rows_of(connections[taken_over], aside) == [(GROUP, "assistant", "도우미의 답")]


def test_what_is_hidden_stays_so_and_is_put_aside(taken_over: str) -> None:
    say(taken_over, GROUP, ALICE, "나쁜 말", hidden_at=NOW)

    told(taken_over, yes=True)

    assert ReplacedServer(connections[taken_over]).history(GROUP)[-1] == ("Alice", "")
    aside = "SELECT chat_room_id, kind, contents FROM chat_messages_set_aside"
    assert rows_of(connections[taken_over], aside) == [(GROUP, "member", "나쁜 말")]


def test_a_message_of_files_alone_says_that_there_were_some(taken_over: str) -> None:
    marks = '{"attachments":[{"fileId":5,"name":"a.log","type":"text/plain","size":1}]}'
    say(taken_over, GROUP, ALICE, "", marks=marks)
    say(taken_over, GROUP, ALICE, "보세요", marks=marks)
    say(taken_over, GROUP, ALICE, "", marks=marks, deleted_at=NOW)
    told(taken_over, yes=True)
    assert ReplacedServer(connections[taken_over]).history(GROUP)[-3:] == [
        ("Alice", "(파일)"),
        ("Alice", "보세요"),
        ("Alice", ""),
    ]


def test_the_assistant_s_messages_may_be_given_to_an_account(taken_over: str) -> None:
    say(taken_over, GROUP, None, "도우미의 답", kind="assistant")

    told(taken_over, yes=True, author=BOB)

    assert ReplacedServer(connections[taken_over]).history(GROUP)[-1] == ("Bob", "도우미의 답")


def test_nothing_of_ours_is_left_but_django_s_own_tables(alias: str) -> None:
    before = {row[:2] for row in schema_of(alias)}
    call_command("migrate", database=alias, verbosity=0)

    told(alias, yes=True)

    after = {row[:2] for row in schema_of(alias)}
    assert before <= after
    assert {table.partition("_")[0] for table, _column in after - before} <= {"auth", "django", "chat"}
    assert {table for table, _column in after - before if table.startswith("chat")} == {"chat_messages_set_aside"}
    with pytest.raises(CommandError, match="There is nothing to hand back"):
        told(alias, yes=True)


def test_without_a_yes_nothing_changes(taken_over: str) -> None:
    schema = schema_of(taken_over)

    assert "Nothing was changed." in told(taken_over)
    with pytest.raises(CommandError, match="There is no user 4711"):
        told(taken_over, yes=True, author=4711)

    assert schema_of(taken_over) == schema


def test_it_goes_on_after_it_was_cut_off_anywhere(alias: str) -> None:
    server = ReplacedServer(connections[alias])
    before = live(server)
    call_command("migrate", database=alias, verbosity=0)
    say(alias, GROUP, ALICE, "while you were away")

    run_with_cuts(alias, lambda: told(alias, yes=True))

    assert live(server) == before
    assert [server.unread(GROUP, member_id) for member_id in (ALICE, BOB, CHARLIE)] == [0, 1, 3]


def test_there_and_back_and_there_again(taken_over: str) -> None:
    schema = schema_of(taken_over)
    pairs = dict(Room.objects.using(taken_over).values_list("room_id", "pair_key"))
    read = dict(Participant.objects.using(taken_over).values_list("participant_id", "read_seq"))
    told(taken_over, yes=True)

    call_command("migrate", database=taken_over, verbosity=0)

    added = {"chat_messages_set_aside"}
    columns = {row[:4] for row in schema if len(row) == 5}
    assert {row[:4] for row in schema_of(taken_over) if len(row) == 5 and row[0] not in added} == columns
    assert dict(Room.objects.using(taken_over).values_list("room_id", "pair_key")) == pairs
    assert dict(Participant.objects.using(taken_over).values_list("participant_id", "read_seq")) == read
