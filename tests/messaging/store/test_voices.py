"""Who may say something now, and how long the others wait. To the millisecond, and never too short."""

from datetime import UTC, datetime, timedelta

import pytest

from chatproject.errors import ChatError
from messaging.store.places import Place
from messaging.store.statements import RoomNumbers
from messaging.store.voices import require_pace, require_voice

NOW = datetime(2026, 11, 29, 9, 0, 0, 123_456, tzinfo=UTC)
PLAIN, READ_ONLY = RoomNumbers(1, 1, 1), RoomNumbers(1, 1, 1, is_read_only=True)
SLOW = RoomNumbers(1, 1, 1, slow_s=30)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def answer(room: RoomNumbers, *, is_admin: bool = False, **place: object) -> tuple[str, float | None] | None:
    """The code and the wait, None where the member may speak."""
    seat = Place(1, "Bob", **place)  # type: ignore[arg-type]
    try:
        require_voice(seat, room, is_admin=is_admin, now=NOW)
        require_pace(seat, room, is_admin=is_admin, now=NOW)
    except ChatError as error:
        return error.code, error.retry_after
    return None


def test_in_a_plain_room_everybody_speaks() -> None:
    assert answer(PLAIN) is None


@pytest.mark.parametrize("role", ["member", "manager", "owner"])
def test_who_is_muted_says_nothing_whatever_their_role_until_the_very_end(role: str) -> None:
    assert answer(PLAIN, role=role, muted_until=ago(-0.0004)) == ("E-MO002", 0.001)
    assert answer(SLOW, role=role, muted_until=ago(-600)) == ("E-MO002", 600.0)
    assert answer(PLAIN, role=role, muted_until=NOW) is None


@pytest.mark.parametrize(("role", "is_admin", "code"), [
    ("member", False, "E-MO004"), ("manager", False, None), ("owner", False, None), ("member", True, None),
])  # fmt: skip
def test_in_a_read_only_room_managers_alone_speak(role: str, is_admin: bool, code: str | None) -> None:
    found = answer(READ_ONLY, role=role, is_admin=is_admin)
    assert (found and found[0]) == code


@pytest.mark.parametrize(("said_ago", "wait"), [(None, None), (0, 30.0), (29.9996, 0.001), (30, None), (99, None)])
def test_slow_mode_has_a_member_wait_exactly(said_ago: float | None, wait: float | None) -> None:
    said_at = None if said_ago is None else ago(said_ago)
    assert answer(SLOW, said_at=said_at) == (None if wait is None else ("E-MO003", wait))
    assert answer(SLOW, said_at=said_at, role="manager") is None
    assert answer(PLAIN, said_at=said_at) is None


def test_nobody_waits_longer_than_the_room_says_for_the_clock_of_another_server() -> None:
    assert answer(SLOW, said_at=ago(-5)) == ("E-MO003", 30.0)
