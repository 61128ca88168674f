"""Whole rooms go, with everything in them, and little of it in memory."""

from typing import Any

import pytest
from django.db.models.deletion import Collector

from chatproject.errors import RoomNotFound
from messaging.models import Message
from rooms import deleting, services
from rooms.deleting import delete_room
from rooms.models import Member, Room
from tests.factories import ALICE, make_group_room, make_private_room
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db


def test_any_room_can_be_deleted_by_an_administrator(alice: Member, bob: Member) -> None:
    room = make_private_room(alice, bob)
    delete_room(room_id=room.room_id)
    assert not Room.objects.exists()
    with pytest.raises(RoomNotFound):
        delete_room(room_id=room.room_id)


def test_a_large_room_is_deleted_without_holding_its_messages(
    alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deleting, "DELETED_AT_ONCE", 2)
    room, other = make_group_room("Garden", alice), make_group_room("Kitchen", alice)
    say(room, *"12345", sender_id=ALICE)
    say(other, "stays", sender_id=ALICE)
    held: list[int] = []
    real = Collector.collect

    def collect(collector: Collector, objs: Any, *args: Any, **kwargs: Any) -> None:
        real(collector, objs, *args, **kwargs)
        held.append(len(collector.data.get(Message, ())))

    monkeypatch.setattr(Collector, "collect", collect)
    services.remove_participant(room_id=room.pk, member_id=ALICE)  # the last one out
    assert max(held) == 2
    assert list(Message.objects.values_list("contents", flat=True)) == ["stays"]
