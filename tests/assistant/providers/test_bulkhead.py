"""Eight at the model, some in the queue, and the rest are told at once."""

import asyncio

import pytest

from assistant.providers.bulkhead import Bulkhead, BulkheadFull, Shares
from tests.times import WAIT_S


async def test_who_finds_the_queue_full_is_told_at_once() -> None:
    bulkhead = Bulkhead(places=1, queue=1)
    async with bulkhead.place():
        waiting = asyncio.create_task(hold(bulkhead))
        await asyncio.sleep(0)

        with pytest.raises(BulkheadFull):
            await hold(bulkhead)

    await waiting


async def test_who_gave_up_waiting_leaves_the_queue_to_others() -> None:
    bulkhead = Bulkhead(places=1, queue=1)
    async with bulkhead.place():
        impatient = asyncio.create_task(hold(bulkhead))
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.wait([impatient])
        patient = asyncio.create_task(hold(bulkhead))
        await asyncio.sleep(0)
        assert not patient.done()

    await patient


async def test_a_failed_call_gives_its_place_back() -> None:
    bulkhead = Bulkhead(places=1, queue=0)
    with pytest.raises(RuntimeError):
        async with bulkhead.place():
            raise RuntimeError

    await hold(bulkhead)


async def hold(bulkhead: Bulkhead) -> None:
    async with bulkhead.place():
        pass


async def test_one_members_second_call_waits_and_others_go_in_before_it() -> None:
    bulkhead, inside = Bulkhead(places=3, queue=9), list[int]()
    let_go = {name: asyncio.Event() for name in range(4)}

    async def call(member_id: int, number: int) -> None:
        async with bulkhead.place(member_id):
            inside.append(member_id)
            await let_go[number].wait()

    calls = [asyncio.create_task(call(*one)) for one in ((7, 0), (7, 1), (3, 2), (11, 3))]
    await asyncio.sleep(0)
    assert inside == [7, 3, 11]
    let_go[2].set()
    await calls[2]
    await asyncio.sleep(0)
    assert inside == [7, 3, 11]  # a place is free, and still not his
    let_go[0].set()
    await calls[0]
    await asyncio.sleep(0)
    assert inside == [7, 3, 11, 7]
    for event in let_go.values():
        event.set()
    await asyncio.wait(calls)


async def test_who_goes_in_the_moment_of_being_let_in_gives_the_place_on() -> None:
    bulkhead = Bulkhead(places=1, queue=2)
    async with bulkhead.place(7):
        leaving = asyncio.create_task(hold(bulkhead))
        patient = asyncio.create_task(hold(bulkhead))
        await asyncio.sleep(0)
    leaving.cancel()  # it was let in, and has not run since
    await asyncio.wait([leaving])
    assert leaving.cancelled()
    async with asyncio.timeout(WAIT_S):
        await patient
        await hold(bulkhead)


def test_a_member_who_takes_a_whole_share_leaves_the_others_theirs() -> None:
    shares = Shares(most=1)
    with shares.hold(7):
        with pytest.raises(BulkheadFull), shares.hold(7):
            pass
        with shares.hold(3):
            pass
    with shares.hold(7):  # given back
        pass
