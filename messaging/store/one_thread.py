"""A thread that makes one call after another and answers on the event loop.

An executor and the futures that wrap its own cost 40 µs more for each call, which a lone message pays alone.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

LOOK_INTERVAL_S = 1.0  # whether the process ends: then nobody who forgot to stop the thread keeps it alive


class _Call(NamedTuple):
    function: Callable[[], Any]
    future: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop


class OneThread:
    """Begins with the first call. All calls are made from one event loop."""

    def __init__(self, *, name: str) -> None:
        self._name = name
        self._calls: SimpleQueue[_Call | Callable[[], object]] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_over = False

    def call(self, function: Callable[[], T]) -> "asyncio.Future[T]":
        """What the function returns or raises in the thread. One that is cancelled before its turn is not called.

        Raises RuntimeError after `end`, and where the process may have no more threads; then it is not called.
        """
        if self._is_over:
            raise RuntimeError(f"the thread {self._name} was ended")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        if self._thread is None:
            # kept once it runs: where there is no room for one now, the next call tries again
            thread = threading.Thread(target=self._make_calls, name=self._name)
            thread.start()
            self._thread = thread
        self._calls.put(_Call(function, future, loop))
        return future

    def end(self, last: Callable[[], object]) -> None:
        """Let the thread end after what it was asked for, and after `last`. Does not wait."""
        self._is_over = True
        if self._thread is not None:
            self._calls.put(last)

    def _make_calls(self) -> None:
        while self._make_next():
            pass

    def _make_next(self) -> bool:
        """A call of its own, so that nothing of what was done is held while none comes."""
        try:
            call = self._calls.get(timeout=LOOK_INTERVAL_S)
        except Empty:
            return threading.main_thread().is_alive()
        if isinstance(call, _Call):
            if not call.future.cancelled():
                _make(call)
            return True
        call()
        return False


def _make(call: _Call) -> None:
    answer: Callable[[], None]
    try:
        answer = partial(_answer, call.future, call.function())
    except BaseException as error:
        answer = partial(_fail, call.future, error)
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        call.loop.call_soon_threadsafe(answer)


def _answer(future: "asyncio.Future[Any]", result: object) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: "asyncio.Future[Any]", error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
