"""What becomes of a member's messages, places and rooms when the main server deletes its user, by plain SQL."""

from collections.abc import Iterator

import pytest
from django.db import connections, models, transaction

from assistant.models import AssistantRun
from messaging.models import Message
from rooms.members.references import RULES, enforce_rules, references
from rooms.models import Member, Participant, Room
from tests.rooms.conftest import MakeDatabase, migrate
from tests.rooms.main_server import (
    CASCADING_KEYS,
    DELETE,
    DELETE_BY_JPA,
    KEYS,
    NO_KEYS,
    ask,
    leave_shared_database,
    run,
)

GARDEN, PRIVATE = 1, 91
ALICE, BOB, CHARLIE = 7, 3, 11


@pytest.fixture(
    scope="module", params=[KEYS, CASCADING_KEYS, NO_KEYS, None], ids=["keys", "cascading", "no keys", "our own"]
)
def migrated(request: pytest.FixtureRequest, empty_database: MakeDatabase) -> str:
    """The alias of a migrated database with Alice, Bob and Charlie; None: no other server was there before us."""
    alias = empty_database()
    if request.param is None:
        migrate(alias)
        fill(alias)
    else:
        leave_shared_database(connections[alias], request.param)
        migrate(alias)
    live_on(alias)
    return alias


@pytest.fixture
def shared(migrated: str) -> Iterator[str]:
    """That database; what a test writes there is undone."""
    with transaction.atomic(using=migrated):
        yield migrated
        transaction.set_rollback(True, using=migrated)


def fill(alias: str) -> None:
    """The same people, rooms and messages in a database of ours."""
    for member_id, nickname in ((BOB, "Bob"), (ALICE, "Alice"), (CHARLIE, "찰리")):
        Member.objects.using(alias).create(member_id=member_id, nickname=nickname)
    garden = Room.objects.using(alias).create(room_id=GARDEN, name="Garden")
    private = Room.objects.using(alias).create(room_id=PRIVATE, is_group_chat=False, pair_key="3:7")
    for room in (garden, private):
        for member_id in (ALICE, BOB):
            Participant.objects.using(alias).create(room=room, member_id=member_id)
    moment = "2024-02-01 09:00:00Z"
    for number, (room, member_id) in enumerate([(garden, BOB), (garden, ALICE), (private, BOB)], 1):
        Message.objects.using(alias).create(
            room=room, sender_id=member_id, seq=number, version=number, created_at=moment, updated_at=moment
        )


def live_on(alias: str) -> None:
    """What only we know of: Bob made the garden, asked the assistant there, and keeps his words out of prompts."""
    run(
        connections[alias],
        "UPDATE chat_rooms SET creator_id = 3 WHERE chat_room_id = 1",
        "INSERT INTO assistant_consents (member_id, readable) VALUES (3, 0)",
    )
    AssistantRun.objects.using(alias).create(
        run_id="a", room_id=GARDEN, asker_id=BOB, trigger_seq=1, created_at="2024-02-01 09:00:00Z"
    )


@pytest.fixture
def bob_is_deleted(shared: str) -> str:
    run(connections[shared], *DELETE, member_id=BOB)
    return shared


def test_his_messages_stay_without_an_author(bob_is_deleted: str) -> None:
    messages = Message.objects.using(bob_is_deleted).order_by("room_id", "seq")
    assert list(messages.values_list("room_id", "sender_id")) == [(GARDEN, None), (GARDEN, ALICE), (PRIVATE, None)]


def test_his_places_go_and_his_rooms_stay(bob_is_deleted: str) -> None:
    places = Participant.objects.using(bob_is_deleted).values_list("room_id", "member_id")
    assert set(places) == {(GARDEN, ALICE), (PRIVATE, ALICE)}
    creators = dict(Room.objects.using(bob_is_deleted).values_list("room_id", "creator_id"))
    assert creators == {GARDEN: None, PRIVATE: None}


def test_what_he_asked_the_assistant_stays_and_what_he_told_it_goes(bob_is_deleted: str) -> None:
    assert ask(connections[bob_is_deleted], "SELECT asker_id FROM assistant_runs") == [(None,)]
    assert ask(connections[bob_is_deleted], "SELECT member_id FROM assistant_consents") == []


def test_the_main_server_may_delete_what_he_said_first(shared: str) -> None:
    run(connections[shared], *DELETE_BY_JPA, member_id=BOB)

    assert Message.objects.using(shared).count() == 1
    assert Participant.objects.using(shared).filter(member_id=BOB).count() == 0


def test_nobody_else_loses_anything(shared: str) -> None:
    run(connections[shared], *DELETE, member_id=CHARLIE)

    assert Message.objects.using(shared).filter(sender=None).count() == 0
    assert Participant.objects.using(shared).count() == 4


def test_every_reference_to_a_member_says_what_becomes_of_it(db: None) -> None:
    found = {(reference.table, reference.column): reference.rule for reference in references()}
    assert found == {
        ("chat_participants", "user_id"): "CASCADE",
        ("chat_member_ages", "member_id"): "CASCADE",
        ("chat_sanctions", "imposed_by_id"): "SET NULL",
        ("chat_sanctions", "lifted_by_id"): "SET NULL",
        ("chat_files", "uploader_id"): "SET NULL",
        ("chat_join_requests", "member_id"): "CASCADE",
        ("chat_join_requests", "decided_by_id"): "SET NULL",
        ("chat_invites", "made_by_id"): "CASCADE",
        ("chat_deleted_places", "member_id"): "CASCADE",
        ("chat_member_blocks", "member_id"): "CASCADE",
        ("chat_member_blocks", "blocked_id"): "CASCADE",
        ("chat_filter_rules", "made_by_id"): "SET NULL",
        ("chat_held_messages", "sender_id"): "CASCADE",
        ("chat_held_messages", "decided_by_id"): "SET NULL",
        ("chat_reports", "reporter_id"): "SET NULL",
        ("chat_messages", "user_id"): "SET NULL",
        ("chat_rooms", "creator_id"): "SET NULL",
        ("chat_reactions", "member_id"): "CASCADE",
        ("chat_mentions", "member_id"): "CASCADE",
        ("chat_keywords", "member_id"): "CASCADE",
        ("chat_push_subscriptions", "member_id"): "CASCADE",
        ("chat_pins", "pinned_by_id"): "SET NULL",
        ("chat_pins", "unpinned_by_id"): "SET NULL",
        ("assistant_runs", "asker_id"): "SET NULL",
        ("chat_member_preferences", "member_id"): "CASCADE",
        ("assistant_consents", "member_id"): "CASCADE",
    }
    assert models.PROTECT not in RULES


def test_rules_that_hold_are_left_as_they_are(shared: str) -> None:
    before = ask(connections[shared], SCHEMA[connections[shared].vendor])
    enforce_rules(using=shared)
    assert ask(connections[shared], SCHEMA[connections[shared].vendor]) == before


def test_half_a_migration_is_no_trouble(empty_database: MakeDatabase) -> None:
    alias = empty_database()
    for where in (("rooms", "0004"), ("messaging", "0001"), ("rooms",), ()):
        migrate(alias, *where)
    assert ask(connections[alias], "SELECT COUNT(*) FROM users") == [(0,)]


SCHEMA = {
    "mysql": """
        SELECT table_name, constraint_name, delete_rule FROM information_schema.referential_constraints
        WHERE constraint_schema = DATABASE() ORDER BY 1, 2
    """,
    "sqlite": "SELECT name, sql FROM sqlite_master ORDER BY 1",
}


@pytest.mark.servers
def test_rows_of_members_long_gone_follow_the_rules_too(empty_database: MakeDatabase) -> None:
    alias = empty_database()
    leave_shared_database(connections[alias], NO_KEYS)
    run(connections[alias], *DELETE, member_id=BOB)
    migrate(alias)

    assert Message.objects.using(alias).filter(sender=None).count() == 2
    assert Participant.objects.using(alias).count() == 2
