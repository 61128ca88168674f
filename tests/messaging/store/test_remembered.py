"""What a process believes of rooms: what it stored itself, who came to listen, and what it hears in order."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from messaging.store.places import Place
from messaging.store.remembered import MISTRUST_MOST, PATIENCE_ALL, Remembered
from messaging.store.standings import OwnRules, Standing
from messaging.store.statements import RoomNumbers
from tests.factories import ALICE, BOB, CHARLIE

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
    remembered.learn(
        {ROOM: NUMBERS}, {(ROOM, ALICE): Place(1, "앨리스", muted_until=now), (ROOM, BOB): Place(2, "회원#3")}
    )
    assert numbers(remembered, ALICE) is None
    assert numbers(remembered, BOB) is None


# --- who comes to listen


def standing(participant_id: int, *, muted_until: datetime | None = None, **numbers: int) -> Standing:
    own = OwnRules("member", 0, False, muted_until)
    told = {"version": 20, "roster_version": 2, "last_seq": 10} | numbers
    return Standing(**told, read_seq=0, pinned_seq=None, own=own, participant_id=participant_id, is_private=False)


def test_who_comes_to_listen_is_known_before_they_speak() -> None:
    remembered = Remembered()
    remembered.meet(ROOM, ALICE, "앨리스", standing(1))
    remembered.meet(ROOM, BOB, "Bob", standing(2))
    assert remembered.of([Speaks(ROOM, ALICE), Speaks(ROOM, BOB)]) == ({ROOM: NUMBERS}, PLACES)
    remembered.hear(ROOM, [Change(21, seq=11)])
    assert numbers(remembered) == NUMBERS._replace(last_seq=11, version=21)


def test_what_was_read_longer_ago_says_who_is_there_and_not_how_far_the_room_is(remembered: Remembered) -> None:
    remembered.meet(ROOM, CHARLIE, "Charlie", standing(3, version=19, last_seq=9))
    assert numbers(remembered, CHARLIE) == NUMBERS


def test_of_a_membership_of_before_it_says_nothing(remembered: Remembered) -> None:
    remembered.meet(ROOM, CHARLIE, "Charlie", standing(3, roster_version=1))
    assert numbers(remembered, CHARLIE) is None
    assert numbers(remembered, ALICE) == NUMBERS


def test_a_batch_of_before_does_not_replace_what_a_listener_brought(remembered: Remembered) -> None:
    remembered.meet(ROOM, ALICE, "앨리스", standing(1, roster_version=3))
    remembered.learn({ROOM: NUMBERS}, PLACES)
    assert numbers(remembered, ALICE) == NUMBERS._replace(roster_version=3)
    assert numbers(remembered, BOB) is None, "who may have left"


def test_the_name_by_which_a_socket_came_does_not_replace_a_newer_one(remembered: Remembered) -> None:
    for roster_version in (2, 3):
        remembered.meet(ROOM, BOB, "Bobby", standing(2, roster_version=roster_version))
        assert name_of_bob(remembered) == "Bob"
    remembered.meet(ROOM, BOB, "Bobby", standing(4, roster_version=5))
    assert name_of_bob(remembered) == "Bobby", "he left and came back"


def test_who_turned_out_to_have_no_place_is_not_believed_there_again(remembered: Remembered) -> None:
    remembered.forget({(ROOM, ALICE), (OTHER, BOB), (ROOM, None)})
    assert numbers(remembered, ALICE) is None
    assert numbers(remembered, BOB) == NUMBERS


# --- who comes and goes


def test_comings_and_goings_leave_the_others_known(remembered: Remembered) -> None:
    remembered.hear_roster(ROOM, 3, left_member_id=None)
    remembered.meet(ROOM, CHARLIE, "Charlie", standing(3, roster_version=3))
    remembered.hear_roster(ROOM, 4, left_member_id=BOB)
    remembered.hear_roster(ROOM, 4, left_member_id=BOB)
    assert numbers(remembered, ALICE) == numbers(remembered, CHARLIE) == NUMBERS._replace(roster_version=4)
    assert numbers(remembered, BOB) is None
    remembered.hear(ROOM, [Change(21, seq=11, roster_version=3), Change(22, seq=12, roster_version=4)])
    assert numbers(remembered, ALICE) == RoomNumbers(12, 22, 4), "the first was said before he left"


def test_who_left_is_not_brought_back_by_what_was_before(remembered: Remembered) -> None:
    remembered.hear_roster(ROOM, 3, left_member_id=BOB)
    remembered.learn({ROOM: NUMBERS}, PLACES)
    remembered.meet(ROOM, BOB, "Bob", standing(2, version=21, last_seq=11))
    assert numbers(remembered, BOB) is None
    assert numbers(remembered, ALICE) == RoomNumbers(11, 21, 3)


def test_where_a_leaving_may_have_been_missed_nobody_is_known(remembered: Remembered) -> None:
    remembered.hear_roster(ROOM, 4, left_member_id=None)
    assert numbers(remembered, ALICE) == NUMBERS, "it is found out by the next change"
    remembered.meet(ROOM, CHARLIE, "Charlie", standing(3, roster_version=4))
    assert numbers(remembered, CHARLIE) == NUMBERS._replace(roster_version=4)
    assert numbers(remembered, ALICE) is None
    remembered.hear_roster(OTHER, 1, left_member_id=None)
    assert numbers(remembered, CHARLIE) is not None


def name_of_bob(remembered: Remembered) -> str | None:
    known = remembered.of([Speaks(ROOM, BOB)])
    return known and known[1][ROOM, BOB].nickname


def test_of_a_listener_who_is_muted_it_says_nothing() -> None:
    remembered = Remembered()
    remembered.meet(ROOM, ALICE, "앨리스", standing(1, muted_until=datetime.now(UTC)))
    assert numbers(remembered) is None


def test_a_crowd_that_only_listens_does_not_crowd_out_who_speaks(
    remembered: Remembered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.store.remembered.PLACES_MOST", 100)
    for number in range(1_000):
        remembered.meet(1_000 + number % 200, number, "", standing(number))
        if number % 50 == 0:
            remembered.learn({ROOM: NUMBERS}, {(ROOM, ALICE): PLACES[ROOM, ALICE]})
    assert numbers(remembered, ALICE) == NUMBERS
    assert numbers(remembered, BOB) is None
    known = [number for number in range(1_000) if remembered.of([Speaks(1_000 + number % 200, number)])]
    assert known == list(range(901, 1_000)), "the newest"


# --- what was wrong


def guess_wrongly(remembered: Remembered, *wrong: int, right: Sequence[int] = ()) -> None:
    """A batch in these rooms, and what the ordinary way found: somebody else wrote in the `wrong` ones."""
    known = remembered.of([Speaks(room_id, ALICE) for room_id in (*wrong, *right)])
    assert known is not None
    rooms, places = known
    remembered.was_wrong((rooms, places))
    found = {one: numbers._replace(version=numbers.version + (one in wrong)) for one, numbers in rooms.items()}
    remembered.learn(found, places)


def tries(remembered: Remembered, batches: int, *room_ids: int) -> int:
    """In how many of so many batches in these rooms it is relied upon."""
    speakers = [Speaks(room_id, ALICE) for room_id in room_ids]
    return sum(remembered.may_try() and remembered.of(speakers) is not None for _ in range(batches))


@pytest.fixture
def two_rooms(remembered: Remembered) -> Remembered:
    remembered.learn({OTHER: NUMBERS}, {(OTHER, ALICE): Place(3, "앨리스")})
    return remembered


def test_what_was_wrong_once_is_known_anew(two_rooms: Remembered) -> None:
    guess_wrongly(two_rooms, ROOM)
    assert numbers(two_rooms) == NUMBERS._replace(version=21)
    assert tries(two_rooms, 100, ROOM) == 100


def test_where_it_is_wrong_again_and_again_that_room_is_not_tried_and_its_neighbours_are(
    two_rooms: Remembered,
) -> None:
    for times in range(1, MISTRUST_MOST):
        guess_wrongly(two_rooms, ROOM, right=[OTHER])
        two_rooms.was_right(({OTHER: NUMBERS}, {}))
        assert tries(two_rooms, 2 ** (times - 1) - 1, ROOM, OTHER) == 0
        assert tries(two_rooms, 10, OTHER) == 10
        assert tries(two_rooms, 10, ROOM) == 10
    for _ in range(MISTRUST_MOST):
        two_rooms.was_right(({ROOM: NUMBERS}, {}))
    guess_wrongly(two_rooms, ROOM)
    assert tries(two_rooms, 10, ROOM) == 10, "its trust is back"


def test_a_name_that_was_wrong_is_one_rooms_matter(two_rooms: Remembered) -> None:
    for _ in range(2):
        rooms, places = two_rooms.of([Speaks(ROOM, ALICE), Speaks(OTHER, ALICE)]) or ({}, {})
        two_rooms.was_wrong((rooms, places))
        two_rooms.learn(rooms, places | {(ROOM, ALICE): Place(1, "앨리시아", said_at=datetime.now(UTC))})
        two_rooms.learn({ROOM: NUMBERS}, PLACES)
    assert tries(two_rooms, 1, OTHER) == 1
    assert tries(two_rooms, 1, ROOM) == 0


def test_a_batch_that_failed_altogether_leaves_nothing_that_was_wrong(two_rooms: Remembered) -> None:
    rooms, places = two_rooms.of([Speaks(ROOM, ALICE)]) or ({}, {})
    two_rooms.was_wrong((rooms, places))
    assert numbers(two_rooms) is None
    assert two_rooms.may_try()
    two_rooms.learn({ROOM: NUMBERS._replace(version=30)}, PLACES)
    assert tries(two_rooms, 1, ROOM) == 1


def test_a_process_that_is_nearly_always_wrong_hardly_tries_whatever_the_rooms(remembered: Remembered) -> None:
    for room_id in range(100, 100 + PATIENCE_ALL + MISTRUST_MOST):
        assert remembered.may_try()
        remembered.learn({room_id: NUMBERS}, {(room_id, ALICE): Place(room_id, "앨리스")})
        guess_wrongly(remembered, room_id)
        if room_id == 100 + PATIENCE_ALL:
            assert not remembered.may_try()
        while not remembered.may_try():
            pass
    guess_wrongly(remembered, ROOM)
    assert tries(remembered, 2**MISTRUST_MOST - 1, ROOM) == 0
    assert tries(remembered, 1, ROOM) == 1
    for _ in range(MISTRUST_MOST + PATIENCE_ALL):
        remembered.was_right(({}, {}))
    guess_wrongly(remembered, ROOM)
    assert remembered.may_try()


def test_of_very_many_rooms_it_keeps_no_doubts(two_rooms: Remembered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.store.remembered.DOUBTED_MOST", 1)
    for _ in range(2):
        guess_wrongly(two_rooms, ROOM)
    guess_wrongly(two_rooms, OTHER)
    assert tries(two_rooms, 1, ROOM) == 1


def test_where_rules_changed_the_room_is_looked_up_again(remembered: Remembered) -> None:
    remembered.hear_rules(ROOM, 2)
    remembered.hear_rules(OTHER, 1)
    assert numbers(remembered) == NUMBERS, "it is known since"
    remembered.hear_rules(ROOM, 3)
    assert numbers(remembered) is None
    remembered.learn({ROOM: NUMBERS._replace(roster_version=3)}, {(ROOM, BOB): PLACES[ROOM, BOB]})
    assert numbers(remembered, BOB) is not None
    assert numbers(remembered, ALICE) is None, "she may be the one"
