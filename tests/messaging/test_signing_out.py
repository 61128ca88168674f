"""Who was signed out, by whom and why, is in the site's log; a token's name is not."""

from datetime import UTC, datetime, timedelta

import pytest

from chatproject.access.revoking import read_revoked
from chatproject.errors import InvalidInput
from messaging.signing_out import sign_out, sign_out_token
from rooms.audit_models import AuditEntry
from rooms.moderation.audit import Actor
from tests.factories import ALICE

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
STAFF = Actor.staff(4)


def logged() -> list[tuple[object, ...]]:
    return list(AuditEntry.objects.values_list("room_id", "act", "actor_id", "member_id", "until", "reason"))


def test_a_member_is_signed_out_and_the_log_says_so() -> None:
    revoked = sign_out(member_id=ALICE, issued_before=NOW, by=STAFF, now=NOW, reason="잃어버린 전화기")
    assert read_revoked(behind=0) == [revoked]
    assert logged() == [(0, "tokens_revoked", 4, ALICE, None, "잃어버린 전화기")]
    assert '"2026-11-29T12:00:00+00:00"' in AuditEntry.objects.get().details


def test_one_token_is_revoked_and_the_log_does_not_name_it() -> None:
    end = NOW + timedelta(hours=1)
    revoked = sign_out_token(jti="a-secret-name", expires_at=end, by=STAFF, now=NOW)
    assert read_revoked(behind=0) == [revoked]
    assert logged() == [(0, "token_revoked", 4, None, end, "")]
    assert not AuditEntry.objects.filter(details__contains="a-secret-name").exists()


def test_what_is_refused_is_not_logged() -> None:
    with pytest.raises(InvalidInput):
        sign_out(member_id=ALICE, issued_before=NOW + timedelta(hours=1), by=STAFF, now=NOW)
    assert logged() == []
