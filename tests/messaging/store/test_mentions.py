"""Mentions in the store: who counts, what is kept, what is counted and listed, on the database of this run."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatproject.errors import ChatError, ManagersOnly
from messaging.models import Mention, Message
from messaging.store import mentions
from messaging.store.acts import DeleteAct
from messaging.store.objects import messages_by_id
from messaging.store.read_marks import mark_read
from messaging.store.services import Draft, Stored, store_batch, store_messages
from messaging.store.statements import Statement, run
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, give_role, make_group_room, make_member, make_private_room
from tests.messaging.store.test_statements import plan_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)
NOBODY = 999


@pytest.fixture
def owned(room: Room, alice: Member) -> Room:
    give_role(room, ALICE)
    return room


def draft(room: Room, text: str = "hello", *, by: int = ALICE, **fields: object) -> Draft:
    usual = {"client_id": uuid4().hex}
    return Draft(room_id=room.pk, sender_id=by, contents=text, **{**usual, **fields})  # type: ignore[arg-type]


def store(*drafts: Draft) -> list[Stored | ChatError]:
    return store_messages(drafts, now=NOW)


def rows() -> list[tuple[int, int, int | None]]:
    return list(Mention.objects.order_by("pk").values_list("room_id", "seq", "member_id"))


def unread(member_id: int, *rooms: Room) -> dict[int, int]:
    [counts] = run(mentions.count_unread(member_id=member_id, room_ids=[room.pk for room in rooms]))
    return counts  # type: ignore[no-any-return]


def listed(member_id: int, *, before: int | None = None, limit: int = 50) -> list[tuple[int, int]]:
    [found] = run(mentions.find_mentions(member_id=member_id, before=before, limit=limit))
    return [(room_id, seq) for _number, _id, room_id, seq in found]


# --- who counts


def test_who_is_in_the_room_is_mentioned_once_and_nobody_else(room: Room, charlie: Member) -> None:
    [outcome] = store(draft(room, mentions=(BOB, CHARLIE, NOBODY, BOB, ALICE)))
    assert isinstance(outcome, Stored)
    assert (outcome.message.mentions, outcome.message.everyone) == ((BOB,), False)
    assert rows() == [(room.pk, 1, BOB)]
    assert list(messages_by_id([Message.objects.get().pk]).values()) == [outcome.message]


def test_a_message_whose_mentions_all_drop_out_is_a_plain_one(room: Room) -> None:
    store(draft(room, mentions=(ALICE, NOBODY)))
    assert Message.objects.get().marks is None
    assert rows() == []


def test_a_repeat_is_the_first_message_with_the_first_mentions(owned: Room) -> None:
    first = draft(owned, mentions=(BOB,))
    store(first)
    again = draft(owned, client_id=first.client_id, mentions=(), everyone=True)
    [outcome] = store(again)
    assert isinstance(outcome, Stored)
    assert (outcome.duplicate, outcome.message.mentions, outcome.message.everyone) == (True, (BOB,), False)
    assert rows() == [(owned.pk, 1, BOB)]


def test_everyone_is_called_by_managers_of_group_rooms(owned: Room, alice: Member, bob: Member) -> None:
    private = make_private_room(alice, bob)
    outcomes = store(
        draft(owned, everyone=True),
        draft(owned, by=BOB, everyone=True),
        draft(owned, by=BOB, everyone=True, is_admin=True),
        draft(private, everyone=True, is_admin=True),
        draft(owned, "said all the same", by=BOB),
    )
    assert [type(outcome) for outcome in outcomes] == [Stored, ManagersOnly, Stored, ManagersOnly, Stored]
    assert rows() == [(owned.pk, 1, None), (owned.pk, 2, None)]


def test_a_full_batch_of_messages_with_all_the_mentions_they_may_have(room: Room) -> None:
    members = [make_member(number, f"member {number}") for number in range(100, 151)]
    Participant.objects.bulk_create(Participant(room=room, member=member) for member in members)
    named = tuple(member.member_id for member in members)
    outcomes = store(*(draft(room, by=named[number % 51], mentions=named[:50]) for number in range(256)))
    assert all(isinstance(outcome, Stored) for outcome in outcomes)
    assert Mention.objects.count() == 256 * 50 - sum(number % 51 < 50 for number in range(256))


# --- what a plain message costs


def test_a_batch_of_plain_messages_says_nothing_of_mentions(room: Room) -> None:
    with CaptureQueriesContext(connection) as plain:
        store(draft(room), draft(room, by=BOB))
    with CaptureQueriesContext(connection) as mentioning:
        store(draft(room, mentions=(BOB,)), draft(room, by=BOB))
    said, also_said = (" ".join(query["sql"] for query in queries) for queries in (plain, mentioning))
    for word in ("marks", "chat_mentions"):
        assert word not in said
        assert word in also_said  # as it would be
    assert Message.objects.filter(marks=None).count() == 3


# --- what an edit and a deletion do


def test_who_stays_mentioned_keeps_the_row_and_who_is_new_gets_the_newest(room: Room) -> None:
    before = mentions.mention_rows(room_id=room.pk, seq=1, mentions=[ALICE, BOB], everyone=False)
    after = mentions.mention_rows(room_id=room.pk, seq=1, mentions=[BOB], everyone=True)
    run(mentions.insert_mentions(before))
    kept = Mention.objects.get(member_id=BOB).pk
    run(*mentions.change_mentions(before, after))
    assert rows() == [(room.pk, 1, BOB), (room.pk, 1, None)]
    assert Mention.objects.get(member_id=BOB).pk == kept
    run(*mentions.change_mentions(after, before))
    assert rows() == [(room.pk, 1, BOB), (room.pk, 1, ALICE)]
    assert mentions.change_mentions(before, before) == []
    assert len(mentions.change_mentions(before + after, [])) == 1  # however many an edit names no longer


def test_a_deleted_message_mentions_nobody(room: Room) -> None:
    store(draft(room, mentions=(BOB,)), draft(room, mentions=(BOB,)))
    store_batch([DeleteAct(room_id=room.pk, seq=1, member_id=ALICE)], now=NOW)
    assert rows() == [(room.pk, 2, BOB)]


# --- what is counted and listed


def test_mentions_count_until_they_are_read(owned: Room, alice: Member, bob: Member) -> None:
    kitchen = make_group_room("Kitchen", alice, bob)
    store(
        draft(owned, mentions=(BOB,)),
        draft(owned, mentions=(BOB,), everyone=True),
        draft(owned),
        draft(owned, everyone=True),
        draft(kitchen, mentions=(BOB,)),
    )
    assert unread(BOB, owned, kitchen) == {owned.pk: 3, kitchen.pk: 1}
    assert unread(BOB, kitchen) == {kitchen.pk: 1}
    mark_read(room_id=owned.pk, member_id=BOB, seq=2)
    assert unread(BOB, owned, kitchen) == {owned.pk: 1, kitchen.pk: 1}
    assert unread(ALICE, owned, kitchen) == {}  # who speaks has read
    assert unread(CHARLIE, owned) == {}


def test_mentions_are_listed_newest_first_of_the_rooms_one_is_in(
    owned: Room, alice: Member, bob: Member, charlie: Member
) -> None:
    kitchen = make_group_room("Kitchen", alice, bob)
    store(
        draft(owned, mentions=(BOB,)),
        draft(kitchen, mentions=(BOB,)),
        draft(owned, everyone=True, mentions=(BOB,)),
        draft(owned, everyone=True, by=BOB, is_admin=True),
    )
    assert listed(BOB) == [(owned.pk, 2), (kitchen.pk, 1), (owned.pk, 1)]
    assert listed(ALICE) == [(owned.pk, 3)]  # not her own call of everyone
    Participant.objects.filter(room=kitchen, member=bob).delete()
    assert listed(BOB) == [(owned.pk, 2), (owned.pk, 1)]
    Participant.objects.create(room=owned, member=charlie, joined_seq=2, read_seq=2)
    assert listed(CHARLIE) == [(owned.pk, 3)]  # the other call was before he came


def test_pages_of_mentions_neither_repeat_nor_skip(room: Room) -> None:
    store(*(draft(room, mentions=(BOB,)) for _ in range(7)))
    seqs, before = [], None
    while True:
        [page] = run(mentions.find_mentions(member_id=BOB, before=before, limit=3))
        if not page:
            break
        seqs += [seq for _number, _id, _room, seq in page]
        before = page[-1][0]
        store(draft(room, mentions=(BOB,)))  # meanwhile
    assert seqs == [7, 6, 5, 4, 3, 2, 1]


@pytest.mark.django_db(transaction=True)  # ANALYZE ends a transaction
def test_mentions_are_searched_and_never_scanned_for(room: Room, alice: Member, bob: Member) -> None:
    kitchen = make_group_room("Kitchen", alice, bob)
    store(*(draft(room, by=(ALICE, BOB)[seq % 2]) for seq in range(1, 3_001)))
    run(mentions.insert_mentions([(room.pk, seq, (ALICE, BOB, None)[seq % 3]) for seq in range(1, 3_001)]))
    reads: list[Statement] = [
        mentions.count_unread(member_id=BOB, room_ids=[room.pk, kitchen.pk]),
        mentions.find_mentions(member_id=BOB, before=None, limit=30),
    ]
    for read in reads:
        plan = plan_of(lambda read=read: run(read), tables="chat_mentions, chat_participants, chat_messages")  # type: ignore[misc]
        scans = [step for step in plan if step.get("table") in ("n", "p", "m", "o") and step.get("type") == "ALL"]
        scans += [
            step for step in plan if str(step.get("detail")).startswith(("SCAN n", "SCAN p", "SCAN m", "SCAN o"))
        ]
        assert scans == [], plan
