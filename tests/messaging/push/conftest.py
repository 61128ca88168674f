"""A push service between us and members' browsers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.messaging.push.browsers import PushService, serving


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[PushService]:
    async with serving(tmp_path) as service:
        yield service
