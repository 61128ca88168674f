"""Events as they are sent: what each says, and who of those that are called is notified, when and how often."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from messaging.events import composing, second_looks
from messaging.models import SecondLook
from messaging.store.read_marks import mark_read
from rooms import services
from rooms.models import Member, Participant, Room
from tests.endpoints import subscribe, waiting
from tests.factories import ALICE, BOB, CHARLIE, caller, give_role, make_member
from tests.messaging.events.conftest import Events
from tests.messaging.events.rows import rows
from tests.messaging.people import in_thread
from tests.messaging.store.doing import delete, done, say

HALF_A_MINUTE = timedelta(seconds=31)


@pytest.fixture
def garden(room: Room, charlie: Member) -> Room:
    """Alice owns it, Bob and Charlie are in."""
    give_role(room, ALICE)
    Participant.objects.create(room=room, member=charlie)
    return room


async def call(room: Room, *member_ids: int, **fields: Any) -> None:
    await in_thread(partial(say, room, "look", sender_id=ALICE, mentions=member_ids, **fields))


async def time_passes(by: timedelta = HALF_A_MINUTE) -> None:
    def bring_forward() -> None:
        for look in SecondLook.objects.all():
            look.due_at -= by
            look.save()

    await in_thread(bring_forward)


def told(bodies: list[Any]) -> list[list[int] | None]:
    return [body and body["memberIds"] for body in bodies]


async def test_each_event_says_what_its_kind_does(garden: Room, events: Events) -> None:
    await call(garden, BOB)
    await in_thread(partial(services.leave_group_room, caller=caller(CHARLIE), room_id=garden.pk))
    await in_thread(partial(mark_read, room_id=garden.pk, member_id=ALICE))
    message, mention, left = await events.compose()
    assert (message["message"], message["senderId"]) == ("look", ALICE)
    assert mention == {
        "roomId": garden.pk,
        "roomName": "Garden",
        "isGroupChat": True,
        "seq": 1,
        "senderId": ALICE,
        "nickName": "Alice",
        "kind": "member",
        "memberIds": [BOB],
        "reason": "mention",
        "preview": None,
        "previewFor": [],
    }
    assert (left["memberId"], left["removed"]) == (CHARLIE, False)


async def test_who_is_away_is_notified_at_once_and_who_looks_is_looked_at_again(
    garden: Room, events: Events
) -> None:
    events.looking.add(BOB)
    await call(garden, BOB, CHARLIE)
    assert told(await events.compose(kind="mention")) == [[CHARLIE]]
    events.looking.clear()
    await events.look_again()
    assert await in_thread(partial(waiting, kind="mention")) == ["mention"]  # not yet
    await time_passes()
    for _ in range(2):
        await events.look_again()
    assert told(await events.compose(kind="mention")) == [[CHARLIE], [BOB]]
    assert not await in_thread(SecondLook.objects.exists)


async def test_who_has_read_it_half_a_minute_later_or_still_looks_is_left_alone(
    garden: Room, events: Events
) -> None:
    events.looking.update([BOB, CHARLIE])
    await call(garden, BOB, CHARLIE)
    assert await events.compose(kind="mention") == [None]
    await in_thread(partial(mark_read, room_id=garden.pk, member_id=BOB))
    events.looking.discard(BOB)
    await time_passes()
    await events.look_again()
    assert await in_thread(partial(waiting, kind="mention")) == ["mention"]
    assert not await in_thread(SecondLook.objects.exists)


async def test_who_looked_just_then_and_closed_the_page_is_notified_half_a_minute_later(
    garden: Room, events: Events
) -> None:
    events.left.add(BOB)
    await call(garden, BOB)
    assert await events.compose(kind="mention") == [None]
    await time_passes()
    await events.look_again()
    assert told(await events.compose(kind="mention")) == [None, [BOB]]


async def test_another_try_notifies_nobody_else_and_nobody_who_has_read_it_since(
    garden: Room, events: Events
) -> None:
    events.looking.add(BOB)
    await call(garden, BOB, CHARLIE)
    assert told(await events.compose(kind="mention")) == [[CHARLIE]]
    events.looking.clear()
    events.looking.add(CHARLIE)
    assert told(await events.compose(kind="mention")) == [[CHARLIE]]
    assert len(events.asked) == 1
    await in_thread(partial(mark_read, room_id=garden.pk, member_id=CHARLIE))
    assert await events.compose(kind="mention") == [None]


async def test_of_what_is_deleted_before_it_is_sent_nobody_is_notified_nor_later(
    garden: Room, events: Events
) -> None:
    events.looking.add(BOB)
    await call(garden, BOB, CHARLIE)
    await events.compose(kind="mention")
    await in_thread(lambda: done(delete(garden, 1, by=ALICE)))
    events.looking.clear()
    await time_passes()
    await events.look_again()
    assert await events.compose(kind="mention") == [None]
    assert "look" not in str(await events.compose(kind="message"))


async def test_in_a_crowd_some_hundreds_are_told_by_each_event(garden: Room, events: Events) -> None:
    def crowd() -> list[int]:
        members = [make_member(number, f"member {number}") for number in range(1_000, 1_600)]
        Participant.objects.bulk_create(Participant(room=garden, member=member) for member in members)
        return [member.pk for member in members]

    numbers = await in_thread(crowd)
    events.looking.update(numbers[:50])
    await in_thread(partial(say, garden, "all", sender_id=ALICE, everyone=True))
    first = await events.compose(kind="mention")
    assert [len(one or ()) for one in told(first)] == [500]
    both = told(await events.compose(kind="mention"))
    assert [number for one in both for number in one or ()] == [BOB, CHARLIE, *numbers[50:]]
    events.looking.clear()
    await time_passes()
    await events.look_again()
    assert told(await events.compose(kind="mention"))[2:] == [numbers[:50]]
    assert {body["reason"] for body in await events.compose(kind="mention")} == {"everyone"}


async def test_of_two_processes_that_look_again_one_notifies(garden: Room, events: Events) -> None:
    events.looking.add(BOB)
    await call(garden, BOB)
    await events.compose(kind="mention")
    events.looking.clear()
    await time_passes()
    now = datetime.now(UTC)
    read = partial(second_looks.read_due, endpoint_id=events.endpoint.pk, now=now)
    seen = [await in_thread(read) for _ in range(2)]
    await asyncio.gather(*(in_thread(partial(second_looks.settle, due, looking=set())) for due in seen))
    assert told(await events.compose(kind="mention")) == [None, [BOB]]


@pytest.mark.django_db(transaction=True)
def test_a_batch_is_few_queries_however_many_rows_it_has(garden: Room) -> None:
    subscribe()
    say(garden, *["hello"] * 30, sender_id=ALICE, mentions=(BOB,))
    read = partial(composing._read, with_text=True)
    messages, everything = rows(kind="message"), rows()
    with CaptureQueriesContext(connection) as queries:
        bodies, calls = read(messages)
    assert (len(bodies), len(calls), len(queries)) == (30, 0, 1)
    with CaptureQueriesContext(connection) as queries:
        _bodies, calls = read(everything)
    assert (len(calls), len(queries)) == (30, 5)
