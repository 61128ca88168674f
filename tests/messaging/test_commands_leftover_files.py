"""The command by which operators take away files that a backup, put back, knows nothing of."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from messaging.file_models import File
from messaging.files.storage.naming import coming_name, export_name, kept_name, names_of
from messaging.personal_models import LegalHold
from rooms.models import Room
from tests.factories import BOB
from tests.messaging.files.conftest import use_store
from tests.messaging.files.having import have_file

pytestmark = pytest.mark.django_db

LOST = "a" * 32


@pytest.fixture
def folder(room: Room, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with a file that the database knows, one that it does not, and what is not to be touched."""
    use_store(f"file://{tmp_path}/store", settings, monkeypatch)
    now = timezone.now()
    lost, known = names_of(LOST), names_of(have_file(room, BOB, seq=1).key)
    for name in (*lost, *known, export_name(LOST), "kept/notes.txt"):
        lay(tmp_path / "store" / name, written_at=now - timedelta(days=3))
    lay(tmp_path / "store" / coming_name("b" * 32), written_at=now - timedelta(days=1))
    return tmp_path / "store"


def lay(path: Path, *, written_at: datetime) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"bytes")
    os.utime(path, (written_at.timestamp(), written_at.timestamp()))


def there(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_what_has_no_row_is_named_and_deleted_when_that_is_asked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = there(folder)
    call_command("leftover_files")
    told = capsys.readouterr()
    assert set(told.out.split()) == set(names_of(LOST))
    assert told.err == "4 without a row, 20 bytes.\n"
    assert there(folder) == before
    call_command("leftover_files", "--days", "4", "--delete")
    assert there(folder) == before
    call_command("leftover_files", "--delete")
    assert there(folder) == before - set(names_of(LOST))


def test_what_a_hold_may_want_is_deleted_only_by_who_says_so(folder: Path) -> None:
    now = timezone.now()
    LegalHold.objects.create(member_id=BOB, until=now + timedelta(days=9), reason="2026-77", made_at=now)
    with pytest.raises(CommandError, match="Legal holds are active"):
        call_command("leftover_files", "--delete")
    assert (folder / kept_name(LOST)).exists()
    call_command("leftover_files", "--delete", "--despite-holds")
    assert not (folder / kept_name(LOST)).exists()


@pytest.mark.parametrize("is_empty", [True, False])
def test_nothing_of_another_databases_store_is_deleted(folder: Path, room: Room, is_empty: bool) -> None:
    File.objects.all().delete()
    if not is_empty:
        have_file(room, BOB, seq=2)
    before = there(folder)
    with pytest.raises(CommandError, match="another's store"):
        call_command("leftover_files", "--delete")
    assert there(folder) == before


def test_what_may_be_on_its_way_is_not_asked_for(folder: Path) -> None:
    with pytest.raises(CommandError, match="2 at least"):
        call_command("leftover_files", "--days", "1")
