"""Notices that the main server says: once for an Idempotency-Key, even where a process died behind the saying."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatproject.server_api.idempotency import LEFT_LYING_AFTER
from chatproject.server_api.models import IdempotentCall
from messaging.models import Message
from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from tests.factories import make_private_room
from tests.messaging.server_views.calling import MainServer

pytestmark = pytest.mark.django_db
NOTICE = {"message": "점검이 곧 시작돼요."}


def test_a_notice_is_a_message_of_nobody_and_logged(main_server: MainServer, room: Room) -> None:
    assert main_server.ask("POST", f"/rooms/{room.pk}/notices", NOTICE) == {"roomId": room.pk, "seq": 1}
    main_server.ask("POST", f"/rooms/{room.pk}/notices", NOTICE)
    said = Message.objects.order_by("seq")
    assert [(one.kind, one.sender_id, one.contents) for one in said] == [("notice", None, NOTICE["message"])] * 2
    log = AuditEntry.objects.order_by("number")
    assert [(one.act, one.seq, one.actor_kind, one.actor_id, one.details) for one in log] == [
        ("notice", seq, "server", main_server.key_id, "") for seq in (1, 2)
    ]


def test_a_private_room_hears_one_too(main_server: MainServer, alice: Member, bob: Member) -> None:
    private = make_private_room(alice, bob)
    assert main_server.ask("POST", f"/rooms/{private.pk}/notices", NOTICE)["seq"] == 1


def test_what_can_be_no_notice_is_refused(main_server: MainServer, room: Room) -> None:
    path = f"/rooms/{room.pk}/notices"
    for body, code in (
        ({}, "E-C001"),
        ({"message": " "}, "E-C001"),
        ({"message": "\0"}, "E-C001"),
        ({"message": "ㄱ" * 4_001}, "E-C002"),
    ):
        assert main_server.refusal("POST", path, body) == code
    assert main_server.refusal("POST", "/rooms/999/notices", NOTICE) == "E-R001"


def test_it_is_said_once_also_where_who_said_it_died_before_keeping_the_answer(
    main_server: MainServer, room: Room
) -> None:
    path = f"/rooms/{room.pk}/notices"
    first = main_server.call("POST", path, NOTICE, once="a")
    assert main_server.call("POST", path, NOTICE, once="a") == first._replace(is_replayed=True)
    before = timezone.now() - LEFT_LYING_AFTER - timedelta(seconds=1)
    IdempotentCall.objects.update(status=None, answer="", begun_at=before)  # as kill -9 leaves it
    assert main_server.call("POST", path, NOTICE, once="a") == first
    assert Message.objects.count() == AuditEntry.objects.count() == 1
    assert main_server.call("POST", path, NOTICE, once="b").data["seq"] == 2
