"""One round trip for a plain batch: all of it or nothing, and exactly what the ordinary way would have stored."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from chatproject.errors import NotInRoom, RoomNotFound
from chatproject.outgoing.models import Endpoint, Kind, OutgoingEvent
from chatproject.outgoing.subscriptions import NOBODY, read_subscribed
from chatproject.room_errors import Muted, ReadOnlyRoom
from messaging.models import Message
from messaging.moderation.screening import Verdict
from messaging.store.drafts import Draft
from messaging.store.one_trip import store_at_once
from messaging.store.remembered import MISTRUST_MOST, Remembered
from messaging.store.services import Outcome, Stored, store_batch, store_messages
from messaging.store.standings import read_standings
from messaging.store.statements import run
from rooms.deleting import delete_room
from rooms.models import Member, Participant, Room
from rooms.services import add_participant, remove_participant
from tests.factories import ALICE, BOB, make_group_room, make_private_room
from tests.messaging.people import TIMEOUT_S
from tests.messaging.store.test_retrying import wait_for_waiting

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

Prepare = Callable[[Room], object]
AWKWARD = "it's \"100 %s\" \\' ; DROP TABLE users; -- %(x)s {0} \x00 \x1a \n 고민 👩‍👩‍👧"


@pytest.fixture
def remembered(room: Room) -> Remembered:
    """Alice and Bob have said something before, so that the process knows them."""
    remembered = Remembered()
    store(remembered, draft(room), draft(room, BOB))
    return remembered


def draft(room: Room, sender_id: int = ALICE, contents: str = "hello", **fields: object) -> Draft:
    return Draft(room.pk, sender_id, contents, uuid4().hex, **fields)  # type: ignore[arg-type]


def store(remembered: Remembered, *drafts: Draft) -> list[Outcome]:
    return store_batch(drafts, now=datetime.now(UTC), subscribed=NOBODY, remembered=remembered)


def at_once(remembered: Remembered, *drafts: Draft) -> list[Stored] | None:
    return store_at_once(drafts, now=datetime.now(UTC), subscribed=NOBODY, remembered=remembered)


def numbers(room: Room) -> tuple[int, int, int]:
    room.refresh_from_db()
    return room.last_seq, room.version, Message.objects.filter(room=room).count()


def elsewhere(work: Callable[[], object]) -> None:
    """In a thread with a connection of its own, as another process does it."""

    def alone() -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(alone).result(TIMEOUT_S)


def test_a_plain_batch_is_stored_as_ever(remembered: Remembered, room: Room) -> None:
    drafts = [draft(room, contents=AWKWARD), draft(room, BOB, "yes", reply_to=1), draft(room, contents="and")]
    stored = at_once(remembered, *drafts)
    assert stored is not None
    assert [(one.message.seq, one.message.version, one.message.message) for one in stored] == [
        (3, 3, AWKWARD),
        (4, 4, "yes"),
        (5, 5, "and"),
    ]
    assert [(one.message.nick_name, one.roster_version, one.duplicate) for one in stored] == [
        (name, room.roster_version, False) for name in ("Alice", "Bob", "Alice")
    ]
    rows = Message.objects.filter(room=room, seq__gte=3).order_by("seq")
    fields = ("seq", "version", "kind", "sender_id", "contents", "client_id", "reply_to", "marks")
    assert list(rows.values_list(*fields)) == [
        (seq, seq, "member", one.sender_id, one.contents, one.client_id, one.reply_to, None)
        for seq, one in enumerate(drafts, start=3)
    ]
    assert numbers(room) == (5, 5, 5)
    marks = Participant.objects.filter(room=room).values_list("member_id", "read_seq")
    assert dict(marks) == {ALICE: 5, BOB: 4}
    assert at_once(remembered, draft(room)) is not None, "it remembers its own batch"


def test_many_rooms_go_together(alice: Member, bob: Member) -> None:
    rooms, remembered = [make_group_room(f"room {number}", alice, bob) for number in range(30)], Remembered()
    store(remembered, *[draft(room, who) for room in rooms for who in (ALICE, BOB)])
    stored = at_once(remembered, *[draft(room, who) for room in reversed(rooms) for who in (BOB, BOB, ALICE)])
    assert stored is not None
    assert [one.message.seq for one in stored] == [3, 4, 5] * 30
    assert {numbers(room) for room in rooms} == {(5, 5, 5)}


# --- who said nothing yet, but came to listen


def listen(room: Room, remembered: Remembered, nickname: str = "Alice") -> None:
    [standings] = run(read_standings([(room.pk, ALICE)]))
    remembered.meet(room.pk, ALICE, nickname, standings[room.pk, ALICE])


def queries(remembered: Remembered, *drafts: Draft) -> int:
    """Those of the ordinary way, by which these were stored."""
    with CaptureQueriesContext(connection) as captured:
        outcomes = store(remembered, *drafts)
    for one, outcome in zip(drafts, outcomes, strict=True):
        assert isinstance(outcome, Stored)
        assert outcome.message.nick_name == Member.objects.get(pk=one.sender_id or 0).nickname
    return len(captured)


def test_the_first_message_of_who_listens_takes_one_round_trip(room: Room) -> None:
    remembered = Remembered()
    listen(room, remembered)
    assert queries(remembered, draft(room)) == 0
    assert queries(remembered, draft(room, BOB)) > 0, "he does not listen"
    assert numbers(room) == (2, 2, 2)


def test_a_name_of_before_is_found_out_once(room: Room) -> None:
    remembered = Remembered()
    listen(room, remembered, nickname="Alicia")
    assert queries(remembered, draft(room)) > 0
    listen(room, remembered, nickname="Alicia")
    assert queries(remembered, draft(room)) == 0


def test_a_renamed_member_sends_nobody_elses_messages_the_ordinary_way(
    remembered: Remembered, room: Room, alice: Member, bob: Member
) -> None:
    rooms = [room, *(make_group_room(f"room {number}", alice, bob) for number in range(3))]
    store(remembered, *[draft(one, who) for one in rooms for who in (ALICE, BOB)])
    _rename(room, "Alicia")
    for one in rooms:
        assert queries(remembered, draft(one)) > 0
        assert queries(remembered, draft(one)) == 0
        assert queries(remembered, *[draft(other, BOB) for other in rooms]) == 0


def test_a_room_that_others_write_in_too_is_not_tried_and_its_neighbours_are(
    remembered: Remembered, room: Room, bob: Member
) -> None:
    other = make_group_room("Balcony", bob)
    store(remembered, draft(other, BOB))
    for _ in range(2):
        store_messages([draft(room, BOB)], now=datetime.now(UTC))
        assert queries(remembered, draft(room), draft(other, BOB)) > 0
    assert queries(remembered, draft(other, BOB)) == 0
    assert queries(remembered, draft(room)) > 0, "nobody wrote meanwhile, but who knows"
    assert queries(remembered, draft(room)) == 0


def test_what_was_read_longer_ago_than_it_knows_costs_nothing(remembered: Remembered, room: Room) -> None:
    [standings] = run(read_standings([(room.pk, ALICE)]))
    assert queries(remembered, draft(room, BOB)) == 0
    remembered.meet(room.pk, ALICE, "Alice", standings[room.pk, ALICE])
    assert queries(remembered, draft(room)) == 0


# --- what the process could not know


def _mute(room: Room) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    Participant.objects.filter(room=room, member_id=ALICE).update(muted_until=until)


def _rename(room: Room, name: str) -> None:
    Member.objects.filter(pk=ALICE).update(nickname=name)


CHANGES: dict[str, tuple[Prepare, type[Exception] | None]] = {
    "removed": (lambda room: remove_participant(room_id=room.pk, member_id=ALICE), NotInRoom),
    "deleted by the main server": (lambda room: Participant.objects.filter(member_id=ALICE).delete(), NotInRoom),
    "muted": (_mute, Muted),
    "read-only": (lambda room: Room.objects.filter(pk=room.pk).update(is_read_only=True), ReadOnlyRoom),
    "slow mode": (lambda room: Room.objects.filter(pk=room.pk).update(slow_s=10), None),
    "the room is gone": (lambda room: delete_room(room_id=room.pk), RoomNotFound),
    "somebody came": (lambda room: add_participant(room_id=room.pk, member_id=11), None),
    "another process wrote": (lambda room: store_messages([draft(room, BOB)], now=datetime.now(UTC)), None),
    "renamed": (partial(_rename, name="Alicia"), None),
    "renamed in its case alone": (partial(_rename, name="ALICE"), None),
    "renamed by a blank": (partial(_rename, name="Alice "), None),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_wrong_guess_stores_nothing_and_the_ordinary_way_decides(
    remembered: Remembered, room: Room, bob: Member, alice: Member, what: str
) -> None:
    other = make_group_room("Balcony", alice, bob)
    store(remembered, draft(other, BOB))
    change, refusal = CHANGES[what]
    elsewhere(partial(change, room))
    before = (*numbers(other), Message.objects.count())
    drafts = [draft(other, BOB), draft(room)]
    assert at_once(remembered, *drafts) is None
    assert not connection.in_atomic_block
    assert (*numbers(other), Message.objects.count()) == before
    there, outcome = store(remembered, *drafts)
    assert isinstance(there, Stored)
    assert there.message.seq == 2
    if refusal is not None:
        assert isinstance(outcome, refusal)
        return
    assert isinstance(outcome, Stored)
    assert outcome.message.nick_name == Member.objects.get(pk=ALICE).nickname
    assert outcome.message.seq == Room.objects.get(pk=room.pk).last_seq


@pytest.mark.parametrize("what", ["the room is gone", "deleted by the main server"])
def test_who_goes_on_where_nobody_is_heard_costs_the_others_one_wrong_guess(
    remembered: Remembered, room: Room, alice: Member, bob: Member, what: str
) -> None:
    other = make_group_room("Balcony", alice, bob)
    store(remembered, draft(other, BOB))
    change, refusal = CHANGES[what]
    elsewhere(partial(change, room))
    for _ in range(MISTRUST_MOST):
        [outcome] = store(remembered, draft(room))
        assert isinstance(outcome, refusal or Stored)
    assert sum(at_once(remembered, draft(other, BOB)) is None for _ in range(4)) <= 1


def test_who_was_renamed_is_called_so_in_every_room(remembered: Remembered, room: Room, alice: Member) -> None:
    """What is remembered of the first room is outdated, though that of the second is not."""
    other = make_group_room("Balcony", alice)
    _rename(room, "Alicia")
    store(remembered, draft(other))
    outcomes = store(remembered, draft(room), draft(other))
    assert [one.message.nick_name for one in outcomes if isinstance(one, Stored)] == ["Alicia", "Alicia"]


@pytest.mark.parametrize(
    "fields",
    [
        {"mentions": (BOB,)},
        {"everyone": True},
        {"verdict": Verdict("flag")},
        {"reply_to": 99},
        {"attachments": (5,)},
        {"assisted": True},
        {"sender_id": None, "kind": "notice"},
        {"sender_id": 11},
    ],
)
def test_what_is_not_plain_takes_the_ordinary_way(
    remembered: Remembered, room: Room, fields: dict[str, object]
) -> None:
    assert at_once(remembered, draft(room), draft(room, **fields)) is None  # type: ignore[arg-type]
    assert numbers(room) == (2, 2, 2)


def test_inside_a_transaction_and_where_subscribers_are_unknown_too(remembered: Remembered, room: Room) -> None:
    with transaction.atomic():
        assert at_once(remembered, draft(room)) is None
    assert store_at_once([draft(room)], now=datetime.now(UTC), subscribed=None, remembered=remembered) is None


def test_a_repeat_is_found_and_costs_no_trust(remembered: Remembered, room: Room) -> None:
    said = draft(room)
    [first] = at_once(remembered, said) or []
    assert at_once(remembered, draft(room, BOB), said) is None
    new, again = store(remembered, draft(room, BOB), said)
    assert isinstance(new, Stored)
    assert isinstance(again, Stored)
    assert (again.duplicate, again.message) == (True, first.message)
    assert at_once(remembered, draft(room)) is not None


def test_events_are_recorded_with_it(alice: Member, bob: Member) -> None:
    endpoint = Endpoint.objects.create(url="https://main.example.com/", kinds=[Kind.MESSAGE, Kind.MENTION])
    private, remembered = make_private_room(alice, bob), Remembered()
    store(remembered, draft(private))
    drafts = [draft(private), draft(private)]
    stored = store_at_once(drafts, now=datetime.now(UTC), subscribed=read_subscribed(), remembered=remembered)
    assert stored is not None
    told = OutgoingEvent.objects.order_by("pk").values_list("endpoint_id", "kind", "room_id", "seq")
    assert list(told) == [
        (endpoint.pk, kind, private.pk, seq) for kind in ("message", "mention") for seq in (2, 3)
    ]


# --- at the same time


@pytest.mark.parametrize("what", ["removed", "muted", "read-only", "another process wrote", "somebody came"])
def test_what_changes_while_it_waits_for_the_room_counts(remembered: Remembered, room: Room, what: str) -> None:
    change, refusal = CHANGES[what]
    waits = threading.Event()

    def change_meanwhile() -> None:
        try:
            with transaction.atomic():
                Room.objects.select_for_update().get(pk=room.pk)
                change(room)
                waits.set()
                wait_for_waiting()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        changing = thread.submit(change_meanwhile)
        assert waits.wait(TIMEOUT_S)
        [outcome] = store(remembered, draft(room, contents="late"))
        changing.result(TIMEOUT_S)
    assert isinstance(outcome, refusal or Stored)
    assert Message.objects.filter(contents="late").count() == (refusal is None)


def test_two_writers_and_comings_and_goings_stay_gapless(alice: Member, bob: Member) -> None:
    """Each message of Bob's was stored in a membership that he was in: the odd ones are without him."""
    rooms = [make_group_room(f"room {number}", alice, bob) for number in range(3)]
    first = rooms[0].roster_version

    def write(seed: int) -> list[Outcome]:
        remembered = Remembered()
        try:
            batches = [
                [draft(rooms[(seed + turn + step) % 3], (ALICE, BOB)[step % 2]) for step in range(1 + turn % 4)]
                for turn in range(40)
            ]
            return [outcome for batch in batches for outcome in store(remembered, *batch)]
        finally:
            connection.close()

    def come_and_go() -> list[Outcome]:
        try:
            for turn in range(30):
                change = remove_participant if turn % 2 == 0 else add_participant
                change(room_id=rooms[turn // 2 % 3].pk, member_id=BOB)
        finally:
            connection.close()
        return []

    with ThreadPoolExecutor(4) as threads:
        working = [threads.submit(write, seed) for seed in range(3)] + [threads.submit(come_and_go)]
        outcomes = [outcome for work in working for outcome in work.result(4 * TIMEOUT_S)]
    stored = [outcome for outcome in outcomes if isinstance(outcome, Stored)]
    assert all(isinstance(outcome, NotInRoom) for outcome in outcomes if not isinstance(outcome, Stored))
    assert all((one.roster_version - first) % 2 == 0 for one in stored if one.message.sender_id == BOB)
    assert sum(numbers(room)[0] for room in rooms) == len(stored)
    for room in rooms:
        seqs = Message.objects.filter(room=room).order_by("seq").values_list("seq", "version")
        assert list(seqs) == [(number, number) for number in range(1, numbers(room)[0] + 1)]
