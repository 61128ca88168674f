"""The background job that has rooms lose what is too old: a step at a time, in turns, told once, and resumed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from messaging.models import Message
from messaging.personal import retaining, retaining_job
from messaging.personal.retaining_job import RetainMessages
from messaging.store.database import Database
from rooms.models import Member, Room
from tests.factories import ALICE, make_group_room
from tests.messaging.store.doing import NOW, say

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = NOW + timedelta(days=31)


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database(readers=1)
    yield database
    database.close()


@pytest.fixture(autouse=True)
def _little_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retaining_job, "FIRST_LOOK_WITHIN_S", 0)
    monkeypatch.setattr(retaining, "DELETED_AT_ONCE", 2)


def rooms_with_old_messages(alice: Member) -> list[Room]:
    rooms = [make_group_room(name, alice) for name in ("하나", "둘")]
    Room.objects.update(keeps_messages=30)
    for room in rooms:
        say(room, "1", "2", "3", "4", "5", sender_id=ALICE)
        say(room, "6", sender_id=ALICE, now=TODAY)
    return rooms


async def test_rooms_take_turns_and_are_told_and_another_process_goes_on_where_one_was_killed(
    database: Database, alice: Member
) -> None:
    rooms = await database.run(rooms_with_old_messages, alice)
    told: list[int] = []

    def job() -> RetainMessages:
        def clock() -> datetime:
            return TODAY

        return RetainMessages(database=database, tell=lambda room_id, _version: told.append(room_id), clock=clock)

    first = job()
    for _step in range(4):  # a look, a beginning for each room, and two messages of one
        assert await first.step()
    left = await database.run(lambda: Message.objects.filter(seq__lt=6).count())
    assert (told, left) == ([room.pk for room in rooms], 8)
    second = job()
    while await second.step():
        pass
    kept = await database.run(lambda: list(Message.objects.order_by("room_id").values_list("room_id", "seq")))
    assert kept == [(room.pk, 6) for room in rooms]
    assert len(told) == 2
    assert not await second.step()  # the next look is an hour away
