"""The numbers of a batch by themselves; with a database in `test_services`."""

from datetime import UTC, datetime, timedelta

from chatproject.errors import ChatError, RoomNotFound
from messaging.store.drafts import Draft, Stored
from messaging.store.ledger import Ledger
from messaging.store.places import Place
from messaging.store.statements import RoomNumbers
from tests.factories import ALICE, BOB

ROOM, NO_ROOM = 1, 2
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def ledger_of(room: RoomNumbers, **places: Place) -> Ledger:
    members = {"alice": ALICE, "bob": BOB}
    return Ledger(
        rooms={ROOM: room},
        places={(ROOM, members[name]): place for name, place in places.items()},
        present=set(),
        known={},
        assistant_names={},
        now=NOW,
    )


def said(number: int, *, room_id: int = ROOM, sender_id: int | None = ALICE) -> Draft:
    kind = "member" if sender_id else "assistant"
    return Draft(room_id, sender_id, "hello", f"{number:032}", kind=kind)  # type: ignore[arg-type]


def numbers(outcome: Stored | ChatError) -> tuple[int, int]:
    assert isinstance(outcome, Stored), outcome
    return outcome.message.seq, outcome.message.version


def codes(outcomes: list[Stored | ChatError]) -> list[str | int]:
    return [outcome.message.seq if isinstance(outcome, Stored) else outcome.code for outcome in outcomes]


def test_what_is_refused_takes_no_number() -> None:
    ledger = ledger_of(RoomNumbers(3, 7, 2), alice=Place(5, "Alice"))
    first, refused, second = map(ledger.enter, (said(1), said(2, room_id=NO_ROOM), said(3)))
    assert (numbers(first), numbers(second)) == ((4, 8), (5, 9))
    assert isinstance(refused, RoomNotFound)
    assert [row.seq for row in ledger.rows] == [4, 5]


def test_of_what_a_member_says_in_one_batch_slow_mode_takes_the_first() -> None:
    ledger = ledger_of(
        RoomNumbers(0, 0, 2, slow_s=10), alice=Place(5, "Alice"), bob=Place(6, "Bob", role="manager")
    )
    drafts = [said(1), said(2), said(1), said(3, sender_id=BOB), said(4, sender_id=BOB), said(5, sender_id=None)]
    # the second is too soon; the third repeats the first; Bob manages the room, and the assistant is no member
    assert codes(list(map(ledger.enter, drafts))) == [1, "E-MO003", 1, 2, 3, 4]
    assert next(statement.values for statement in ledger.writes() if "said_at" in statement.query)[1:] == [5]


def test_who_is_muted_takes_nobody_elses_place() -> None:
    muted = Place(5, "Alice", muted_until=NOW + timedelta(minutes=10))
    ledger = ledger_of(RoomNumbers(0, 0, 2), alice=muted, bob=Place(6, "Bob"))
    assert codes([ledger.enter(said(1)), ledger.enter(said(2, sender_id=BOB))]) == ["E-MO002", 1]


def test_in_a_plain_room_nothing_is_written_of_when_one_spoke() -> None:
    ledger = ledger_of(RoomNumbers(0, 0, 2), alice=Place(5, "Alice"))
    ledger.enter(said(1))
    assert not [statement for statement in ledger.writes() if "said_at" in statement.query]
