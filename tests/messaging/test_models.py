"""What the table of messages keeps by itself."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from messaging.models import Message
from rooms.models import Member, Room
from tests.factories import make_group_room

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def say(room: Room, seq: int, sender: Member | None = None, **fields: Any) -> Message:
    usual = {"version": seq, "contents": "hello", "created_at": NOW, "updated_at": NOW}
    return Message.objects.create(room=room, seq=seq, sender=sender, **usual | fields)


def is_refused(*arguments: Any, **fields: Any) -> bool:
    try:
        with transaction.atomic():
            say(*arguments, **fields)
    except IntegrityError:
        return True
    return False


def test_a_number_is_given_once_per_room(room: Room, alice: Member) -> None:
    say(room, 1, alice)
    assert is_refused(room, 1, alice)
    assert not is_refused(make_group_room("Kitchen"), 1, alice)


def test_a_client_id_is_one_message_per_sender_and_room(room: Room, alice: Member, bob: Member) -> None:
    say(room, 1, alice, client_id="a" * 32)
    assert is_refused(room, 2, alice, client_id="a" * 32)
    assert not is_refused(room, 2, bob, client_id="a" * 32)
    assert not is_refused(make_group_room("Kitchen"), 1, alice, client_id="a" * 32)


def test_messages_without_client_ids_do_not_collide(room: Room, alice: Member) -> None:
    say(room, 1, alice)
    assert not is_refused(room, 2, alice)


def test_messages_go_with_their_room_and_outlive_their_sender(room: Room, alice: Member) -> None:
    say(room, 1, alice)
    room.participants.all().delete()
    alice.delete()
    assert Message.objects.get().sender is None
    room.delete()
    assert not Message.objects.exists()


def test_a_message_is_named_by_its_place(room: Room, alice: Member) -> None:
    assert str(say(room, 7, alice)) == f"채팅방 {room.pk}의 7번째 메시지"


def test_the_columns_are_those_of_the_replaced_server() -> None:
    with connection.cursor() as cursor:
        columns = {
            column.name for column in connection.introspection.get_table_description(cursor, "chat_messages")
        }
    assert columns >= {"chat_message_id", "contents", "chat_room_id", "user_id", "created_at", "updated_at"}
