"""The thread that makes one call after another."""

import asyncio
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator

import pytest

from chatproject.errors import NotInRoom
from messaging.store.one_thread import OneThread
from tests.messaging.people import TIMEOUT_S, eventually, soon

FORGETS_IT = """
import asyncio
from messaging.store.one_thread import OneThread
async def call():
    await OneThread(name="forgotten").call(lambda: None)
asyncio.run(call())
"""


@pytest.fixture
def one_thread() -> Iterator[OneThread]:
    one = OneThread(name="one")
    yield one
    one.end(lambda: None)


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "one"]


async def test_calls_are_made_in_their_order_by_one_thread(one_thread: OneThread) -> None:
    made: list[tuple[int, str]] = []

    def make(number: int) -> int:
        made.append((number, threading.current_thread().name))
        return number

    calls = [one_thread.call(lambda number=number: make(number)) for number in range(5)]  # type: ignore[misc]
    assert await soon(asyncio.gather(*calls)) == [0, 1, 2, 3, 4]
    assert made == [(number, "one") for number in range(5)]


async def test_what_a_call_raises_is_raised_where_it_is_awaited_and_the_next_is_made(
    one_thread: OneThread,
) -> None:
    def refuse() -> None:
        raise NotInRoom

    with pytest.raises(NotInRoom):
        await soon(one_thread.call(refuse))
    assert await soon(one_thread.call(lambda: "next")) == "next"


async def test_where_no_thread_can_be_had_the_call_is_not_made_and_the_next_tries_again(
    one_thread: OneThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = list[str]()
    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", _refuse_thread)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            one_thread.call(lambda: made.append("first"))
    await soon(one_thread.call(lambda: made.append("second")))
    assert made == ["second"]


def _refuse_thread(*_args: object, **_kwargs: object) -> None:
    raise RuntimeError("can't start new thread")


async def test_whoever_waits_no_longer_is_not_called_for_and_disturbs_nobody(one_thread: OneThread) -> None:
    may_end, made = threading.Event(), list[str]()
    first = one_thread.call(lambda: may_end.wait(TIMEOUT_S))
    given_up = one_thread.call(lambda: made.append("given up"))
    last = one_thread.call(lambda: made.append("last"))
    given_up.cancel()
    first.cancel()  # it is being made, and its answer comes to nobody
    may_end.set()
    await soon(last)
    assert made == ["last"]


async def test_the_end_comes_after_what_was_asked_for_and_takes_nothing_more() -> None:
    one_thread, made = OneThread(name="one"), list[str]()
    call = one_thread.call(lambda: made.append("call"))
    one_thread.end(lambda: made.append("end"))
    with pytest.raises(RuntimeError):
        one_thread.call(lambda: made.append("too late"))
    await soon(call)
    await eventually(lambda: not threads())
    assert made == ["call", "end"]


async def test_one_that_was_never_called_ends_without_a_thread() -> None:
    one_thread = OneThread(name="one")
    one_thread.end(lambda: None)
    assert threads() == []


async def test_an_idle_thread_holds_nothing_of_what_it_did(one_thread: OneThread) -> None:
    class Batch:
        pass

    batch = Batch()
    known = weakref.ref(batch)
    await soon(one_thread.call(lambda batch=batch: str(batch)))  # type: ignore[misc]
    del batch
    await eventually(lambda: known() is None)


def test_a_thread_that_nobody_ended_keeps_no_process_alive() -> None:
    subprocess.run([sys.executable, "-c", FORGETS_IT], check=True, timeout=TIMEOUT_S)
