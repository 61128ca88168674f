"""Who subscribed to what, as a process knows it: by looking, at once when told, and never by what is old."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from chatproject.outgoing import subscriptions
from chatproject.outgoing.subscriptions import (
    NOBODY,
    Subscribed,
    Subscriptions,
    read_subscribed,
    reading_subscribed,
)
from messaging.store.statements import Statement, run
from tests.endpoints import subscribe
from tests.times import WAIT_S

ONE, TWO = Subscribed({"message": (1,)}), Subscribed({"message": (1, 2), "left": (2,)})


@pytest.mark.django_db
def test_both_ways_of_reading_find_the_same() -> None:
    assert read_subscribed() == NOBODY
    one, two = subscribe("message", "message"), subscribe("left", "message")
    subscribe("left", is_enabled=False)
    found = read_subscribed()
    assert (found.to("message"), found.to("left"), found.to("read")) == ((one.pk, two.pk), (two.pk,), ())
    query, read = reading_subscribed()
    assert run(Statement(query, (), read)) == [found]


class Endpoints:
    """What is found by the looks of a process."""

    def __init__(self) -> None:
        self.found: Subscribed | Exception = ONE
        self.looked = asyncio.Event()

    async def run(self, _read: Callable[[], Any]) -> Subscribed:
        self.looked.set()
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    async def next_look(self) -> None:
        self.looked.clear()
        await asyncio.wait_for(self.looked.wait(), WAIT_S)
        await asyncio.sleep(0)  # the look is over


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "LOOK_INTERVAL_S", 0.01)
    monkeypatch.setattr(subscriptions, "LOOK_AGAIN_S", 0.01)


async def test_nothing_is_known_before_the_first_look_and_then_what_each_finds(quick: None) -> None:
    endpoints = Endpoints()
    known = Subscriptions(run=endpoints.run)
    assert known.current() is None
    known.start()
    await endpoints.next_look()
    assert known.current() == ONE
    endpoints.found = TWO
    await endpoints.next_look()
    assert known.current() == TWO
    await known.stop()


async def test_who_is_told_looks_at_once() -> None:
    endpoints = Endpoints()
    known = Subscriptions(run=endpoints.run)
    known.start()
    await endpoints.next_look()
    endpoints.found = TWO
    known.look_now()
    await endpoints.next_look()
    assert known.current() == TWO
    await known.stop()


async def test_what_was_read_too_long_ago_is_not_relied_upon(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "STALE_S", 0.05)
    endpoints = Endpoints()
    known = Subscriptions(run=endpoints.run)
    known.start()
    await endpoints.next_look()
    endpoints.found = OSError("away")
    async with asyncio.timeout(WAIT_S):
        while known.current() is not None:
            await endpoints.next_look()
    endpoints.found = TWO
    async with asyncio.timeout(WAIT_S):
        while known.current() != TWO:
            await endpoints.next_look()
    await known.stop()
