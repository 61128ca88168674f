"""The table `users` is the main server's: it notices nothing of us, whatever it does with its users."""

from collections.abc import Callable, Iterator

import pytest
from django.db import IntegrityError, connections, transaction

from rooms.members.users import are_ours, may_be_written
from tests.rooms.conftest import MakeDatabase, migrate
from tests.rooms.legacy import leave_legacy_database
from tests.rooms.main_server import RENAME, SIGN_UP, ask, leave_shared_database, run, users_as_defined

BOB, CHARLIE = 3, 11
ALL_USERS = "SELECT * FROM users ORDER BY user_id"
# what the forms of our migrations before 0012 did to a table that was there before them
EARLIER_FORMS = [
    "UPDATE users SET updated_at = created_at WHERE updated_at IS NULL",
    """ALTER TABLE users
        MODIFY nickname varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        MODIFY created_at datetime(6) NOT NULL,
        MODIFY updated_at datetime(6) NOT NULL""",
]

# no more columns than we read, and numbers from a sequence
USERS_NUMBERED_ELSEWHERE = """
    CREATE TABLE users (
        user_id bigint NOT NULL PRIMARY KEY, nickname varchar(255) NOT NULL UNIQUE, role varchar(255) NOT NULL,
        created_at datetime NULL, updated_at datetime NULL
    )
"""


def sign_up(alias: str, name: str) -> None:
    with transaction.atomic(using=alias):
        run(connections[alias], SIGN_UP, name=name)


def sofia_and_her_namesake(alias: str) -> None:
    sign_up(alias, "sofia")
    with pytest.raises(IntegrityError):
        sign_up(alias, "Sofia")


def a_user_without_a_time(alias: str) -> None:
    sign_up(alias, "dana")
    assert ask(connections[alias], "SELECT COUNT(*) FROM users WHERE created_at IS NOT NULL")[0] == (4,)


def a_nickname_of_a_hundred_characters(alias: str) -> None:
    run(connections[alias], RENAME, name="x" * 100, member_id=CHARLIE)
    assert ask(connections[alias], f"SELECT nickname FROM users WHERE user_id = {CHARLIE}") == [("x" * 100,)]


def two_who_swap_their_names(alias: str) -> None:
    for name, member_id in (("somebody", BOB), ("Bob", CHARLIE), ("찰리", BOB)):
        run(connections[alias], RENAME, name=name, member_id=member_id)


DEEDS = [
    sofia_and_her_namesake,
    a_user_without_a_time,
    a_nickname_of_a_hundred_characters,
    two_who_swap_their_names,
]
Deed = Callable[[str], None]


@pytest.fixture(scope="module")
def before_us(empty_database: MakeDatabase) -> str:
    alias = empty_database()
    leave_shared_database(connections[alias])
    return alias


@pytest.fixture(scope="module")
def beside_us(empty_database: MakeDatabase) -> str:
    alias = empty_database()
    leave_shared_database(connections[alias])
    migrate(alias)
    return alias


@pytest.fixture
def undone(before_us: str, beside_us: str) -> Iterator[None]:
    with transaction.atomic(using=before_us), transaction.atomic(using=beside_us):
        yield
        for alias in (before_us, beside_us):
            transaction.set_rollback(True, using=alias)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_the_main_server_does_the_same_before_us_and_beside_us(
    undone: None, before_us: str, beside_us: str, deed: Deed
) -> None:
    for alias in (before_us, beside_us):
        deed(alias)


def test_the_table_and_its_rows_stay_as_they_are(before_us: str, beside_us: str) -> None:
    assert users_as_defined(connections[beside_us]) == users_as_defined(connections[before_us])
    untimed = "SELECT user_id, email, nickname, role, updated_at FROM users ORDER BY user_id"
    assert ask(connections[beside_us], untimed) == ask(connections[before_us], untimed)


def test_users_of_the_replaced_server_stay_too(empty_database: MakeDatabase) -> None:
    alias = empty_database()
    leave_legacy_database(connections[alias])
    before = users_as_defined(connections[alias]), ask(connections[alias], ALL_USERS)
    migrate(alias)
    assert (users_as_defined(connections[alias]), ask(connections[alias], ALL_USERS)) == before


@pytest.mark.servers
def test_what_earlier_migrations_took_from_the_table_is_given_back(empty_database: MakeDatabase) -> None:
    alias = empty_database()
    leave_shared_database(connections[alias])
    migrate(alias, "rooms", "0011")
    run(connections[alias], *EARLIER_FORMS)
    migrate(alias)
    for deed in DEEDS:
        with transaction.atomic(using=alias):
            deed(alias)
            transaction.set_rollback(True, using=alias)
    run(connections[alias], "UPDATE users SET created_at = NULL, updated_at = NULL")


@pytest.mark.servers
def test_names_that_differ_by_case_alone_keep_their_exact_column(
    empty_database: MakeDatabase, capfd: pytest.CaptureFixture[str]
) -> None:
    alias = empty_database()
    leave_shared_database(connections[alias])
    migrate(alias, "rooms", "0011")
    run(connections[alias], *EARLIER_FORMS)
    for number, name in enumerate(("sofia", "SOFIA")):
        run(
            connections[alias],
            "INSERT INTO users (email, nickname, created_at, updated_at)"
            " VALUES ('{number}', '{name}', now(), now())",
            number=number,
            name=name,
        )
    migrate(alias)
    assert "utf8mb4_unicode_ci" in capfd.readouterr().err
    sign_up(alias, "dana")


def test_a_table_is_ours_where_we_made_it(empty_database: MakeDatabase, before_us: str, beside_us: str) -> None:
    ours, replaced = empty_database(), empty_database()
    migrate(ours)
    leave_legacy_database(connections[replaced])
    migrate(replaced)
    whose = {alias: are_ours(connections[alias]) for alias in (ours, replaced, before_us, beside_us)}
    assert whose == {ours: True, replaced: False, before_us: False, beside_us: False}


def test_a_main_server_that_numbers_its_users_elsewhere_keeps_its_table_too(empty_database: MakeDatabase) -> None:
    alias = empty_database()
    run(connections[alias], USERS_NUMBERED_ELSEWHERE)
    before = users_as_defined(connections[alias])
    migrate(alias)
    assert users_as_defined(connections[alias]) == before
    assert not are_ours(connections[alias])


def test_members_of_our_own_are_written(db: None) -> None:
    assert may_be_written()


def test_our_own_table_tells_names_apart_exactly(empty_database: MakeDatabase) -> None:
    alias = empty_database()
    migrate(alias)
    for member_id, name in enumerate(("sofia", "Sofia", "sofía"), 1):
        run(
            connections[alias],
            "INSERT INTO users (user_id, nickname, role, created_at, updated_at)"
            " VALUES ({member_id}, '{name}', 'USER', '2024-01-01', '2024-01-01')",
            member_id=member_id,
            name=name,
        )
