"""How much room is left."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from chatproject.doctor.disks import GIB, look_at_disk
from tests.chatproject.doctor.asking import said


def test_a_disk_that_is_nearly_full_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(total=100 * GIB, free=5 * GIB))
    assert said(look_at_disk(tmp_path, "the files")) == ["warning: 5.0 GiB are free on the disk of the files"]
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(total=100 * GIB, free=50 * GIB))
    assert said(look_at_disk(tmp_path, "the files"), "ok") == ["ok: 50.0 GiB free on the disk of the files"]


def test_of_a_disk_that_cannot_be_seen_nothing_is_said(tmp_path: Path) -> None:
    assert list(look_at_disk(tmp_path / "nowhere", "the files")) == []
