"""The command by which staff write a member's data into a file."""

import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from rooms.audit_models import AuditEntry
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.files.conftest import use_store
from tests.messaging.personal.exports.having import opened
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES", "0")  # off or on, exports are made
    use_store(f"file://{tmp_path}/store", settings, monkeypatch)


def test_a_members_data_is_written_for_its_owner_alone_and_logged(
    room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say(room, "안녕하세요", sender_id=ALICE)
    path = tmp_path / "alice.zip"
    call_command("export_member", str(ALICE), str(path), "--reason", "요청 2026-77")
    assert [one["text"] for one in opened(path.read_bytes()).told["messages"]] == ["안녕하세요"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert capsys.readouterr().out == f"member 7: {path.stat().st_size:,} bytes in {path}\n"
    logged = AuditEntry.objects.values_list("act", "actor_kind", "member_id", "reason").get()
    assert logged == ("export_asked", "staff", ALICE, "요청 2026-77")


def test_what_is_there_is_not_replaced_and_nobody_has_no_data(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "there.zip"
    path.write_bytes(b"there")
    with pytest.raises(CommandError, match="File exists"):
        call_command("export_member", str(BOB), str(path))
    assert path.read_bytes() == b"there"
    for nobody in ("404", "0"):
        with pytest.raises(CommandError):
            call_command("export_member", nobody, str(tmp_path / "nobody.zip"))
    assert not (tmp_path / "nobody.zip").exists()
