"""Storing messages: numbers, refusals, repeats, on the database of this run."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import transaction

from chatproject.errors import ChatError, InvalidInput, NotInRoom, RoomNotFound
from messaging.models import Message
from messaging.store.objects import messages_by_id
from messaging.store.selectors import recent_messages
from messaging.store.services import Draft, Kind, Stored, store_messages
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_member

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)
NO_ROOM = 999_999


def draft(room: Room | int, contents: str = "hello", *, sender_id: int | None = ALICE, **fields: object) -> Draft:
    room_id = room if isinstance(room, int) else room.room_id
    kind: Kind = "member" if sender_id is not None else "assistant"
    usual = {"client_id": uuid4().hex, "kind": kind}
    return Draft(room_id=room_id, sender_id=sender_id, contents=contents, **{**usual, **fields})  # type: ignore[arg-type]


def store(*drafts: Draft) -> list[Stored | ChatError]:
    return store_messages(drafts, now=NOW)


def stored(*drafts: Draft) -> list[Stored]:
    outcomes = store(*drafts)
    for outcome in outcomes:
        assert isinstance(outcome, Stored), outcome
    return [outcome for outcome in outcomes if isinstance(outcome, Stored)]


def numbers(outcomes: list[Stored]) -> list[tuple[int, int]]:
    return [(outcome.message.seq, outcome.message.version) for outcome in outcomes]


def rows(room: Room) -> list[tuple[int, int, str]]:
    return list(Message.objects.filter(room=room).order_by("seq").values_list("seq", "version", "contents"))


def test_what_alice_hears_back_is_what_the_database_has(room: Room) -> None:
    (outcome,) = stored(draft(room, "안녕하세요"))
    row = Message.objects.get()
    assert messages_by_id([row.pk]) == {row.pk: outcome.message}
    assert outcome.message.nick_name == "Alice"
    assert outcome.message.created_at == "2026-11-22T09:00:00.123456Z"
    assert (row.created_at, row.updated_at) == (NOW, NOW)
    assert outcome.roster_version == room.roster_version
    assert not outcome.duplicate


@pytest.mark.parametrize(("name", "shown"), [("", "도우미"), ("코코", "코코")])
def test_an_answer_bears_the_name_of_the_rooms_assistant(room: Room, name: str, shown: str) -> None:
    Room.objects.update(assistant_name=name)
    [outcome] = stored(draft(room, sender_id=None))
    [read] = recent_messages(room_id=room.room_id, limit=1)
    assert outcome.message.nick_name == read.nick_name == shown


def test_a_batch_is_numbered_in_its_order_room_by_room(room: Room, alice: Member, bob: Member) -> None:
    kitchen = make_group_room("Kitchen", alice, bob)
    drafts = [draft(where, str(number)) for number, where in enumerate([room, kitchen, room, room, kitchen])]
    assert numbers(stored(*drafts)) == [(1, 1), (1, 1), (2, 2), (3, 3), (2, 2)]
    assert rows(room) == [(1, 1, "0"), (2, 2, "2"), (3, 3, "3")]
    assert rows(kitchen) == [(1, 1, "1"), (2, 2, "4")]
    room.refresh_from_db()
    assert (room.last_seq, room.version, room.updated_at) == (3, 3, NOW)


def test_the_next_batch_goes_on_where_the_last_one_ended(room: Room) -> None:
    Room.objects.filter(pk=room.pk).update(version=10)  # edits took versions of their own
    assert numbers(stored(draft(room), draft(room))) == [(1, 11), (2, 12)]
    assert numbers(stored(draft(room))) == [(3, 13)]


def test_a_refused_draft_does_not_fail_its_neighbours(room: Room) -> None:
    outcomes = store(
        draft(room, "one"),
        draft(NO_ROOM),
        draft(room, sender_id=CHARLIE),
        draft(room, sender_id=999),
        draft(room, reply_to=3),
        draft(room, "two", sender_id=BOB),
    )
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds == [Stored, RoomNotFound, NotInRoom, NotInRoom, InvalidInput, Stored]
    assert rows(room) == [(1, 1, "one"), (2, 2, "two")]


def test_a_batch_of_refusals_changes_nothing(room: Room) -> None:
    before = Room.objects.values().get(pk=room.pk)
    store(draft(room, sender_id=CHARLIE), draft(NO_ROOM))
    assert Room.objects.values().get(pk=room.pk) == before
    assert not Message.objects.exists()


def test_256_messages_of_40_members_in_30_rooms_fit_into_one_batch(db: None) -> None:
    members = [make_member(number, f"member {number}") for number in range(1, 41)]
    places = [make_group_room(f"room {number}", *members) for number in range(30)]
    drafts = [draft(places[n % 30], str(n), sender_id=members[n % 40].member_id) for n in range(256)]
    first = stored(*drafts)
    for room in places:
        seqs = [seq for seq, _version, _contents in rows(room)]
        assert seqs == list(range(1, len(seqs) + 1))
    again = stored(*drafts)  # every one a repeat: 256 keys are looked up at once
    assert numbers(again) == numbers(first)
    assert all(outcome.duplicate for outcome in again)
    assert Message.objects.count() == 256


# --- repeats


def test_a_repeat_gets_the_first_numbers_and_text(room: Room) -> None:
    (first,) = stored(draft(room, "first", client_id="a" * 32))
    stored(draft(room, "between"))
    (again,) = stored(draft(room, "second", client_id="a" * 32))
    assert again.duplicate
    assert again.message == first.message
    assert Message.objects.count() == 2


def test_a_repeat_inside_one_batch_is_one_message(room: Room) -> None:
    outcomes = stored(*[draft(room, client_id="a" * 32)] * 3, draft(room))
    assert numbers(outcomes) == [(1, 1), (1, 1), (1, 1), (2, 2)]
    assert [outcome.duplicate for outcome in outcomes] == [False, True, True, False]


def test_new_messages_beside_a_repeat_are_stored_without_a_gap(room: Room) -> None:
    stored(draft(room, "old", client_id="a" * 32))
    outcomes = stored(draft(room, "new"), draft(room, client_id="a" * 32), draft(room, "newer"))
    assert numbers(outcomes) == [(2, 2), (1, 1), (3, 3)]
    assert rows(room) == [(1, 1, "old"), (2, 2, "new"), (3, 3, "newer")]


def test_one_client_id_of_two_members_or_in_two_rooms_is_several_messages(
    room: Room, alice: Member, bob: Member
) -> None:
    kitchen = make_group_room("Kitchen", alice, bob)
    drafts = [draft(where, sender_id=who, client_id="a" * 32) for where in (room, kitchen) for who in (ALICE, BOB)]
    assert not any(outcome.duplicate for outcome in stored(*drafts))
    assert Message.objects.count() == 4


def test_a_message_without_a_sender_is_not_repeated_either(room: Room) -> None:
    answer = draft(room, "답", sender_id=None, client_id="a" * 32)
    (first,) = stored(answer)
    inside = stored(answer, answer, draft(room, sender_id=None))
    assert [outcome.duplicate for outcome in inside] == [True, True, False]
    assert inside[0].message == first.message
    assert first.message.sender_id is None
    assert first.message.nick_name == "도우미"
    assert Message.objects.count() == 2


def test_a_notice_has_no_name(room: Room) -> None:
    (outcome,) = stored(draft(room, sender_id=None, kind="notice"))
    assert (outcome.message.kind, outcome.message.nick_name) == ("notice", "")


# --- replies


def test_a_reply_is_to_a_message_of_the_room_so_far(room: Room) -> None:
    outcomes = store(draft(room), draft(room, reply_to=1), draft(room, reply_to=2), draft(room, reply_to=4))
    assert [type(outcome) for outcome in outcomes] == [Stored, Stored, Stored, InvalidInput]
    assert list(Message.objects.order_by("seq").values_list("reply_to", flat=True)) == [None, 1, 2]


def test_a_reply_in_an_empty_room_is_refused(room: Room) -> None:
    assert isinstance(store(draft(room, reply_to=1))[0], InvalidInput)


# --- who may


def test_who_left_cannot_even_repeat(room: Room) -> None:
    stored(draft(room, client_id="a" * 32))
    Participant.objects.filter(room=room, member_id=ALICE).delete()
    assert isinstance(store(draft(room, client_id="a" * 32))[0], NotInRoom)


# --- read marks


def test_sending_marks_the_room_read_up_to_the_last_own_message(room: Room) -> None:
    stored(draft(room), draft(room, sender_id=BOB), draft(room), draft(room, sender_id=None))
    marks = dict(Participant.objects.filter(room=room).values_list("member_id", "read_seq"))
    assert marks == {ALICE: 3, BOB: 2}


def test_a_repeat_moves_no_read_mark(room: Room) -> None:
    stored(draft(room, client_id="a" * 32), draft(room, sender_id=BOB))
    stored(draft(room, client_id="a" * 32))
    assert Participant.objects.get(room=room, member_id=ALICE).read_seq == 1


# --- text


@pytest.mark.parametrize(
    "contents",
    [
        "👩‍👩‍👧‍👦 🇰🇷 👍🏽",
        "🍣" * 4_000,
        "가" * 4_000,
        "한글 ᄒ 힣",
        "' \" ` \\ \\' \\\\ ; -- /* */ %s %% %(x)s ? :x $1 {}",
        "a\tb\nc\r\nd\x01\x1b\x7f",
        "  kept  \n",
        "\u200b\ufeff\u202ea",
        "\U0010ffff\ufffe\ufdd0",
        "e\u0301 \u00e9",
    ],
    ids=lambda contents: ascii(contents[:8]),
)
def test_text_is_stored_and_read_exactly(room: Room, contents: str) -> None:
    (outcome,) = stored(draft(room, contents))
    assert Message.objects.get().contents == contents
    assert outcome.message.message == contents


# --- rollback


def test_a_failure_leaves_nothing_behind(room: Room) -> None:
    before = Room.objects.values().get(pk=room.pk)
    with pytest.raises(UnicodeEncodeError):
        store(draft(room, "one"), draft(room, "half \ud83c"))
    assert not Message.objects.exists()
    assert Room.objects.values().get(pk=room.pk) == before
    assert Participant.objects.get(room=room, member_id=ALICE).read_seq == 0


def test_a_rollback_of_the_caller_takes_everything_back(room: Room) -> None:
    before = Room.objects.values().get(pk=room.pk)
    with transaction.atomic():
        stored(draft(room), draft(room, sender_id=BOB))
        transaction.set_rollback(True)
    assert Room.objects.values().get(pk=room.pk) == before
    assert not Message.objects.exists()
    assert not Participant.objects.filter(read_seq__gt=0).exists()
