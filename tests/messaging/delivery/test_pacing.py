"""A room hears its first mark at once and a storm of them together. The tests hold the timer."""

from collections.abc import Callable

import pytest

from messaging.delivery.pacing import TOLD_AGAIN_AFTER_S, PacedMarks
from tests.factories import ALICE, BOB

GARDEN, KITCHEN = 1, 2


class Room:
    """What was told here and to other processes, and the calls that wait for their time."""

    def __init__(self) -> None:
        self.here: list[tuple[int, dict[int, int]]] = []
        self.elsewhere: list[tuple[int, dict[int, int]]] = []
        self._waiting: list[Callable[[], None]] = []
        self.paced = PacedMarks(
            tell=lambda room_id, marks: self.here.append((room_id, dict(marks))),
            publish=lambda room_id, marks: self.elsewhere.append((room_id, dict(marks))),
            later=self._later,
        )

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        assert seconds == TOLD_AGAIN_AFTER_S
        self._waiting.append(call)

    def read(self, member_id: int, seq: int, *, room_id: int = GARDEN, is_ours: bool = True) -> None:
        self.paced.hear(room_id, {member_id: seq}, is_ours=is_ours)

    def time_passes(self) -> None:
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            call()


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_quiet_room_hears_at_once(room: Room) -> None:
    room.read(ALICE, 1)
    room.read(BOB, 1, room_id=KITCHEN)
    assert room.here == room.elsewhere == [(GARDEN, {ALICE: 1}), (KITCHEN, {BOB: 1})]


def test_three_hundred_who_read_one_message_are_told_of_twice(room: Room) -> None:
    for member_id in range(300):
        room.read(member_id, 1)
    assert room.here == [(GARDEN, {0: 1})]
    room.time_passes()
    assert room.here[1:] == room.elsewhere[1:] == [(GARDEN, dict.fromkeys(range(1, 300), 1))]


def test_a_member_who_reads_on_is_told_of_as_it_is_then(room: Room) -> None:
    room.read(ALICE, 1)
    for seq in (2, 9, 4):
        room.read(BOB, seq)
    room.time_passes()
    assert room.here[1:] == [(GARDEN, {BOB: 9})]


def test_what_another_process_tells_is_told_here_in_the_same_write_and_not_told_back(room: Room) -> None:
    room.read(ALICE, 1)
    room.read(BOB, 2)
    room.read(ALICE, 3, is_ours=False)
    room.read(BOB, 1, is_ours=False)
    room.time_passes()
    assert room.here[1:] == [(GARDEN, {BOB: 2, ALICE: 3})]
    assert room.elsewhere[1:] == [(GARDEN, {BOB: 2})]


def test_nothing_is_remembered_of_a_quiet_room(room: Room) -> None:
    room.read(ALICE, 1)
    room.time_passes()
    assert room.paced._rooms == {}
    room.read(ALICE, 2)
    assert room.here == [(GARDEN, {ALICE: 1}), (GARDEN, {ALICE: 2})]


def test_at_the_end_nobody_waits_for_the_time(room: Room) -> None:
    for seq in (1, 2, 3):
        room.read(ALICE, seq)
    room.paced.say_all()
    assert room.here == room.elsewhere == [(GARDEN, {ALICE: 1}), (GARDEN, {ALICE: 3})]
