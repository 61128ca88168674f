"""The database as a file."""

import os
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from chatproject.doctor.sqlite import look_at_sqlite
from tests.chatproject.doctor.asking import ALIAS, connected, said


def test_a_file_that_lacks_is_broken_or_not_ours_to_write_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
) -> None:
    file = tmp_path / "chat.sqlite3"
    with django_db_blocker.unblock(), connected(f"sqlite:///{file}", monkeypatch):
        assert said(look_at_sqlite(ALIAS)) == [f"broken: there is no {file}"]
        file.touch()
        assert said(look_at_sqlite(ALIAS)) == []
        monkeypatch.setattr(os, "access", lambda _path, _mode: False)
        assert said(look_at_sqlite(ALIAS)) == [f"broken: {file} or its folder may not be written to"]
