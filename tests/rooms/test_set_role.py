"""manage.py set_role: who owns or manages a room, from the shell."""

import pytest
from django.core.management import CommandError, call_command

from rooms.models import Member, Room
from tests.factories import BOB, CHARLIE, make_group_room
from tests.rooms.moderation.cast import roles_in


@pytest.fixture
def old(alice: Member, bob: Member) -> Room:
    """Taken over: nobody owns it."""
    return make_group_room("Old", alice, bob)


def test_staff_name_an_owner_of_a_room_taken_over(old: Room, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("set_role", str(old.pk), str(BOB), "owner")
    assert roles_in(old)[BOB] == "owner"
    assert capsys.readouterr().out == f"member {BOB} is owner of room {old.pk}\n"
    call_command("set_role", str(old.pk), str(BOB), "owner")
    assert capsys.readouterr().out == "nothing to change\n"


def test_what_cannot_be_is_refused_with_a_sentence(old: Room) -> None:
    with pytest.raises(CommandError, match="E-M001"):
        call_command("set_role", str(old.pk), str(CHARLIE), "owner")
    with pytest.raises(CommandError, match="invalid choice: 'king'"):
        call_command("set_role", str(old.pk), str(BOB), "king")


def test_its_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("set_role", "--help")
    told = capsys.readouterr().out
    assert "manage.py set_role 12 345 owner" in told
    assert "at most 10" in told
