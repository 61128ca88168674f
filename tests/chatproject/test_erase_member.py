"""The command by which staff erase members, with servers or without, and again after a restore."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from messaging.models import Message
from messaging.personal_models import Erasure
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, make_group_room
from tests.messaging.store.doing import say
from tests.threads import join_database_threads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(alice: Member, bob: Member) -> Iterator[Room]:
    yield make_group_room("Garden", alice, bob)
    join_database_threads()


def receipts(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_it_ends_when_all_is_done_also_where_no_server_runs(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    say(room, "one", "two", sender_id=BOB)
    call_command("erase_member", str(BOB))
    [receipt] = receipts(capsys)
    assert (receipt["memberId"], receipt["state"], receipt["counts"]["messages"]) == (BOB, "done", 2)
    assert not Message.objects.exclude(contents="", sender=None).exists()
    assert list(Participant.objects.values_list("member_id", flat=True)) == [ALICE]


def test_it_may_be_left_to_the_servers(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    say(room, "one", sender_id=BOB)
    call_command("erase_member", str(BOB), "--later")
    assert receipts(capsys)[0]["state"] == "waiting"
    assert Message.objects.get().contents == "one"


def test_what_a_restored_backup_does_not_know_is_erased_again(
    room: Room, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    call_command("erase_member", str(BOB), str(ALICE), "--later")
    capsys.readouterr()
    call_command("erase_member", "--receipts")
    file = tmp_path / "erasures.jsonl"
    file.write_text(capsys.readouterr().out)
    Erasure.objects.filter(member_id=BOB).delete()  # the backup is older than this one, not than Alice's
    say(room, "one", sender_id=BOB)
    call_command("erase_member", "--again", str(file), "--later")
    assert [one["memberId"] for one in receipts(capsys)] == [BOB]
    call_command("erase_member", "--again", str(file), "--later")
    assert receipts(capsys) == []

    file.write_text("8\n\n9\n")  # numbers alone, from a log say
    call_command("erase_member", "--again", str(file), "--later")
    assert [one["memberId"] for one in receipts(capsys)] == [8, 9]


@pytest.mark.parametrize(
    "arguments", [[], ["3", "--receipts"], ["0"], ["--again", "nowhere"], ["--again", __file__], [str(2**63)]]
)
def test_what_makes_no_sense_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("erase_member", *arguments)
    assert not Erasure.objects.exists()


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_at_a_terminal_it_asks_once_more_by_name(
    room: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("\nyes\n"))
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("erase_member", str(BOB), "--later")
    assert not Erasure.objects.exists()
    call_command("erase_member", str(BOB), "--later")
    said = capsys.readouterr()
    assert Member.objects.get(pk=ALICE).nickname not in said.err
    assert f"  {BOB}  Bob" in said.err
    assert json.loads(said.out)["memberId"] == BOB  # asked beside the receipts, which may go to a file


def test_it_says_where_nothing_was_found_as_of_a_wrong_number(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("erase_member", "99", str(BOB), "--no-input")
    assert "Nothing was found of member 99" in (said := capsys.readouterr().err)
    assert f"member {BOB}" not in said
