"""Reads of many sockets at one time, on the real threads."""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence

import pytest

from chatproject.errors import StoreUnavailable
from messaging.store.database import Database
from messaging.store.gathering import KEYS_PER_READ, READS_AT_ONCE, Gathered
from tests.messaging.people import TIMEOUT_S, P, T, eventually, soon


class Shelf:
    """Squares of even numbers; reading waits while it is locked."""

    def __init__(self) -> None:
        self.reads: list[Sequence[int]] = []
        self.unlocked = threading.Event()
        self.unlocked.set()
        self.fault: Exception | None = None

    def read(self, keys: Sequence[int]) -> Mapping[int, int]:
        self.reads.append(sorted(keys))
        assert self.unlocked.wait(TIMEOUT_S)
        if self.fault is not None:
            raise self.fault
        return {key: key * key for key in keys if key % 2 == 0}


class Punctual(Database):
    """Keeps its answers until `answer_all`, and then gives them in one turn of the loop."""

    def __init__(self, *, readers: int) -> None:
        super().__init__(readers=readers)
        self.answers = 0
        self._may_answer = asyncio.Event()

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        answer = await super().run(function, *args, **kwargs)
        self.answers += 1
        await self._may_answer.wait()
        return answer

    def answer_all(self) -> None:
        self._may_answer.set()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def squares(database: Database, shelf: Shelf) -> Gathered[int, int]:
    return Gathered(database, shelf.read)


async def busy(squares: Gathered[int, int], shelf: Shelf) -> list[asyncio.Task[int | None]]:
    """As many reads as run at once, none of which ends before the shelf is unlocked."""
    shelf.unlocked.clear()
    running = []
    for number in range(READS_AT_ONCE):
        running.append(asyncio.create_task(squares.get(number)))
        await eventually(lambda number=number: len(shelf.reads) == number + 1)  # type: ignore[misc]
    return running


async def test_what_is_asked_for_during_a_read_is_read_together(squares: Gathered[int, int], shelf: Shelf) -> None:
    running = await busy(squares, shelf)
    waiting = [asyncio.create_task(squares.get(number)) for number in (10, 11, 12, 10)]
    await asyncio.sleep(0)
    shelf.unlocked.set()
    assert await soon(asyncio.gather(*waiting)) == [100, None, 144, 100]
    await soon(asyncio.gather(*running))
    assert shelf.reads[READS_AT_ONCE:] == [[10, 11, 12]]


async def test_what_commits_may_run_one_after_the_other(database: Database, shelf: Shelf) -> None:
    squares = Gathered(database, shelf.read, at_once=1)
    shelf.unlocked.clear()
    asked = [asyncio.create_task(squares.get(2))]
    await eventually(lambda: shelf.reads)
    asked += [asyncio.create_task(squares.get(number)) for number in (4, 6)]
    await asyncio.sleep(0)
    shelf.unlocked.set()
    assert await soon(asyncio.gather(*asked)) == [4, 16, 36]
    assert shelf.reads == [[2], [4, 6]]


async def test_nobody_gets_what_was_read_before_the_question(squares: Gathered[int, int], shelf: Shelf) -> None:
    running = await busy(squares, shelf)
    again = asyncio.create_task(squares.get(0))
    await asyncio.sleep(0)
    shelf.unlocked.set()
    assert await soon(again) == 0
    await soon(asyncio.gather(*running))
    assert shelf.reads.count([0]) == 2


async def test_who_asks_again_the_moment_all_reads_end_is_read_for(shelf: Shelf) -> None:
    database = Punctual(readers=READS_AT_ONCE)
    squares = Gathered(database, shelf.read)

    async def ask_twice() -> list[int | None]:
        return [await squares.get(0), await squares.get(2)]

    twice = asyncio.create_task(ask_twice())
    await eventually(lambda: database.answers == 1)
    once = asyncio.create_task(squares.get(4))
    await eventually(lambda: database.answers == 2)
    database.answer_all()
    assert await soon(twice) == [0, 4]
    assert await soon(once) == 16
    database.close()


async def test_a_read_has_a_bounded_number_of_keys(squares: Gathered[int, int], shelf: Shelf) -> None:
    many = range(2 * KEYS_PER_READ + 2)
    assert await soon(asyncio.gather(*map(squares.get, many))) == [n * n if n % 2 == 0 else None for n in many]
    assert max(map(len, shelf.reads)) == KEYS_PER_READ


async def test_a_failure_is_told_to_all_who_waited_and_to_none_after_them(
    squares: Gathered[int, int], shelf: Shelf
) -> None:
    shelf.fault = ArithmeticError("no squares today")
    failures = await soon(asyncio.gather(squares.get(2), squares.get(4), return_exceptions=True))
    assert [type(failure) for failure in failures] == [ArithmeticError, ArithmeticError]
    shelf.fault = None
    assert await soon(squares.get(2)) == 4


async def test_whoever_waits_for_a_turn_is_told_in_time(
    squares: Gathered[int, int], shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = await busy(squares, shelf)
    monkeypatch.setattr("messaging.store.gathering.GIVE_UP_AFTER_S", 0.05)
    with pytest.raises(StoreUnavailable):
        await soon(squares.get(10))
    shelf.unlocked.set()
    assert await soon(asyncio.gather(*running)) == [0, None]
    assert [10] not in shelf.reads


async def test_who_went_away_is_not_read_for(squares: Gathered[int, int], shelf: Shelf) -> None:
    running = await busy(squares, shelf)
    leaving, staying = asyncio.create_task(squares.get(10)), asyncio.create_task(squares.get(12))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.sleep(0)
    shelf.unlocked.set()
    assert await soon(staying) == 144
    await soon(asyncio.gather(*running))
    assert shelf.reads[-1] == [12]


# --- those that linger


async def test_where_several_came_more_are_waited_for(database: Database, shelf: Shelf) -> None:
    squares = Gathered(database, shelf.read, lingers=True)
    await soon(asyncio.gather(*map(squares.get, (2, 4))))
    late = asyncio.create_task(squares.get(6))
    await asyncio.sleep(0)  # it lingers now
    assert await soon(squares.get(8)) == 64
    assert await soon(late) == 36
    assert shelf.reads == [[2, 4], [6, 8]]


async def test_who_comes_alone_waits_for_nobody(
    database: Database, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    squares = Gathered(database, shelf.read, lingers=True)
    await soon(asyncio.gather(*map(squares.get, (2, 4))))
    assert await soon(squares.get(6)) == 36  # after a wait in vain
    monkeypatch.setattr("messaging.store.gathering.LINGER_S", TIMEOUT_S * 2)
    assert await soon(squares.get(8)) == 64
    assert shelf.reads == [[2, 4], [6], [8]]


async def test_while_one_waits_for_more_the_others_leave_it_all_that_comes(
    database: Database, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    squares = Gathered(database, shelf.read, lingers=True)
    shelf.unlocked.clear()
    first = asyncio.gather(*map(squares.get, (2, 4)))
    await eventually(lambda: len(shelf.reads) == 1)
    monkeypatch.setattr("messaging.store.gathering.LINGER_S", 0.5)
    more = [asyncio.create_task(squares.get(number)) for number in (10, 11)]
    await asyncio.sleep(0)  # another read begins to wait
    shelf.unlocked.set()
    assert await soon(first) == [4, 16]
    assert await soon(squares.get(12)) == 144
    assert await soon(asyncio.gather(*more)) == [100, None]
    assert shelf.reads == [[2, 4], [10, 11, 12]]
