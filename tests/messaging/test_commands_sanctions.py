"""The commands by which staff mute, remove and lift from the shell."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from rooms.moderation.sanctions import Kind
from rooms.moderation_models import Sanction
from tests.factories import BOB, make_group_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(alice: Member, bob: Member) -> Room:
    return make_group_room("Garden", alice, bob)


def run(command: str, act: str, room: Room, *options: str, member_id: int = BOB) -> None:
    call_command(command, act, "--room", str(room.pk), "--member", str(member_id), *options)


def test_bob_is_muted_and_the_mute_is_lifted(garden: Room, capsys: pytest.CaptureFixture[str]) -> None:
    run("sanction", "mute", garden, "--hours", "2", "--reason", "도배")
    mute = Sanction.objects.get()
    assert mute.until is not None
    assert timedelta(minutes=119) < mute.until - timezone.now() < timedelta(hours=2)
    assert capsys.readouterr().out.startswith(f"sanction {mute.pk}: mute of member {BOB}, until ")
    run("lift", "mute", garden, "--reason", "사과했어요")
    assert capsys.readouterr().out == f"sanction {mute.pk}: lifted\n"
    run("lift", "mute", garden)
    assert capsys.readouterr().out == "Nothing of the kind holds.\n"
    logged = list(AuditEntry.objects.order_by("number").values_list("act", "actor_kind", "reason"))
    assert logged == [("mute", "staff", "도배"), ("mute_lifted", "staff", "사과했어요")]


def test_bob_is_removed_for_good_or_for_days(garden: Room, capsys: pytest.CaptureFixture[str]) -> None:
    run("sanction", "remove", garden, "--reason", "욕설")
    assert "until it is lifted" in capsys.readouterr().out
    assert not garden.participants.filter(member_id=BOB).exists()
    run("sanction", "remove", garden, "--days", "3", "--reason", "욕설")
    assert Sanction.objects.get(lifted_at=None).until is not None
    run("lift", "removal", garden)
    assert not Sanction.objects.filter(kind=Kind.REMOVE, lifted_at=None).exists()


@pytest.mark.parametrize(
    ("act", "options", "why"),
    [
        ("mute", [], "a mute has an end"),
        ("mute", ["--minutes", "5"], "E-C001"),
        ("mute", ["--days", "99999999999"], "beyond all times"),
        ("mute", ["--hours", "1", "--hide-hours", "3"], "goes with remove"),
        ("remove", ["--hide-hours", "25"], "takes 0 to 24"),
        ("remove", ["--days", "-1"], "E-C001"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(garden: Room, act: str, options: list[str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        run("sanction", act, garden, "--reason", "spam", *options)
    assert not Sanction.objects.exists()


def test_an_unknown_member_or_room_and_an_empty_reason_are_refused_by_their_codes(garden: Room) -> None:
    with pytest.raises(CommandError, match="E-M001"):
        run("sanction", "remove", garden, "--reason", "spam", member_id=999)
    with pytest.raises(CommandError, match="E-C001"):
        run("sanction", "remove", garden, "--reason", " ")
    for command, act, options in (("sanction", "remove", ["--reason", "spam"]), ("lift", "mute", [])):
        with pytest.raises(CommandError, match="E-R001"):
            call_command(command, act, "--room", "999", "--member", str(BOB), *options)


@pytest.mark.parametrize(
    ("command", "taught"), [("sanction", "manage.py lift"), ("lift", "manage.py lift removal")]
)
def test_the_help_teaches(command: str, taught: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command(command, "--help")
    shown = capsys.readouterr().out
    assert taught in shown
    assert "--room 1 --member 3" in shown
