"""The main server has a member's data packed, and is told where it is got."""

from datetime import timedelta

import pytest
from django.utils import timezone

from messaging.personal.exports.links import read_link
from messaging.personal_models import Export
from rooms.audit_models import AuditEntry
from rooms.models import Member
from tests.factories import BOB
from tests.messaging.server_views.calling import MainServer

pytestmark = pytest.mark.django_db


def test_it_asks_once_and_fetches_when_it_is_ready(main_server: MainServer, bob: Member) -> None:
    path = f"/members/{BOB}/export"
    assert main_server.ask("GET", path)["state"] == "none"
    asked = main_server.ask("POST", path, {"language": "en"})
    assert (asked["state"], asked["link"], main_server.ask("POST", path)) == ("waiting", None, asked)
    assert Export.objects.get().language == "en"
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.actor_kind, entry.actor_id, entry.member_id) == (
        *("export_asked", "server"),
        *(main_server.key_id, BOB),
    )
    now = timezone.now()
    Export.objects.update(state="ready", size=9, ready_at=now, expires_at=now + timedelta(hours=24))
    told = main_server.ask("GET", path)
    link = read_link(told["link"].rpartition("/")[2])
    assert (told["state"], told["size"], link.member_id, link.export_id) == (
        "ready",
        9,
        BOB,
        Export.objects.get().pk,
    )
    Export.objects.update(expires_at=now)
    assert main_server.ask("GET", path)["state"] == "gone"


def test_of_whom_nothing_is_known_there_is_none(main_server: MainServer) -> None:
    for method in ("GET", "POST"):
        assert main_server.refusal(method, "/members/404/export") == "E-M001"
