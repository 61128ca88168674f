"""The numbers of a batch by themselves; with a database in `test_services`."""

from chatproject.errors import ChatError, RoomNotFound
from messaging.store.ledger import Draft, Ledger, Stored
from messaging.store.places import Place
from messaging.store.statements import RoomNumbers
from tests.factories import ALICE

ROOM, NO_ROOM = 1, 2


def numbers(outcome: Stored | ChatError) -> tuple[int, int]:
    assert isinstance(outcome, Stored), outcome
    return outcome.message.seq, outcome.message.version


def test_what_is_refused_takes_no_number() -> None:
    ledger = Ledger(
        rooms={ROOM: RoomNumbers(3, 7, 2)},
        places={(ROOM, ALICE): Place(5, "Alice", "member")},
        present=set(),
        known={},
        assistant_names={},
        created_at="2026-11-22T09:00:00.000000Z",
    )
    first, refused, second = [
        ledger.enter(Draft(room_id, ALICE, "hello", f"{number:032}"))
        for number, room_id in enumerate((ROOM, NO_ROOM, ROOM))
    ]
    assert (numbers(first), numbers(second)) == ((4, 8), (5, 9))
    assert isinstance(refused, RoomNotFound)
    assert [row.seq for row in ledger.rows] == [4, 5]
