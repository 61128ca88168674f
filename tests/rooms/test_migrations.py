"""Taking over the replaced server's database: `migrate` keeps every row and gives it its place."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connections, transaction

from messaging.models import Message
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, CHARLIE
from tests.rooms.conftest import MakeDatabase, migrate
from tests.rooms.legacy import leave_legacy_database

GROUP, EMPTY, YOUNGER, OLDER, LONELY, REPEATED = 1, 2, 91, 92, 93, 94


@pytest.fixture(scope="module")
def legacy_database(empty_database: MakeDatabase) -> str:
    alias = empty_database()
    leave_legacy_database(connections[alias])
    migrate(alias)
    return alias


@pytest.fixture
def taken_over(legacy_database: str) -> Iterator[str]:
    """The alias of the database that was taken over; what a test writes there is undone."""
    with transaction.atomic(using=legacy_database):
        yield legacy_database
        transaction.set_rollback(True, using=legacy_database)


def in_order(database: str, room_id: int) -> list[tuple[int, int, str]]:
    messages = Message.objects.using(database).filter(room_id=room_id).order_by("seq")
    return list(messages.values_list("seq", "version", "contents"))


def pair_keys(database: str) -> dict[int, str | None]:
    return dict(Room.objects.using(database).values_list("room_id", "pair_key"))


def test_no_migration_is_missing(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_messages_are_numbered_by_time_and_then_by_id(taken_over: str) -> None:
    assert in_order(taken_over, GROUP) == [(1, 1, "first"), (2, 2, "second"), (3, 3, "third"), (4, 4, "")]
    assert in_order(taken_over, OLDER) == [(1, 1, "둘만의 말")]


def test_rooms_know_their_newest_message(taken_over: str) -> None:
    rooms = Room.objects.using(taken_over).values_list("room_id", "last_seq", "version")
    assert set(rooms) == {(1, 4, 4), (2, 0, 0), (91, 0, 0), (92, 1, 1), (93, 0, 0), (94, 0, 0)}


def test_everybody_has_read_what_they_had_read_there(taken_over: str) -> None:
    places = Participant.objects.using(taken_over).filter(room_id__in=[GROUP, OLDER])
    read = {
        (room_id, member_id): seq for room_id, member_id, seq in places.values_list("room", "member", "read_seq")
    }
    up_to_the_first_unread = 2
    assert read == {
        (GROUP, ALICE): 4,
        (GROUP, BOB): 4,
        (GROUP, CHARLIE): up_to_the_first_unread,
        (OLDER, ALICE): 1,
        (OLDER, BOB): 0,
    }


def test_the_oldest_private_room_of_a_pair_is_theirs(taken_over: str) -> None:
    assert pair_keys(taken_over) == {
        GROUP: None,
        EMPTY: None,
        YOUNGER: None,
        OLDER: f"{BOB}:{ALICE}",
        LONELY: None,
        REPEATED: f"{BOB}:{CHARLIE}",
    }


def test_of_two_places_in_one_room_the_older_stays(taken_over: str) -> None:
    places = Participant.objects.using(taken_over).values_list("participant_id", flat=True)
    assert set(places) == {1, 2, 4, 5, 6, 7, 8, 9, 10, 11}


def test_members_and_kinds_of_rooms_stay_what_they_were(taken_over: str) -> None:
    members = Member.objects.using(taken_over).values_list("member_id", "nickname", "role")
    assert set(members) == {(3, "Bob", "USER"), (7, "Alice", "ADMIN"), (11, "찰리", "USER")}
    kinds = dict(Room.objects.using(taken_over).values_list("room_id", "is_group_chat"))
    assert [room_id for room_id, is_group_chat in kinds.items() if is_group_chat is True] == [GROUP, EMPTY]
    assert set(kinds.values()) == {True, False}


def test_times_stay_and_unknown_ones_are_filled(taken_over: str) -> None:
    message = Message.objects.using(taken_over).get(contents="first")
    assert message.created_at == datetime(2024, 2, 1, 9, tzinfo=UTC)
    unfinished = Message.objects.using(taken_over).get(contents="")
    assert unfinished.updated_at == unfinished.created_at
    assert Room.objects.using(taken_over).get(room_id=EMPTY).created_at == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_new_message_keeps_its_microseconds_its_emoji_and_needs_no_sender(taken_over: str) -> None:
    now = datetime(2026, 11, 22, 9, 0, 0, 123_456, tzinfo=UTC)
    Message.objects.using(taken_over).create(
        room_id=EMPTY, seq=1, version=1, kind="notice", contents="🍣" * 20_000, created_at=now, updated_at=now
    )
    stored = Message.objects.using(taken_over).get(room_id=EMPTY)
    assert (stored.created_at, stored.sender_id, len(stored.contents)) == (now, None, 20_000)


def test_names_that_were_equal_to_the_old_collation_are_two_names_now(taken_over: str) -> None:
    Room.objects.using(taken_over).create(name="EMPTY")
    assert Room.objects.using(taken_over).get(name="EMPTY").room_id != EMPTY


def test_private_rooms_take_no_name_from_groups_any_more(taken_over: str) -> None:
    private = Room.objects.using(taken_over).filter(is_group_chat=False)
    assert set(private.values_list("room_id", "name")) == {(room, None) for room in (91, 92, 93, 94)}
    assert Room.objects.using(taken_over).create(name="Alice-Bob").is_group_chat


def test_a_group_has_a_name_and_a_private_room_has_none(taken_over: str) -> None:
    for is_group_chat, name in ((True, None), (False, "Alice-Bob")):
        with pytest.raises(IntegrityError), transaction.atomic(using=taken_over):
            Room.objects.using(taken_over).create(name=name, is_group_chat=is_group_chat)


def test_migrating_again_changes_nothing(legacy_database: str) -> None:
    migrate(legacy_database)
    assert in_order(legacy_database, GROUP)[0] == (1, 1, "first")


def test_an_empty_database_gets_the_same_constraints(empty_database: MakeDatabase) -> None:
    alias = empty_database()
    migrate(alias)
    with connections[alias].cursor() as cursor:
        introspection = connections[alias].introspection
        unique = {
            tuple(constraint["columns"])
            for table in ("users", "chat_rooms", "chat_participants", "chat_messages")
            for constraint in introspection.get_constraints(cursor, table).values()
            if constraint["unique"] and not constraint["primary_key"]
        }
    assert unique == {
        ("nickname",),
        ("name",),
        ("pair_key",),
        ("chat_room_id", "user_id"),
        ("chat_room_id", "seq"),
        ("chat_room_id", "user_id", "client_id"),
    }
