"""Who comes and goes in a circle is told of seldom, and the last state always. The tests hold the timer."""

from collections.abc import Callable

import pytest

from messaging.delivery.comings import TOLD_AGAIN_AFTER_S, Coming, Comings
from tests.factories import ALICE, BOB

GARDEN, KITCHEN = 1, 2
CAME, WENT = b"came", b"went"


class Room:
    """What listeners were told, and the calls that wait for their time."""

    def __init__(self) -> None:
        self.told: list[tuple[int, bytes]] = []
        self._waiting: list[Callable[[], None]] = []
        self.reads: list[int | None] = []
        self.comings = Comings(
            tell=lambda coming: self.told.append((coming.room_id, coming.text)),
            tell_read=lambda coming: self.reads.append(coming.seq),
            later=self._later,
        )
        self._version = 0
        self.seq = 10

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        assert seconds == TOLD_AGAIN_AFTER_S
        self._waiting.append(call)

    def hear(self, *texts: bytes, room_id: int = GARDEN, member_id: int = BOB) -> None:
        for text in texts:
            self._version += 1
            seq = self.seq if text == CAME else None
            self.comings.hear(Coming(room_id, member_id, self._version, text, seq))

    def time_passes(self) -> None:
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            call()

    def what(self) -> list[bytes]:
        return [text for _room_id, text in self.told]


@pytest.fixture
def room() -> Room:
    return Room()


def test_the_first_coming_is_told_at_once(room: Room) -> None:
    room.hear(CAME)
    assert room.what() == [CAME]
    room.time_passes()
    assert room.what() == [CAME]


def test_a_circle_of_hundreds_is_two_frames(room: Room) -> None:
    room.hear(*[CAME, WENT] * 200)
    assert room.what() == [CAME]
    room.time_passes()
    assert room.what() == [CAME, WENT]


def test_a_circle_that_ends_as_it_was_told_needs_no_word(room: Room) -> None:
    room.hear(*[CAME, WENT] * 200, CAME)
    room.time_passes()
    assert room.what() == [CAME]


def test_who_is_back_in_the_same_moment_has_read_what_was_said_in_between(room: Room) -> None:
    room.hear(CAME, WENT)
    room.seq += 3
    room.hear(CAME)
    assert (room.what(), room.reads) == ([CAME], [])
    room.time_passes()
    assert (room.what(), room.reads) == ([CAME], [13])
    room.time_passes()
    assert (room.what(), room.reads) == ([CAME], [13])


def test_a_circle_that_goes_on_is_told_once_in_a_while(room: Room) -> None:
    for _ in range(5):
        room.hear(*[CAME, WENT] * 20)
        room.time_passes()
    assert len(room.what()) <= 1 + 5
    room.hear(CAME)
    room.time_passes()
    assert room.what()[-1] == CAME


def test_who_comes_back_later_is_told_at_once_again(room: Room) -> None:
    room.hear(CAME)
    room.time_passes()
    room.hear(WENT)
    assert room.what() == [CAME, WENT]


def test_one_members_circle_hides_no_other_member_and_no_other_room(room: Room) -> None:
    room.hear(CAME, WENT)
    room.hear(CAME, member_id=ALICE)
    room.hear(CAME, room_id=KITCHEN)
    assert room.told == [(GARDEN, CAME), (GARDEN, CAME), (KITCHEN, CAME)]


def test_an_older_change_that_comes_late_is_not_the_last_state(room: Room) -> None:
    room.comings.hear(Coming(GARDEN, BOB, 5, CAME, 10))
    room.comings.hear(Coming(GARDEN, BOB, 4, WENT, None))
    room.time_passes()
    assert room.what() == [CAME]


def test_nothing_is_remembered_of_a_quiet_room(room: Room) -> None:
    room.hear(CAME, WENT)
    room.time_passes()
    room.time_passes()
    assert room.comings._told == {}
