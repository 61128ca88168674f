"""What of a token is written into a member's row: the usual is in test_services, here what is odd."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from chatproject.access.revoking import revoke_member
from chatproject.errors import RevokedToken
from chatproject.seldom import Seldom
from messaging.store.standings import KnownMember
from rooms import services
from rooms.members import mirror
from rooms.models import NICKNAME_MAX_CODE_POINTS, Member
from tests.factories import ALICE, caller, make_member

FAMILY = "👨‍👩‍👧‍👦"
LARGEST_ID = 2**63 - 1


@contextmanager
def read_only() -> Iterator[None]:
    """The database takes no writes on this connection meanwhile, as after a failover."""
    on_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = 1" if on_sqlite else "SET SESSION TRANSACTION READ ONLY")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = 0" if on_sqlite else "SET SESSION TRANSACTION READ WRITE")


def nickname_of(member_id: int, claim: str) -> str:
    services.mirror_member(caller=caller(member_id, claim))
    return Member.objects.get(member_id=member_id).nickname


# --- nicknames -----------------------------------------------------------------------------------


def test_a_member_whose_nickname_shows_nothing_is_a_member_with_a_number(db: None) -> None:
    assert nickname_of(ALICE, "") == f"회원#{ALICE}"


def test_nobody_is_kept_out_by_one_who_took_their_stand_in(db: None) -> None:
    make_member(9, f"회원#{ALICE}")
    assert nickname_of(ALICE, "") == f"회원#{ALICE}#2"


def test_a_nickname_that_shows_nothing_replaces_none(alice: Member) -> None:
    assert services.is_mirrored(KnownMember(alice.nickname, alice.role), caller(ALICE, ""))
    assert nickname_of(ALICE, "") == "Alice"


def test_names_that_differ_in_how_they_are_composed_are_one_name(db: None) -> None:
    make_member(90, unicodedata.normalize("NFD", "김철수"))  # as somebody kept it before
    assert nickname_of(91, "김철수") == "김철수#91"


@pytest.mark.parametrize("claim", [FAMILY * 20, "Z" + "\u0301" * 200, "x" * 20, "가" * 20])
def test_any_nickname_fits_its_column_with_the_largest_number_too(db: None, claim: str) -> None:
    first, second, third = (nickname_of(number, claim) for number in (1, LARGEST_ID, LARGEST_ID - 1))
    make_member(2, second.replace(str(LARGEST_ID), str(LARGEST_ID - 2)))

    assert len({first, second, third}) == 3
    assert max(map(len, (first, second, third, nickname_of(LARGEST_ID - 2, claim)))) <= NICKNAME_MAX_CODE_POINTS
    assert not first.endswith("\u200d")


# --- tokens that are good no more ----------------------------------------------------------------


def test_a_request_that_was_let_in_before_the_member_was_revoked_makes_no_row_of_theirs(db: None) -> None:
    now = timezone.now()
    let_in = caller(ALICE, "Alice", issued_at=now.timestamp() - 1)
    revoke_member(member_id=ALICE, issued_before=now, now=now)
    with pytest.raises(RevokedToken):
        services.mirror_member(caller=let_in)
    assert not Member.objects.exists()
    services.mirror_member(caller=caller(ALICE, "Alice", issued_at=now.timestamp() + 1))
    services.mirror_member(caller=replace(let_in, role="ADMIN"))  # what there is nobody looks up for
    assert [one.role for one in Member.objects.all()] == ["ADMIN"]


# --- a database that takes no writes --------------------------------------------------------------


def test_a_member_who_changed_comes_in_as_they_were(
    transactional_db: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror, "_seldom", Seldom())
    make_member(ALICE, "Alice")
    with read_only():
        for _visit in range(3):
            member = services.mirror_member(caller=caller(ALICE, "Alicia", "ADMIN"))
            assert (member.nickname, member.role) == ("Alice", "USER")

    assert len([record for record in caplog.records if "cannot be written" in record.getMessage()]) == 1
    assert nickname_of(ALICE, "Alicia") == "Alicia"


def test_who_never_came_before_is_told_to_try_again(transactional_db: None) -> None:
    with read_only(), pytest.raises(OperationalError):
        services.mirror_member(caller=caller(ALICE, "Alice"))
