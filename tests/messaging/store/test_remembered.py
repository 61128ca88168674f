"""What a process believes of rooms: what it stored itself, and what it hears in order."""

from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from messaging.store.places import Place
from messaging.store.remembered import MISTRUST_MOST, Remembered
from messaging.store.statements import RoomNumbers
from tests.factories import ALICE, BOB

ROOM, OTHER = 5, 6
NUMBERS = RoomNumbers(last_seq=10, version=20, roster_version=2)
PLACES = {(ROOM, ALICE): Place(1, "앨리스"), (ROOM, BOB): Place(2, "Bob")}


class Speaks(NamedTuple):
    room_id: int
    sender_id: int | None


class Change(NamedTuple):
    version: int
    seq: int = 1
    roster_version: int = 2


@pytest.fixture
def remembered() -> Remembered:
    remembered = Remembered()
    remembered.learn({ROOM: NUMBERS}, PLACES)
    return remembered


def numbers(remembered: Remembered, member_id: int = ALICE) -> RoomNumbers | None:
    known = remembered.of([Speaks(ROOM, member_id)])
    return known and known[0][ROOM]


def test_it_knows_what_was_stored(remembered: Remembered) -> None:
    assert remembered.of([Speaks(ROOM, ALICE), Speaks(ROOM, BOB)]) == ({ROOM: NUMBERS}, PLACES)


@pytest.mark.parametrize("stranger", [Speaks(ROOM, 99), Speaks(OTHER, ALICE), Speaks(ROOM, None)])
def test_of_others_it_knows_nothing(remembered: Remembered, stranger: Speaks) -> None:
    assert remembered.of([Speaks(ROOM, ALICE), stranger]) is None


def test_it_follows_the_changes_that_others_made(remembered: Remembered) -> None:
    remembered.hear(ROOM, [Change(21, seq=11), Change(22, seq=3), Change(23, seq=12)])
    assert numbers(remembered) == NUMBERS._replace(last_seq=12, version=23)
    remembered.hear(ROOM, [Change(20), Change(22), Change(24, seq=13)])
    assert numbers(remembered) == NUMBERS._replace(last_seq=13, version=24)
    remembered.hear(ROOM, [Change(9)])
    remembered.hear(ROOM, [])
    remembered.hear(OTHER, [Change(1)])
    assert numbers(remembered) == NUMBERS._replace(last_seq=13, version=24)


@pytest.mark.parametrize("change", [Change(22), Change(21, roster_version=3)], ids=["gap", "membership"])
def test_what_does_not_follow_makes_it_forget_the_room(remembered: Remembered, change: Change) -> None:
    remembered.hear(ROOM, [change])
    assert numbers(remembered) is None


def test_what_is_heard_is_newer_than_a_batch_of_before(remembered: Remembered) -> None:
    remembered.hear(ROOM, [Change(21, seq=11)])
    remembered.learn({ROOM: NUMBERS}, {})
    assert numbers(remembered) == NUMBERS._replace(last_seq=11, version=21)


def test_another_membership_ends_what_was_known_of_places(remembered: Remembered) -> None:
    remembered.learn({ROOM: NUMBERS._replace(roster_version=3)}, {(ROOM, ALICE): Place(9, "앨리스")})
    assert numbers(remembered, ALICE) is not None
    assert numbers(remembered, BOB) is None


@pytest.mark.parametrize("ruled", [NUMBERS._replace(slow_s=10), NUMBERS._replace(is_read_only=True)])
def test_where_rules_may_bind_somebody_it_says_nothing(remembered: Remembered, ruled: RoomNumbers) -> None:
    remembered.learn({ROOM: ruled}, {})
    assert numbers(remembered) is None


def test_nor_of_who_was_muted_or_has_no_name(remembered: Remembered) -> None:
    now = datetime.now(UTC)
    remembered.learn({}, {(ROOM, ALICE): Place(1, "앨리스", muted_until=now), (ROOM, BOB): Place(2, "회원#3")})
    assert numbers(remembered, ALICE) is None
    assert numbers(remembered, BOB) is None


def test_it_does_not_grow_for_ever(remembered: Remembered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.store.remembered.PLACES_MOST", 100)
    for room_id in range(1_000, 1_200):
        remembered.learn({room_id: NUMBERS}, {(room_id, ALICE): Place(room_id, "앨리스")})
    assert remembered.of([Speaks(1_199, ALICE)]) is not None
    assert numbers(remembered) is None


def tries(remembered: Remembered, batches: int) -> int:
    return sum(remembered.may_try() for _ in range(batches))


def test_the_more_often_it_was_wrong_the_less_it_is_relied_upon(remembered: Remembered) -> None:
    assert tries(remembered, 100) == 100
    remembered.was_wrong()
    assert not remembered.may_try()
    assert tries(remembered, 100) == 100
    for _ in range(2 * MISTRUST_MOST):
        remembered.was_wrong()
    assert tries(remembered, 2**MISTRUST_MOST - 1) == 0
    assert remembered.may_try()
    for _ in range(MISTRUST_MOST):
        remembered.was_right()
    assert tries(remembered, 100) == 100
