"""How a message got to a socket: Bob's socket 1, room 1, and the room's change 10, which went out at 50."""

import pytest

from messaging.delivery.diary import LetOut, Move
from messaging.inquiry.handing import Sought, courses_of, handed_by, past_socket
from messaging.inquiry.questions import Handed
from tests.factories import BOB

OUT = LetOut(50.0, 1, seq=10, version=10, number=1, listeners=1, inboxes=0)


def move(at: float, what: str, room_id: int = 0, since: int | None = None, after: int = 0) -> Move:
    return Move(at, 1, BOB, what, room_id, since, after, replayed=since is not None)


def handed(*moves: Move, let_out: LetOut | None = OUT, gone_out: bool = True) -> tuple[Handed, float | None]:
    [course] = courses_of([move(1.0, "came"), *moves], 1).values()
    return handed_by(course, Sought(1, 10, let_out, gone_out))


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ([move(2, "heard", 1, after=9)], ("live", 50.0)),
        ([move(60, "heard", 1, since=9, after=12)], ("replay", 60)),
        ([move(60, "heard", 1, after=12)], ("history", 60)),
        ([move(60, "heard", 1, since=11, after=12)], ("known", 60)),
        ([move(2, "heard", 1, after=9), move(40, "left", 1)], ("", None)),
        ([move(2, "heard", 1, after=9), move(40, "went")], ("", None)),
        ([move(2, "heard", 1, after=9), move(70, "went")], ("live", 50.0)),
        ([move(2, "heard", 2, after=9)], ("", None)),
        ([move(2, "inbox")], ("inbox", 50.0)),
        ([move(2, "inbox"), move(40, "inbox-ended")], ("", None)),
        ([move(60, "inbox")], ("", None)),
        ([move(2, "inbox"), move(60, "heard", 1, since=11, after=12)], ("known", 60)),
        ([move(2, "heard", 1, after=9), move(60, "heard", 1, since=11, after=12)], ("live", 50.0)),
    ],
)
def test_it_is_told_from_what_the_socket_did(moves: list[Move], expected: tuple[Handed, float | None]) -> None:
    assert handed(*moves) == expected


def test_of_what_went_out_at_a_forgotten_time_only_who_still_listens_has_it_for_sure() -> None:
    assert handed(move(2, "heard", 1, after=9), let_out=None) == ("live", None)
    assert handed(move(2, "heard", 1, after=9), move(40, "left", 1), let_out=None) == ("maybe", None)
    assert handed(move(2, "heard", 1, after=9), let_out=None, gone_out=False) == ("", None)


def test_a_socket_that_ended_says_when_and_how() -> None:
    moves = [move(1, "came"), move(2, "heard", 1, after=9), move(60, "went", after=4408)]
    [course] = courses_of(moves, 1).values()
    seen = past_socket(course, Sought(1, 10, OUT, True))
    assert (seen.came_at, seen.went_at, seen.closed_with, seen.handed) == (1, 60, 4408, "live")
