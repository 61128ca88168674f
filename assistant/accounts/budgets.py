"""How much of the assistant may be used: reserved before a call of the model, settled after it. No model here.

A call counts on three lines of use: its member's, its room's and everybody's. Reserving locks them one by one,
always in this order, in one transaction: calls at once, on any number of processes, pass one after the other and
none slips through. Windows are fixed: the minute, and the day. A reservation whose process died counts
until its window ends.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from assistant.models import Budget, Scope, Usage
from chatproject.days import day_of, seconds_left, start_of
from chatproject.errors import AssistantBudgetSpent
from chatproject.transactions import in_one_transaction

MINUTE_S = 60


class Allowance(NamedTuple):
    """0 is no limit."""

    calls_per_minute: int
    calls_per_day: int
    tokens_per_minute: int
    tokens_per_day: int


# What stands where the table has no row, and what its migration writes there. A call takes 500 to 7,000 tokens.
# A member: more than a person reads. Everywhere: with a small model at most 7 dollars a day.
DEFAULTS = {
    Scope.MEMBER: Allowance(10, 200, 60_000, 600_000),
    Scope.ROOM: Allowance(20, 1_000, 120_000, 3_000_000),
    Scope.EVERYWHERE: Allowance(120, 10_000, 600_000, 20_000_000),
}


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a call may use, from the moment it was allowed."""

    member_id: int
    room_id: int
    tokens: int
    at: datetime


def reserve(*, member_id: int, room_id: int, tokens: int, now: datetime) -> Reservation:
    """Count a call of at most `tokens` (prompt and answer together) on every budget it touches.

    Raises AssistantBudgetSpent where one of them has not enough left, and counts nothing then; `retry_after` is
    when the window in question ends. Not inside a transaction: the locks would be held until its end.
    """
    reservation = Reservation(member_id, room_id, tokens, now)
    _make_lines(reservation)
    _reserve(reservation)
    return reservation


def settle(*, reservation: Reservation, tokens: int) -> None:
    """Put what the call really used in the place of what was reserved for it. Once, also after a failure."""
    _settle(reservation, tokens)


def allowances() -> dict[Scope, Allowance]:
    """What each member, each room and everybody together may use, as the table says now."""
    rows = Budget.objects.values_list("scope", *Allowance._fields)
    return DEFAULTS | {Scope(scope): Allowance(*figures) for scope, *figures in rows}


@in_one_transaction
def _reserve(reservation: Reservation) -> None:
    allowed, second = allowances(), _second_of(reservation.at)
    minute_left, day_left = float(MINUTE_S - second % MINUTE_S), seconds_left(reservation.at)
    lines = _lock_lines(reservation)
    for line in lines:
        _turn_to_minute(line, second // MINUTE_S)
        line.calls += 1
        line.tokens += reservation.tokens
        line.minute_calls += 1
        line.minute_tokens += reservation.tokens
    waits = [wait for line in lines for wait in _waits(line, allowed[Scope(line.scope)], minute_left, day_left)]
    if waits:
        raise AssistantBudgetSpent(retry_after=max(waits))
    for line in lines:
        line.save(force_update=True)


@in_one_transaction
def _settle(reservation: Reservation, tokens: int) -> None:
    minute, more = _second_of(reservation.at) // MINUTE_S, tokens - reservation.tokens
    for line in _lock_lines(reservation):
        line.tokens = max(0, line.tokens + more)
        if line.minute == minute:
            line.minute_tokens = max(0, line.minute_tokens + more)
        line.save(force_update=True)


def _waits(line: Usage, allowed: Allowance, minute_left: float, day_left: float) -> Iterator[float]:
    """For each window that a line went beyond, how many seconds of it are left."""
    used = Allowance(line.minute_calls, line.calls, line.minute_tokens, line.tokens)
    left = (minute_left, day_left, minute_left, day_left)
    for amount, most, left_s in zip(used, allowed, left, strict=True):
        if most and amount > most:
            yield left_s


def _turn_to_minute(line: Usage, minute: int) -> None:
    # a process whose clock is behind counts in the later minute: going back would forget what that one used
    if minute > line.minute:
        line.minute, line.minute_calls, line.minute_tokens = minute, 0, 0


def _second_of(moment: datetime) -> int:
    """The second of its day."""
    return int(moment.timestamp() - start_of(day_of(moment)).timestamp())


def _keys(reservation: Reservation) -> list[tuple[Scope, int]]:
    """The lines that a reservation counts on. In the order of locking: everybody's last, held the shortest."""
    return [(Scope.MEMBER, reservation.member_id), (Scope.ROOM, reservation.room_id), (Scope.EVERYWHERE, 0)]


def _make_lines(reservation: Reservation) -> None:
    """Make the lines that this is the day's first call on, apart from the transaction that locks them."""
    day = day_of(reservation.at)
    for scope, subject_id in _keys(reservation):
        if not Usage.objects.filter(scope=scope, subject_id=subject_id, day=day).exists():
            _make_line(Usage(scope=scope, subject_id=subject_id, day=day))


@in_one_transaction
def _make_line(line: Usage) -> None:
    Usage.objects.bulk_create([line], ignore_conflicts=True)


def _lock_lines(reservation: Reservation) -> list[Usage]:
    lines, day = Usage.objects.select_for_update(), day_of(reservation.at)
    return [lines.get(scope=scope, subject_id=number, day=day) for scope, number in _keys(reservation)]
