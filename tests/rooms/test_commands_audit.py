"""The command that tells whether anybody changed the audit log by hand."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from rooms.moderation import audit
from rooms.moderation.audit import Actor, Deed
from tests.factories import ALICE

NOON = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def log(*room_ids: int) -> None:
    audit.record(*(Deed(room_id=room_id, act="hide", by=Actor.member(ALICE), at=NOON) for room_id in room_ids))


def check(*options: str) -> None:
    call_command("check_audit_log", *options)


def test_a_whole_log_is_said_to_be_whole(capsys: pytest.CaptureFixture[str]) -> None:
    log(1, 1, 2)
    check()
    assert capsys.readouterr().out == "The audit log is whole: 3 entries in 2 chains.\n"


def test_a_changed_entry_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    log(1, 1, 2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE chat_audit_log SET act = 'unhide' WHERE room_id = 1 AND number = 2")
    with pytest.raises(CommandError, match="room 1, entry 2"):
        check()


def test_an_end_that_was_kept_is_missed_when_it_is_cut_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log(1, 1, 2)
    check("--heads")
    kept = tmp_path / "heads"
    kept.write_text(capsys.readouterr().out)
    log(1)
    check("--expect", str(kept))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM chat_audit_log WHERE room_id = 1 AND number > 1")
    check()
    with pytest.raises(CommandError, match="room 1, entry 2: it is not as it was"):
        check("--expect", str(kept))


@pytest.mark.parametrize("content", [b"1 2\n", b"\xff\xfe"])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "other"
    other.write_bytes(content)
    with pytest.raises(CommandError, match="other"):
        check("--expect", str(other))
    with pytest.raises(CommandError, match="nowhere"):
        check("--expect", str(tmp_path / "nowhere"))
