"""How tasks end that do not take the first cancellation."""

import asyncio
from collections.abc import Iterable

CANCEL_ATTEMPTS = 20


async def end_tasks(tasks: Iterable[asyncio.Task[None]], *, within_s: float) -> None:
    """Cancel the tasks until they end: redis-py loses a cancellation that comes while it connects."""
    pending = set(tasks)
    for _attempt in range(CANCEL_ATTEMPTS):
        for task in pending:
            task.cancel()
        if pending:
            _done, pending = await asyncio.wait(pending, timeout=within_s / CANCEL_ATTEMPTS)
