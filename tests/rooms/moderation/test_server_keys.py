"""Staff make and end keys of the main server; the log says so, and says nothing of the key."""

from datetime import UTC, datetime, timedelta

import pytest

from chatproject.errors import InvalidInput
from chatproject.server_api.errors import KeyRefused
from chatproject.server_api.keys import recognise
from chatproject.server_api.models import ServerKey
from rooms.audit_models import AuditEntry
from rooms.moderation.server_keys import end_key, issue_key

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def test_a_key_is_made_opens_and_is_ended() -> None:
    new = issue_key(name="main", scopes=["rooms"], ends_at=LATER, staff_id=None, now=NOW)
    assert recognise(new.shown, now=NOW).scopes == {"rooms"}
    assert end_key(key_id=new.row.key_id, staff_id=None, now=NOW)
    assert not end_key(key_id=new.row.key_id, staff_id=None, now=LATER)
    assert ServerKey.objects.get().ends_at == NOW
    with pytest.raises(KeyRefused):
        recognise(new.shown, now=NOW)
    made, ended = AuditEntry.objects.order_by("number")
    assert (made.act, made.actor_kind, made.until) == ("key_made", "staff", LATER)
    assert made.details == f'{{"key": {new.row.key_id}, "name": "main", "scopes": ["rooms"]}}'
    assert (ended.act, ended.until) == ("key_ended", NOW)
    assert new.row.digest not in str(list(AuditEntry.objects.values_list()))
    assert new.row.prefix not in str(list(AuditEntry.objects.values_list()))


def test_a_key_that_has_ended_already_is_not_made() -> None:
    with pytest.raises(InvalidInput):
        issue_key(name="main", scopes=[], ends_at=NOW, staff_id=None, now=NOW)
    assert not ServerKey.objects.exists()
