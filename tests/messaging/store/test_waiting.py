"""Whoever waits is answered once."""

import asyncio

import pytest

from chatproject.errors import InternalError, StoreUnavailable
from messaging.store.database import RETRY_AFTER_S
from messaging.store.services import Draft
from messaging.store.waiting import Waiting, refuse_all, unavailable
from tests.factories import ALICE


def waiting() -> Waiting:
    draft = Draft(room_id=1, sender_id=ALICE, contents="hello", client_id="a" * 32)
    return Waiting(draft, asyncio.get_running_loop().create_future(), since=0.0)


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
