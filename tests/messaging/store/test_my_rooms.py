"""A member's rooms and mentions over all of them: what is said of each, in pages that hold while rooms move."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatproject.errors import InvalidInput
from messaging.models import Message
from messaging.store.my_rooms import my_mentions, my_rooms, my_rooms_page
from messaging.store.selectors import last_messages
from rooms.finding import RoomsCursor
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_private_room
from tests.messaging.store.test_mentions import draft, store
from tests.messaging.store.test_statements import plan_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def many(alice: Member, bob: Member) -> list[Room]:
    """Of Alice and Bob, the one that changed last first; the last two at the same moment."""
    rooms = [make_group_room(f"room {number}", alice, bob) for number in range(7)]
    for age, room in enumerate(rooms):
        Room.objects.filter(pk=room.pk).update(updated_at=NOW - timedelta(microseconds=min(age, 5)))
    return [*rooms[:5], rooms[6], rooms[5]]


def touch(room: Room, *, seconds: int) -> None:
    Room.objects.filter(pk=room.pk).update(updated_at=NOW + timedelta(seconds=seconds))


def pages(member_id: int, limit: int) -> list[list[int]]:
    found, after = [], None
    while True:
        rooms, after = my_rooms_page(member_id=member_id, after=after, limit=limit)
        found.append([room["roomId"] for room in rooms])
        if after is None:
            return found
        after = RoomsCursor.of(str(after))  # as clients hand it back


def test_my_rooms_are_mine_with_how_they_stand_the_newest_first(room: Room, alice: Member, bob: Member) -> None:
    private = make_private_room(bob, alice)
    make_group_room("not Bob's", alice)
    store(draft(room, "one"), draft(room, "two"), draft(room, "three", mentions=(BOB,)))
    Room.objects.filter(pk=room.pk).update(pinned_seq=2, updated_at=datetime.now(UTC) + timedelta(hours=1))
    Participant.objects.filter(room=room, member=bob).update(read_seq=1, notify="mentions")
    garden, other = my_rooms(member_id=BOB)
    last = garden.pop("lastMessage")
    assert (last["seq"], last["message"], last["nickName"], last["mentions"]) == (3, "three", "Alice", (BOB,))
    assert garden == {
        "roomId": room.pk,
        "roomName": "Garden",
        "isGroupChat": True,
        "description": "",
        "memberCount": 2,
        "isPinned": False,
        "isHidden": False,
        "isMarkedUnread": False,
        "isCounselling": False,
        "allowsPreviews": True,
        "unReadCount": 2,
        "lastSeq": 3,
        "readSeq": 1,
        "firstSeq": 1,
        "pinned": 2,
        "mentionCount": 1,
        "notify": "mentions",
        "otherMemberId": None,
    }
    assert other == {
        "roomId": private.pk,
        "roomName": "Bob-Alice",
        "description": "",
        "memberCount": 2,
        "isPinned": False,
        "isHidden": False,
        "isMarkedUnread": False,
        "isCounselling": False,
        "allowsPreviews": True,
        "isGroupChat": False,
        "unReadCount": 0,
        "lastSeq": 0,
        "readSeq": 0,
        "firstSeq": 1,
        "pinned": None,
        "mentionCount": 0,
        "lastMessage": None,
        "notify": "all",
        "otherMemberId": ALICE,
    }
    assert my_rooms(member_id=CHARLIE) == []


def test_of_a_deleted_message_the_list_shows_that_it_is_gone(room: Room) -> None:
    store(draft(room, "나중에 지울 말"))
    Message.objects.update(deleted_at=NOW)
    [garden] = my_rooms(member_id=BOB)
    assert (garden["lastMessage"]["seq"], garden["lastMessage"]["message"]) == (1, "")
    assert garden["lastMessage"]["deletedAt"] is not None


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 200])
def test_pages_hold_each_room_once_in_the_order_of_the_list(many: list[Room], limit: int) -> None:
    found = pages(BOB, limit)
    assert [room_id for page in found for room_id in page] == [room.pk for room in many]
    assert all(len(page) == limit for page in found[:-1])
    assert [room["roomId"] for room in my_rooms(member_id=BOB)] == [room.pk for room in many]


def test_a_room_that_moves_up_meanwhile_is_neither_shown_twice_nor_hides_another(many: list[Room]) -> None:
    _first, after = my_rooms_page(member_id=BOB, after=None, limit=3)
    touch(many[1], seconds=1)  # shown already
    touch(many[5], seconds=2)  # on a page to come
    second, _end = my_rooms_page(member_id=BOB, after=after, limit=200)
    assert [room["roomId"] for room in second] == [many[3].pk, many[4].pk, many[6].pk]
    fresh, _after = my_rooms_page(member_id=BOB, after=None, limit=3)
    assert fresh[0]["roomId"] == many[5].pk


def test_a_cursor_may_be_of_any_time(room: Room) -> None:
    cursor = RoomsCursor.of(f"{'9' * 17}-{'9' * 18}")
    assert [mine["roomId"] for mine in my_rooms_page(member_id=BOB, after=cursor, limit=1)[0]] == [room.pk]


@pytest.mark.parametrize(
    "text", ["", "1", "a-1", "1-", "-1", "1-2-3", "１-1", "1-1\n", "9" * 18 + "-1", "1-" + "9" * 19]
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        RoomsCursor.of(text)


def test_a_list_of_many_rooms_asks_as_often_as_one_of_few(many: list[Room], alice: Member, bob: Member) -> None:
    make_private_room(alice, bob)
    for room in many:
        store(draft(room, mentions=(BOB,)))
    with CaptureQueriesContext(connection) as few:
        my_rooms_page(member_id=BOB, after=None, limit=2)
    with CaptureQueriesContext(connection) as all_of_them:
        assert len(my_rooms(member_id=BOB)) == 8
    assert len(few) <= len(all_of_them) <= 5  # rooms, private names, mentions, members, last ones


@pytest.mark.django_db(transaction=True)  # ANALYZE ends a transaction
def test_last_messages_are_searched_and_never_scanned_for(many: list[Room]) -> None:
    for room in many:
        store(*(draft(room) for _ in range(100)))
    plan = plan_of(lambda: last_messages(room_ids=[room.pk for room in many]), tables="chat_messages, chat_rooms")
    assert "SCAN" not in str(plan), plan
    messages = [step for step in plan if step.get("table") == "chat_messages"]
    assert [(step["type"], step["key"]) for step in messages] in ([], [("eq_ref", "one_message_per_room_and_seq")])


def test_my_mentions_carry_the_message_and_the_rooms_name(room: Room, alice: Member, bob: Member) -> None:
    private = make_private_room(alice, bob)
    store(draft(room, "@Bob", mentions=(BOB,)), draft(private, "@Bob 여기도", mentions=(BOB,)))
    [newest], cursor = my_mentions(member_id=BOB, before=None, limit=1)
    assert (newest["roomId"], newest["roomName"], newest["message"]) == (private.pk, "Alice-Bob", "@Bob 여기도")
    assert (newest["senderId"], newest["mentions"]) == (ALICE, (BOB,))
    [older], end = my_mentions(member_id=BOB, before=cursor, limit=1)
    assert (older["roomName"], older["seq"], end) == ("Garden", 1, None)
