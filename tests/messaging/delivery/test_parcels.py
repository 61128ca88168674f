"""What waits is told in few layer messages, to each in its order."""

import pytest

from messaging.delivery.parcels import WAITING_MAX, Parcels

FOUR = {"a": True, "b": True, "c": True, "d": True}


def test_each_gets_what_is_for_it_in_one_message() -> None:
    parcels = Parcels()
    parcels.add(("a",), 1, b"one")
    parcels.add((), 2, b"to nobody")
    parcels.add(("b", "a"), 3, b"two")
    assert parcels.take(FOUR) == [("a", [(1, b"one"), (3, b"two")]), ("b", [(3, b"two")])]
    assert not parcels


def test_what_is_for_most_of_them_goes_to_all_at_once_in_its_order() -> None:
    parcels = Parcels()
    for number, who in enumerate("abc"):
        parcels.add((who,), number, b"word")
    assert parcels.take(FOUR) == [(None, [(0, b"word"), (1, b"word"), (2, b"word")])]
    parcels.add(("a",), 1, b"word")
    assert parcels.take({"a": True}) == [("a", [(1, b"word")])]  # the only other one has an inbox of its own


def test_who_has_no_inbox_is_told_with_all() -> None:
    parcels = Parcels()
    parcels.add(("old build",), 1, b"word")
    assert parcels.take(FOUR | {"old build": False}) == [(None, [(1, b"word")])]


def test_a_message_ends_when_it_is_large_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.delivery.parcels.MESSAGE_ENOUGH_BYTES", 4)
    parcels = Parcels()
    for number in range(3):
        parcels.add(("a",), number, b"two")
    assert parcels.take(FOUR) == [("a", [(0, b"two"), (1, b"two")])]
    assert parcels.take(FOUR) == [("a", [(2, b"two")])]


def test_what_comes_while_too_much_waits_is_dropped() -> None:
    parcels = Parcels()
    for number in range(WAITING_MAX + 1):
        parcels.add(("a",), number, b"")
    assert len(parcels) == WAITING_MAX
