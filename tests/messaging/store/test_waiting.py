"""Whoever waits is answered once; and who of them is stored next."""

import asyncio
from collections import deque
from collections.abc import Callable

import pytest

from chatproject.errors import InternalError, StoreUnavailable
from messaging.store.database import RETRY_AFTER_S
from messaging.store.pacing import Address
from messaging.store.services import Draft
from messaging.store.waiting import Waiting, refuse_all, take_batch, unavailable
from tests.factories import ALICE


def waiting(contents: str = "hello", *, paced: Address | None = None) -> Waiting:
    draft = Draft(room_id=1, sender_id=ALICE, contents=contents, client_id="a" * 32)
    return Waiting(draft, asyncio.get_running_loop().create_future(), since=0.0, paced=paced)


async def test_all_are_told_why_and_when_to_try_again() -> None:
    batch = [waiting(), waiting()]
    refuse_all(batch, unavailable())
    for one in batch:
        with pytest.raises(StoreUnavailable) as refusal:
            await one.future
        assert refusal.value.retry_after == RETRY_AFTER_S


async def test_the_first_answer_stands() -> None:
    one = waiting()
    one.refuse(unavailable())
    one.refuse(InternalError())
    with pytest.raises(StoreUnavailable):
        await one.future


def waiting_for(names: str) -> deque[Waiting]:
    """Those whose name begins with an r react to one message."""
    return deque([waiting(name, paced=(1, 7) if name.startswith("r") else None) for name in names.split()])


def take(queue: deque[Waiting], *, holds: Callable[[Address, Waiting], bool] = lambda *_: False) -> str:
    taken = take_batch(queue, most=8, enough=2, holds=holds)
    return " ".join(one.entry.contents for one in taken if isinstance(one.entry, Draft))


async def test_half_of_those_who_wait_are_taken_and_reactions_stay_together() -> None:
    queue = waiting_for("1 2 3 4 r1 r2 r3 5 6")
    assert [take(queue), take(queue), take(queue)] == ["1 2 3 4 r1 r2 r3", "5 6", ""]
    assert take(waiting_for("r1 r2 r3 r4 r5 r6 r7 r8 r9")) == "r1 r2 r3 r4 r5 r6 r7 r8", "no more than that"


async def test_who_was_answered_is_not_stored_and_who_is_held_back_waits_elsewhere() -> None:
    queue, held = waiting_for("1 r1 2 r2 3"), list[Waiting]()
    queue[0].refuse(unavailable())
    with pytest.raises(StoreUnavailable):
        await queue[0].future

    def hold(_address: Address, one: Waiting) -> bool:
        held.append(one)
        return True

    assert take(queue, holds=hold) == "2 3"
    assert [one.entry.contents for one in held if isinstance(one.entry, Draft)] == ["r1", "r2"]
