"""The bodies of events, asked of whoever knows rooms and messages: together, and one by one where that fails."""

import json
import logging
from collections.abc import Sequence

from chatproject.errors import StoreUnavailable
from chatproject.outgoing.composing import Composer, Row, Target
from chatproject.outgoing.metrics import EventMetrics
from chatproject.outgoing.models import Kind
from chatproject.seldom import Seldom

logger = logging.getLogger(__name__)


class Bodies:
    def __init__(self, composer: Composer, metrics: EventMetrics) -> None:
        self._composer, self._metrics = composer, metrics
        self._seldom = Seldom()

    async def make(self, rows: Sequence[Row], target: Target) -> dict[int, bytes | None]:
        """The `data` of each by its number; those are left out that cannot be made. Raises StoreUnavailable."""
        bodies: dict[int, bytes | None] = {
            row.event_id: _test_data(target) for row in rows if row.kind == Kind.TEST
        }
        asked = [row for row in rows if row.event_id not in bodies]
        if not asked:
            return bodies
        bodies |= await self._ask(asked, target)
        missing = [row for row in asked if row.event_id not in bodies]
        if len(asked) > 1:
            for row in missing:
                bodies |= await self._ask([row], target)
        if failed := sum(row.event_id not in bodies for row in asked):
            self._metrics.failed.labels("body").inc(failed)
        return bodies

    async def _ask(self, rows: Sequence[Row], target: Target) -> dict[int, bytes | None]:
        try:
            return dict(await self._composer.compose(rows, target))
        except StoreUnavailable:
            raise
        except Exception as error:
            if self._seldom.may_say(type(error).__name__):
                logger.exception("bodies of events could not be made, of kind %s among them", rows[0].kind)
            return {}


def _test_data(target: Target) -> bytes:
    return json.dumps({"description": target.description}, ensure_ascii=False).encode()
