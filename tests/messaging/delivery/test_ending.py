"""Tasks that lose a cancellation end all the same."""

import asyncio

from messaging.delivery.ending import end_tasks
from tests.times import WAIT_S


async def test_a_task_that_swallows_a_cancellation_is_asked_again() -> None:
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while swallowed < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await end_tasks([task], within_s=1.0)
    async with asyncio.timeout(WAIT_S):
        await task
    assert swallowed == 2
