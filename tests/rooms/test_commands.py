"""The commands that an operator types: createroom, issue_token, migrate."""

from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.signals import pre_migrate

from chatproject.tokens import TokenVerifier
from rooms.management.commands.migrate import TIME_LIMITS
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, make_group_room

# --- createroom --------------------------------------------------------------------------------


def test_a_room_is_made_with_its_members(alice: Member, bob: Member, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("createroom", "고민상담방", "--member", str(ALICE), str(BOB))
    room = Room.objects.get(name="고민상담방")
    assert capsys.readouterr().out == f"{room.room_id}\n"
    assert set(room.participants.values_list("member_id", flat=True)) == {ALICE, BOB}


def test_a_room_may_be_made_empty(db: None) -> None:
    call_command("createroom", "Garden")
    assert not Participant.objects.exists()


def test_a_taken_name_is_refused_with_a_sentence(db: None) -> None:
    make_group_room("Garden")
    with pytest.raises(CommandError, match="E-R002"):
        call_command("createroom", "Garden")


def test_an_unknown_member_is_refused_with_a_sentence(db: None) -> None:
    with pytest.raises(CommandError, match="E-M001"):
        call_command("createroom", "Garden", "--member", "99")


# --- issue_token -------------------------------------------------------------------------------


@pytest.fixture
def in_debug(settings: Any) -> None:
    settings.DEBUG = True  # the test runner turns it off


def verified(token: str) -> Any:
    return TokenVerifier(secret=settings.JWT_SECRET).verify(token)


@pytest.mark.usefixtures("in_debug")
def test_only_a_token_that_the_server_accepts_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("issue_token", "7", "--nickname", "앨리스", "--role", "ADMIN", "--hours", "0.5")
    printed = capsys.readouterr()
    caller = verified(printed.out.removesuffix("\n"))
    assert (caller.member_id, caller.nickname, caller.role) == (7, "앨리스", "ADMIN")
    assert printed.err == ""


@pytest.mark.usefixtures("in_debug")
@pytest.mark.parametrize("stored", ["ADMIN", "USER"])
def test_a_member_keeps_the_role_it_has(alice: Member, stored: str, capsys: pytest.CaptureFixture[str]) -> None:
    Member.objects.filter(member_id=ALICE).update(role=stored)
    call_command("issue_token", str(ALICE))
    assert verified(capsys.readouterr().out.strip()).role == stored


@pytest.mark.usefixtures("in_debug", "db")
def test_a_stranger_is_no_administrator(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("issue_token", "99")
    assert verified(capsys.readouterr().out.strip()).role == "USER"


@pytest.mark.usefixtures("in_debug", "db")
@pytest.mark.parametrize(
    "arguments",
    [
        ["0"],
        ["٣"],
        ["Alice"],
        ["7", "--hours", "-1"],
        ["7", "--hours", "0"],
        ["7", "--hours", "nan"],
        ["7", "--hours", "inf"],
        ["7", "--nickname", "y" * 21],
        ["7", "--nickname", " Alice"],
    ],
)
def test_a_token_that_the_server_would_refuse_or_ignore_is_not_printed(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError):
        call_command("issue_token", *arguments)
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("db")
def test_outside_debug_it_needs_force(capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--force"):
        call_command("issue_token", "7")
    call_command("issue_token", "7", "--force")
    assert verified(capsys.readouterr().out.strip()).member_id == 7


@pytest.mark.usefixtures("in_debug", "db")
def test_a_token_names_itself_and_whom_it_is_for(capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    settings.JWT_AUDIENCE, settings.JWT_ISSUER = ["chat", "talk"], ["https://community.example"]
    call_command("issue_token", "7")
    token = capsys.readouterr().out.strip()
    one = TokenVerifier(secret=settings.JWT_SECRET, audiences=["chat"], issuers=settings.JWT_ISSUER).verify(token)
    call_command("issue_token", "7")
    assert one.token_id is not None
    assert verified(capsys.readouterr().out.strip()).token_id not in (None, one.token_id)


@pytest.mark.usefixtures("in_debug")
def test_with_a_key_set_nothing_can_be_signed(settings: Any) -> None:
    settings.JWT_JWKS_URL, settings.JWT_SECRET = "https://community.example/jwks", ""
    with pytest.raises(CommandError, match="JWT_JWKS_URL"):
        call_command("issue_token", "7")


# --- migrate -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_time_limit_on_a_statement_is_lifted_while_migrating() -> None:
    limits: dict[str, Any] = connection.settings_dict["OPTIONS"]
    before, during = dict(limits), []

    def look(**_: Any) -> None:
        during.append(set(limits) & set(TIME_LIMITS))

    pre_migrate.connect(look)
    try:
        call_command("migrate", verbosity=0)
    finally:
        pre_migrate.disconnect(look)
    assert set(map(frozenset, during)) == {frozenset()}
    assert limits == before
    assert connection.vendor == "sqlite" or set(TIME_LIMITS) <= set(before)
