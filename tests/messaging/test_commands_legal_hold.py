"""The command by which staff make holds, and hand over what they kept."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.utils import timezone

from messaging.files.storage.naming import kept_name
from messaging.models import Message
from messaging.personal.holds import keep_held
from messaging.personal_models import HeldRecord, LegalHold
from rooms.audit_models import AuditEntry
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.files.having import have_file
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db

NEXT_YEAR = f"{timezone.now().year + 1}-06-30"


def run(*words: Any) -> None:
    call_command("legal_hold", *map(str, words))


def test_a_hold_is_made_its_records_are_handed_over_and_it_is_lifted(
    room: Room, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    location = {"location": str(tmp_path / "store")}
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": location}}
    run("make", "--member", BOB, "--until", NEXT_YEAR, "--reason", "서울중앙지법 2026-77")
    hold = LegalHold.objects.get()
    say(room, "남길 말", sender_id=BOB)
    say(room, "남길 까닭이 없는 말", sender_id=ALICE)
    file = have_file(room, BOB, seq=1)
    storages["default"].save(kept_name(file.key), ContentFile(b"jpeg"))
    keep_held(messages=Message.objects.all(), now=timezone.now())
    capsys.readouterr()
    run("list")
    assert capsys.readouterr().out == f"{hold.pk}\tmember {BOB}\tuntil {NEXT_YEAR}\t2\t서울중앙지법 2026-77\n"
    run("show", hold.pk)
    said, sent = map(json.loads, capsys.readouterr().out.splitlines())
    assert (said["contents"]["text"], said["seq"], sent["contents"]["name"]) == ("남길 말", 1, "노을.jpg")
    run("file", sent["record"], tmp_path / "a.jpg")
    assert (tmp_path / "a.jpg").read_bytes() == b"jpeg"
    run("lift", hold.pk)
    acts = AuditEntry.objects.order_by("number").values_list("act", flat=True)
    assert list(acts) == ["hold_made", *["held_record_seen"] * 3, "hold_lifted"]
    with pytest.raises(CommandError, match="has ended"):
        run("lift", hold.pk)


def test_a_wrong_number_of_a_hold_is_no_hold_that_kept_nothing() -> None:
    with pytest.raises(CommandError, match="no such hold"):
        run("show", 99)


@pytest.mark.parametrize("until", ["soon", "2027-02-31", "2020-01-01"])
def test_a_hold_without_an_end_is_none(until: str) -> None:
    with pytest.raises(CommandError):
        run("make", "--room", 1, "--until", until, "--reason", "…")
    assert not LegalHold.objects.exists()


def test_there_is_no_file_of_a_record_that_is_about_none(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such record"):
        run("file", 404, tmp_path / "a")
    assert not HeldRecord.objects.exists()
