"""Storing messages from several threads at once, each with a connection of its own, as several processes do."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from chatproject.errors import ChatError, NotInRoom, RoomNotFound
from messaging.models import Message
from messaging.store.read_marks import mark_read
from messaging.store.services import Draft, Stored, store_messages
from rooms.deleting import delete_room
from rooms.models import Member, Participant, Room
from rooms.services import add_participant, remove_participant
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_member
from tests.messaging.people import TIMEOUT_S

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 6
BATCHES = 8

Outcomes = list[Stored | ChatError]


def all_at_once(*calls: Callable[[], object]) -> list[object]:
    """What each call returned, in order; every call in a thread and connection of its own."""
    ready = Barrier(len(calls), timeout=TIMEOUT_S)

    def attempt(call: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            ready.wait()
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(attempt, calls, timeout=4 * TIMEOUT_S))


def store(*drafts: Draft) -> Outcomes:
    return store_messages(drafts, now=datetime.now(UTC))


def draft(room_id: int, sender_id: int | None = ALICE, contents: str = "hello", client_id: str = "") -> Draft:
    kind = "member" if sender_id else "notice"
    return Draft(room_id, sender_id, contents, client_id or uuid4().hex, kind=kind)  # type: ignore[arg-type]


def assert_gapless(room: Room) -> None:
    numbers = list(Message.objects.filter(room=room).order_by("seq").values_list("seq", "version"))
    assert numbers == [(number, number) for number in range(1, len(numbers) + 1)]
    room.refresh_from_db()
    assert (room.last_seq, room.version) == (len(numbers), len(numbers))


def test_batches_over_the_same_rooms_stay_gapless_and_meet_no_deadlock(alice: Member, bob: Member) -> None:
    places = [make_group_room(f"room {number}", alice, bob) for number in range(5)]

    def store_batches(seed: int) -> list[int]:
        chance, sizes = random.Random(seed), []
        for _ in range(BATCHES):
            chosen = [chance.choice(places).pk for _ in range(chance.randint(1, 12))]
            drafts = [draft(room_id, chance.choice([ALICE, BOB, None]), f"{seed}") for room_id in chosen]
            outcomes = store(*drafts)
            assert all(isinstance(outcome, Stored) for outcome in outcomes)
            sizes.append(len(outcomes))
        return sizes

    sizes = all_at_once(*[partial(store_batches, seed) for seed in range(THREADS)])
    for room in places:
        assert_gapless(room)
    assert Message.objects.count() == sum(sum(each) for each in sizes if isinstance(each, list))


def test_the_order_of_each_sender_is_kept(room: Room) -> None:
    def talk(sender_id: int) -> None:
        for number in range(0, 40, 4):
            store(*[draft(room.pk, sender_id, str(number + offset)) for offset in range(4)])

    all_at_once(partial(talk, ALICE), partial(talk, BOB))
    assert_gapless(room)
    for sender_id in (ALICE, BOB):
        said = Message.objects.filter(sender_id=sender_id).order_by("seq").values_list("contents", flat=True)
        assert list(said) == [str(number) for number in range(40)]


@pytest.mark.parametrize("sender_id", [ALICE, None], ids=["by Alice", "by the server"])
def test_one_client_id_from_six_threads_is_one_message(room: Room, sender_id: int | None) -> None:
    drafts = [draft(room.pk, sender_id, f"attempt {number}", client_id="a" * 32) for number in range(THREADS)]
    outcomes = all_at_once(*[partial(store, draft(room.pk, BOB), each) for each in drafts])
    stored = [each[1] for each in outcomes if isinstance(each, list)]
    assert len({outcome.message for outcome in stored}) == 1
    assert sorted(outcome.duplicate for outcome in stored) == [False] + [True] * (THREADS - 1)
    assert_gapless(room)
    assert Message.objects.count() == THREADS + 1


def test_whoever_is_removed_between_slips_nothing_in(room: Room) -> None:
    def talk() -> Outcomes:
        outcomes: Outcomes = []
        while not any(isinstance(outcome, NotInRoom) for outcome in outcomes):
            outcomes += store(draft(room.pk, BOB), draft(room.pk, ALICE))
        return outcomes

    def remove() -> int:
        store(draft(room.pk, ALICE))
        change = remove_participant(room_id=room.pk, member_id=BOB)
        assert change is not None
        return change.roster_version

    outcomes, roster_version = all_at_once(talk, remove)
    assert isinstance(outcomes, list)
    assert isinstance(roster_version, int)
    stored = [outcome for outcome in outcomes if isinstance(outcome, Stored)]
    for outcome in stored:
        if outcome.message.sender_id == BOB:
            assert outcome.roster_version < roster_version
    for before, after in pairwise(stored):
        assert before.roster_version <= after.roster_version
    assert_gapless(room)


def test_coming_and_going_beside_a_flood_of_messages_meets_no_deadlock(room: Room, charlie: Member) -> None:
    kitchen = make_group_room("Kitchen", Member.objects.get(pk=ALICE), Member.objects.get(pk=BOB))

    def talk() -> None:
        for _ in range(BATCHES):
            store(*[draft(where, who) for where in (kitchen.pk, room.pk) for who in (ALICE, BOB, CHARLIE)])

    def come_and_go() -> None:
        for _ in range(BATCHES):
            for where in (room.pk, kitchen.pk):
                add_participant(room_id=where, member_id=CHARLIE)
                mark_read(room_id=where, member_id=CHARLIE)
                remove_participant(room_id=where, member_id=CHARLIE)

    all_at_once(talk, talk, come_and_go, talk)
    assert_gapless(room)
    assert_gapless(kitchen)


def test_a_room_deleted_meanwhile_refuses_and_keeps_no_message(room: Room) -> None:
    def talk() -> Outcomes:
        outcomes: Outcomes = []
        while not any(isinstance(outcome, RoomNotFound) for outcome in outcomes):
            outcomes = store(draft(room.pk), draft(room.pk))
        return outcomes

    outcomes, _ = all_at_once(talk, partial(delete_room, room_id=room.pk))
    assert isinstance(outcomes, list)
    assert [type(outcome) for outcome in outcomes] == [RoomNotFound, RoomNotFound]
    assert not Message.objects.exists()


def test_a_read_mark_never_goes_back_beside_the_members_own_messages(room: Room) -> None:
    def talk() -> None:
        for _ in range(BATCHES):
            store(draft(room.pk, BOB), draft(room.pk, BOB))

    def read() -> None:
        marks = [mark_read(room_id=room.pk, member_id=BOB).seq for _ in range(4 * BATCHES)]
        assert marks == sorted(marks)

    all_at_once(talk, read, read)
    assert Participant.objects.get(room=room, member_id=BOB).read_seq == 2 * BATCHES


def test_members_of_many_rooms_do_not_wait_for_each_other_for_ever(db: None) -> None:
    members = [make_member(number, f"member {number}") for number in range(1, 9)]
    places = [make_group_room(f"room {number}", *members) for number in range(8)]
    backwards = list(reversed(places))

    def talk(order: list[Room]) -> None:
        for _ in range(BATCHES):
            store(*[draft(room.pk, member.pk) for room in order for member in members])

    all_at_once(partial(talk, places), partial(talk, backwards), partial(talk, places[4:] + places[:4]))
    for room in places:
        assert_gapless(room)
