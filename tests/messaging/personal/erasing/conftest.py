"""An eraser as a process has one, beside a running chat."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from django.utils import timezone

from assistant import erasing
from chatproject.access.revoking import Revoked
from messaging.files.storage.folder import Folder
from messaging.files.storage.store import FileStore
from messaging.personal.erasing import orders
from messaging.personal.erasing.job import Eraser
from messaging.personal_models import Erasure
from messaging.server import ChatServer
from rooms.moderation.audit import Actor
from tests.factories import BOB
from tests.messaging.people import in_thread
from tests.times import WAIT_S

MakeEraser = Callable[..., Eraser]


@pytest.fixture
async def make_eraser(server: ChatServer, tmp_path: Path) -> AsyncIterator[MakeEraser]:
    store = FileStore(Folder(tmp_path))

    def make(process: ChatServer = server) -> Eraser:
        return Eraser(
            database=process.database,
            store=store,
            save=process.writer.save,
            teller=process,
            also=erasing.PHASES,
        )

    yield make
    store.close()


@pytest.fixture
def eraser(make_eraser: MakeEraser) -> Eraser:
    return make_eraser()


async def ask_for(member_id: int = BOB) -> tuple[Erasure, Revoked]:
    return await in_thread(orders.ask, member_id=member_id, by=Actor.staff(None), now=timezone.now())


async def carry_out(eraser: Eraser) -> None:
    """All that is ordered."""
    async with asyncio.timeout(2 * WAIT_S):
        while await eraser.step():
            pass
