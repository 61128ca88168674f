"""Eight at the model, some in the queue, and the rest are told at once."""

import asyncio

import pytest

from assistant.bulkhead import Bulkhead, BulkheadFull, Shares


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


def test_a_member_who_takes_a_whole_share_leaves_the_others_theirs() -> None:
    shares = Shares(most=1)
    with shares.hold(7):
        with pytest.raises(BulkheadFull), shares.hold(7):
            pass
        with shares.hold(3):
            pass
    with shares.hold(7):  # given back
        pass
