"""Commands on a database without tables: one sentence that says what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings


def manage(database: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "DEBUG": "1", "DATABASE_URL": f"sqlite:///{database}"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["createroom", "Garden"], "Run manage.py migrate first: the database lacks tables or columns."),
        (["seed_demo"], "Run manage.py migrate first: the database lacks tables or columns."),
        (["issue_token", "7"], "The member's role cannot be read: give --role, or run manage.py migrate."),
    ],
)
def test_before_migrate_a_command_says_so(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    done = manage(tmp_path / "chat.sqlite3", *arguments)

    assert (done.returncode, done.stderr.strip(), done.stdout) == (1, f"CommandError: {sentence}", "")


def test_with_a_role_given_a_token_needs_no_database(tmp_path: Path) -> None:
    done = manage(tmp_path / "chat.sqlite3", "issue_token", "7", "--role", "USER")

    assert (done.returncode, done.stderr) == (0, "")
