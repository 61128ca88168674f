"""Reading messages, rooms and what delivery needs to know."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatproject.errors import NotInRoom, RoomNotFound
from chatproject.room_errors import Muted, ReadOnlyRoom
from messaging.models import Message
from messaging.store import selectors
from messaging.store.objects import ROWS_AT_ONCE
from messaging.store.selectors import RoomState, RosterCheck
from messaging.wire.protocol import REPLAY_MAX_CHANGES, MessageObject
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB, CHARLIE

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)
NO_ROOM = 999_999


def fill(room: Room, count: int, *, sender_id: int | None = ALICE) -> None:
    """`count` messages, numbered on from what is there, as they stand after `store_messages`."""
    kind = "member" if sender_id else "assistant"
    Message.objects.bulk_create(
        Message(
            room=room,
            seq=seq,
            version=room.version + seq - room.last_seq,
            kind=kind,
            sender_id=sender_id,
            contents=str(seq),
            client_id=f"{seq:032x}",
            created_at=NOW,
            updated_at=NOW,
        )
        for seq in range(room.last_seq + 1, room.last_seq + count + 1)
    )
    room.last_seq += count
    room.version += count
    room.save()


def touch(room: Room, seq: int, **fields: object) -> None:
    """An edit or deletion: the message takes the room's next version."""
    room.version += 1
    room.save()
    Message.objects.filter(room=room, seq=seq).update(version=room.version, **fields)


def seqs(messages: list[MessageObject] | None) -> list[int]:
    assert messages is not None
    return [message.seq for message in messages]


# --- history


def history(**page: Any) -> list[MessageObject]:
    return [msgspec.json.decode(message, type=MessageObject) for message in selectors.history(**page)]


def test_without_a_cursor_the_newest_come_oldest_first(room: Room) -> None:
    fill(room, 10)
    assert seqs(history(room_id=room.pk, member_id=BOB, limit=4)) == [7, 8, 9, 10]


def test_pages_go_back_and_forth_without_a_gap(room: Room) -> None:
    fill(room, 10)
    page = {"room_id": room.pk, "member_id": BOB, "limit": 4}
    assert seqs(history(**page, before=7)) == [3, 4, 5, 6]
    assert seqs(history(**page, before=3)) == [1, 2]
    assert seqs(history(**page, before=1)) == []
    assert seqs(history(**page, after=0)) == [1, 2, 3, 4]
    assert seqs(history(**page, after=8)) == [9, 10]
    assert seqs(history(**page, after=2, before=5)) == [3, 4]
    assert seqs(history(**page, after=2**63 - 1)) == []


def test_strangers_read_nothing(room: Room) -> None:
    fill(room, 1)
    with pytest.raises(NotInRoom):
        history(room_id=room.pk, member_id=CHARLIE, limit=1)
    with pytest.raises(RoomNotFound):
        history(room_id=NO_ROOM, member_id=BOB, limit=1)


def test_a_page_is_read_in_a_few_queries_however_long(room: Room) -> None:
    fill(room, 210)
    with CaptureQueriesContext(connection) as queries:
        newest = history(room_id=room.pk, member_id=BOB, limit=200)
    assert len(queries) == 1 + 200 / ROWS_AT_ONCE
    assert seqs(newest) == list(range(11, 211))
    assert seqs(history(room_id=room.pk, member_id=BOB, limit=200, after=0)) == list(range(1, 201))
    assert seqs(history(room_id=room.pk, member_id=BOB, limit=200, after=5, before=130)) == list(range(6, 130))


def test_a_deleted_message_says_nothing_any_more(room: Room) -> None:
    fill(room, 1)
    touch(room, 1, deleted_at=NOW)
    (message,) = history(room_id=room.pk, member_id=BOB, limit=1)
    assert (message.message, message.deleted_at) == ("", "2026-11-22T09:00:00.123456Z")


def test_the_newest_to_answer_and_recent_messages(room: Room) -> None:
    ask = partial(selectors.newest_to_answer, room_id=room.pk, is_admin=False, now=NOW)
    assert ask(member_id=BOB) is None
    fill(room, 5)
    touch(room, 4, deleted_at=NOW)
    fill(room, 1, sender_id=None)  # the assistant's is no question
    newest = ask(member_id=BOB)
    assert newest is not None
    assert newest.seq == 5
    assert seqs(selectors.recent_messages(room_id=room.pk, limit=4)) == [2, 3, 5, 6]
    with pytest.raises(NotInRoom):
        ask(member_id=CHARLIE)


def test_who_may_say_nothing_has_nothing_answered(room: Room) -> None:
    ask = partial(selectors.newest_to_answer, room_id=room.pk, member_id=BOB, now=NOW)
    Room.objects.update(is_read_only=True)
    with pytest.raises(ReadOnlyRoom):
        ask(is_admin=False)
    ask(is_admin=True)
    Participant.objects.filter(member_id=BOB).update(muted_until=NOW + timedelta(seconds=1))
    with pytest.raises(Muted):
        ask(is_admin=True)


def test_the_assistant_has_its_name_and_no_sender(room: Room) -> None:
    fill(room, 1, sender_id=None)
    (message,) = history(room_id=room.pk, member_id=BOB, limit=1)
    assert (message.sender_id, message.nick_name, message.kind) == (None, "도우미", "assistant")


def test_the_assistant_has_the_name_that_the_room_gave_it(room: Room) -> None:
    fill(room, 1, sender_id=None)
    Room.objects.update(assistant_name="코코")
    (message,) = selectors.recent_messages(room_id=room.pk, limit=1)
    assert message.nick_name == "코코"


def test_recent_messages_are_the_newest_of_those_asked_for(room: Room) -> None:
    fill(room, 6)
    touch(room, 4, deleted_at=NOW)
    assert seqs(selectors.recent_messages(room_id=room.pk, limit=3, up_to=5)) == [2, 3, 5]
    assert seqs(selectors.recent_messages(room_id=room.pk, limit=9, after=2, up_to=5)) == [3, 5]


def test_the_sender_of_a_deleted_message_is_known(room: Room) -> None:
    fill(room, 1)
    fill(room, 1, sender_id=None)
    Message.objects.update(deleted_at=NOW)
    assert selectors.senders_of(room_id=room.pk, seqs=[1, 2, 3]) == {1: ALICE, 2: None}


# --- subscribing


def state(room: Room, since: int | None = None, member_id: int = BOB) -> selectors.SubscriptionState:
    return selectors.subscription_state(room_id=room.pk, member_id=member_id, since=since)


def test_a_subscriber_is_told_where_the_room_is(room: Room) -> None:
    fill(room, 5)
    found = state(room)
    standing = found.standing
    assert (standing.version, standing.roster_version, standing.last_seq, standing.read_seq) == (5, 2, 5, 0)
    assert found.missed is None


def test_what_was_missed_follows_in_the_order_of_change(room: Room) -> None:
    fill(room, 5)
    touch(room, 2, edited_at=NOW)
    missed = state(room, since=3).missed
    assert seqs(missed) == [4, 5, 2]
    assert [message.version for message in missed or ()] == [4, 5, 6]


def test_who_missed_nothing_gets_nothing(room: Room) -> None:
    fill(room, 5)
    assert state(room, since=5).missed == []


@pytest.mark.parametrize(("count", "is_replayed"), [(REPLAY_MAX_CHANGES, True), (REPLAY_MAX_CHANGES + 1, False)])
def test_beyond_500_changes_the_history_is_to_be_paged(room: Room, count: int, is_replayed: bool) -> None:
    fill(room, count + 1)
    missed = state(room, since=1).missed
    assert (missed is not None) == is_replayed
    assert missed is None or len(missed) == count


def test_a_version_that_is_not_there_yet_is_unknown(room: Room) -> None:
    fill(room, 5)
    assert state(room, since=6).missed is None


def test_strangers_cannot_subscribe(room: Room) -> None:
    with pytest.raises(NotInRoom):
        state(room, member_id=CHARLIE)
    with pytest.raises(RoomNotFound):
        selectors.subscription_state(room_id=NO_ROOM, member_id=BOB, since=None)


# --- what delivery needs


def test_changes_since_a_version_go_up_to_the_rooms(room: Room) -> None:
    fill(room, 5)
    touch(room, 5, deleted_at=NOW)
    found = selectors.changes_since(room_id=room.pk, since=2)
    assert found is not None
    assert (found.version, found.roster_version, found.is_complete) == (6, 2, True)
    assert [message.version for message in found.messages] == [3, 4, 6]


def test_a_page_of_changes_ends_at_its_last_one(room: Room) -> None:
    fill(room, 5)
    found = selectors.changes_since(room_id=room.pk, since=1, limit=3)
    assert found is not None
    assert (found.version, found.is_complete, seqs(found.messages)) == (4, False, [2, 3, 4])


def test_a_room_that_is_gone_has_no_changes_state_or_roster(room: Room) -> None:
    assert selectors.changes_since(room_id=NO_ROOM, since=0) is None
    assert selectors.roster_check(room_id=NO_ROOM, member_ids=[BOB]) is None
    assert selectors.room_states(room_ids=[room.pk, NO_ROOM]) == {room.pk: RoomState(0, 2)}


def test_a_roster_check_names_who_is_in(room: Room) -> None:
    check = selectors.roster_check(room_id=room.pk, member_ids=[BOB, CHARLIE])
    assert check == RosterCheck(2, {BOB})
