"""Members named by the main server, before or beside their tokens."""

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from chatproject.access.revoking import revoke_member
from chatproject.errors import InvalidInput
from chatproject.server_api.errors import MembersElsewhere
from rooms.audit_models import AuditEntry
from rooms.members import users
from rooms.members.naming import name_member
from rooms.models import Member
from rooms.moderation import audit, ranks
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)


def name(member_id: int, nickname: str, role: Any = "USER") -> Member:
    return name_member(member_id=member_id, nickname=nickname, role=role, acting=ranks.main_server(5), now=NOW)


def test_a_member_is_made_and_called_otherwise_and_the_log_has_no_name() -> None:
    assert name(BOB, " Bob\u200b ").nickname == "Bob"
    assert name(BOB, "Bob", "ADMIN").role == "ADMIN"
    assert name(BOB, "Bobby", "ADMIN").nickname == "Bobby"
    name(BOB, "Bobby", "ADMIN")  # nothing differs
    log = list(AuditEntry.objects.order_by("number"))
    assert [(one.actor_kind, one.room_id, one.member_id, json.loads(one.details)) for one in log] == [
        ("server", 0, BOB, {"made": True, "role": "USER"}),
        ("server", 0, BOB, {"made": False, "role": "ADMIN"}),
        ("server", 0, BOB, {"made": False, "role": "ADMIN"}),
    ]


@pytest.mark.django_db(transaction=True)
def test_twenty_are_named_at_once(all_at_once: AllAtOnce) -> None:
    outcomes = all_at_once(*[partial(name, number, f"Alice {number}") for number in range(1, 21)])
    assert [type(outcome) for outcome in outcomes] == [Member] * 20, outcomes
    assert AuditEntry.objects.count() == Member.objects.count() == 20
    assert not list(audit.breaks())


def test_a_nickname_that_another_holds_gets_a_number(alice: Member) -> None:
    assert name(BOB, "Alice").nickname == f"Alice#{BOB}"


def test_who_was_signed_out_or_erased_can_be_named_anew(db: None) -> None:
    revoke_member(member_id=BOB, issued_before=NOW, now=NOW)
    assert name(BOB, "Bob").nickname == "Bob"


def test_a_nickname_that_shows_nothing_is_refused(alice: Member) -> None:
    with pytest.raises(InvalidInput):
        name(ALICE, "\u200b \u3164")


def test_where_the_table_is_the_main_servers_nobody_is_named(
    alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users, "may_be_written", lambda: False)
    with pytest.raises(MembersElsewhere):
        name(ALICE, "Alicia")
    alice.refresh_from_db()
    assert alice.nickname == "Alice"
