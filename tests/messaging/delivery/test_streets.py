"""What a process says of where it listens, and what another knows of it then."""

import zlib

import pytest

from messaging.delivery.streets import LEFT_AFTER_S, STREETS, KnownStreets, OwnStreets, Word, read_word, write_word

ROOM, NEIGHBOUR = 7, 7 + STREETS


def known(*words: Word) -> KnownStreets:
    streets = KnownStreets()
    for word in words:
        streets.heed(word)
    return streets


def listens(streets: KnownStreets, *, up_to: int = 12) -> list[int]:
    return [street for street in range(up_to) if streets.include(street)]


def settled(own: OwnStreets, now: float = 0.0) -> Word:
    own.settle(now)
    return own.whole()


def test_who_comes_into_a_street_says_so_once() -> None:
    own = OwnStreets()
    start = settled(own)
    for room_id in (ROOM, ROOM, NEIGHBOUR, 9):
        own.enter(room_id)
    fresh = own.take_fresh()
    assert fresh is not None
    assert own.take_fresh() is None
    own.enter(NEIGHBOUR)
    assert not own.is_fresh
    assert listens(known(start, fresh)) == [7, 9]
    assert listens(known(start, fresh, own.number())) == [7, 9]


def test_a_street_that_was_left_is_dropped_after_a_while_unless_somebody_is_back() -> None:
    own = OwnStreets()
    for room_id in (ROOM, NEIGHBOUR, 9, 11):
        own.enter(room_id)
    for room_id in (ROOM, NEIGHBOUR, 9, 9, 3):
        own.leave(room_id, 100.0)
    assert listens(known(settled(own, 100.0 + LEFT_AFTER_S))) == [7, 9, 11]
    own.enter(NEIGHBOUR)
    assert not own.is_fresh
    assert listens(known(settled(own, 100.1 + LEFT_AFTER_S))) == [7, 11]
    own.enter(9)
    assert own.is_fresh


def test_who_has_said_nothing_may_listen_anywhere() -> None:
    assert listens(known()) == list(range(12))
    assert listens(known(Word(4, fresh=(7,)), Word(4), Word(5))) == list(range(12))


def test_who_lost_a_word_takes_it_for_granted_that_the_other_listens_everywhere_until_the_whole_is_said() -> None:
    own = OwnStreets()
    streets = known(settled(own))
    own.enter(ROOM)
    own.take_fresh()  # lost
    assert streets.heed(own.number()) is None
    assert listens(streets) == list(range(12))
    assert streets.heed(own.whole()) == ()
    assert listens(streets) == [ROOM]


def test_words_that_come_late_or_twice_change_nothing() -> None:
    own = OwnStreets()
    start = settled(own)
    own.enter(ROOM)
    first = own.take_fresh()
    own.enter(9)
    second = own.take_fresh()
    assert first
    assert second
    streets = known(start, first, first, second, first, start)
    assert listens(streets) == [7, 9]
    streets = known(start, second)
    assert streets.heed(first) == ()
    assert listens(streets) == list(range(12))


def test_the_whole_brings_what_may_have_been_missed() -> None:
    own = OwnStreets()
    streets = known(settled(own))
    own.enter(ROOM)
    assert streets.heed(settled(own)) is None
    own.leave(ROOM, 0.0)
    assert streets.heed(settled(own, 1.0 + LEFT_AFTER_S)) == ()  # who is gone misses nothing
    assert listens(streets) == []


@pytest.mark.parametrize("whole", [b"?", zlib.compress(b"short"), zlib.compress(bytes(STREETS // 8 + 1))])
def test_of_whom_a_build_understands_nothing_it_knows_nothing(whole: bytes) -> None:
    streets = known(settled(OwnStreets()))
    assert streets.heed(Word(2, whole=whole)) is None
    assert listens(streets) == list(range(12))
    assert known(settled(OwnStreets())).heed(Word(2, fresh=(STREETS,))) is None


def test_a_word_survives_the_way_and_anything_else_is_none() -> None:
    for word in (Word(3), Word(3, fresh=(1, STREETS - 1)), settled(OwnStreets())):
        assert read_word(write_word(word)) == word
    assert read_word(None) is None
    assert read_word(b"\xc1") is None
    assert read_word(write_word("later build")) is None


def test_as_many_streets_as_there_are_fit_into_8_kib() -> None:
    own = OwnStreets()
    for room_id in range(1, 2 * STREETS, 3):
        own.enter(room_id)
    assert len(write_word(settled(own))) < 8_400
