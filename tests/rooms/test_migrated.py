"""Commands on a database without tables: one sentence that says what to do."""

from pathlib import Path

import pytest

from tests.forking import Fork


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["createroom", "Garden"], "Run manage.py migrate first: the database lacks tables or columns."),
        (["seed_demo"], "Run manage.py migrate first: the database lacks tables or columns."),
        (["issue_token", "7"], "The member's role cannot be read: give --role, or run manage.py migrate."),
    ],
)
def test_before_migrate_a_command_says_so(fork: Fork, tmp_path: Path, arguments: list[str], sentence: str) -> None:
    done = fork("manage.py", *arguments, DEBUG="1", DATABASE_URL=f"sqlite:///{tmp_path}/chat.sqlite3")

    assert (done.returncode, done.stderr.strip(), done.stdout) == (1, f"CommandError: {sentence}", "")


def test_without_the_database_a_command_says_so_in_one_sentence(fork: Fork) -> None:
    done = fork("manage.py", "createroom", "Garden", DEBUG="1", DATABASE_URL="mysql://chat:chat@127.0.0.1:1/chat")

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("CommandError: The database cannot be read: ")
    assert done.stderr.endswith("`manage.py doctor` says what to do.\n")


def test_with_a_role_given_a_token_needs_no_database(fork: Fork, tmp_path: Path) -> None:
    done = fork(
        "manage.py",
        "issue_token",
        "7",
        "--role",
        "USER",
        DEBUG="1",
        DATABASE_URL=f"sqlite:///{tmp_path}/chat.sqlite3",
    )

    assert (done.returncode, done.stderr) == (0, "")
