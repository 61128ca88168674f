"""The command by which staff revoke from the shell."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from chatproject.models import Revocation
from chatproject.tokens import token_digest
from rooms.audit_models import AuditEntry

pytestmark = pytest.mark.django_db


def test_a_member_is_signed_out_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("revoke", "--member", "3", "--reason", "잃어버린 전화기")
    row = Revocation.objects.get()
    assert row.issued_before is not None
    assert datetime.now(UTC) - row.issued_before < timedelta(minutes=1)
    assert capsys.readouterr().out.startswith("member 3: all tokens issued before ")
    assert AuditEntry.objects.values_list("act", "actor_id", "reason").get() == (
        "tokens_revoked",
        None,
        "잃어버린 전화기",
    )


def test_or_from_a_moment_on_by_the_main_servers_clock() -> None:
    call_command("revoke", "--member", "3", "--issued-before", "2026-11-29T09:00:00+09:00")
    assert Revocation.objects.get().issued_before == datetime(2026, 11, 29, tzinfo=UTC)


def test_one_token_is_revoked_until_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("revoke", "--jti", "a-1", "--expires-at", "2999-01-01T00:00:00Z")
    assert Revocation.objects.get().token_digest == token_digest("a-1")
    assert capsys.readouterr().out == "one token is revoked\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--jti", "a-1"],
        ["--member", "3", "--jti", "a-1"],
        ["--member", "3", "--expires-at", "2999-01-01T00:00:00Z"],
        ["--jti", "a-1", "--expires-at", "2999-01-01T00:00:00Z", "--issued-before", "2999-01-01T00:00:00Z"],
        ["--jti", "", "--expires-at", "2999-01-01T00:00:00Z"],  # of a variable that is not set, say
        ["--jti", "a-1", "--expires-at", "9999-12-31T23:59:59-14:00"],
        ["--member", "0"],
        ["--member", "9223372036854775808"],
        ["--member", "3", "--issued-before", "0001-01-01T00:00:00+14:00"],
        ["--member", "3", "--issued-before", "yesterday"],
        ["--member", "3", "--issued-before", "2026-11-29T09:00:00"],
        ["--member", "3", "--issued-before", "2999-01-01T00:00:00Z"],
    ],
)
def test_what_is_not_meant_is_not_done(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("revoke", *arguments)
    assert not Revocation.objects.exists()
