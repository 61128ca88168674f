"""What events say of rooms and messages, made when they are sent."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

from chatproject.outgoing.composing import Row, Target
from messaging.store.database import Database

LookedWithin = Callable[[Collection[int], float], Awaitable[set[int]]]


class EventComposer:
    """`looked_within` tells which of some members looked at the chat within so many seconds."""

    def __init__(self, *, database: Database, looked_within: LookedWithin) -> None:
        self._database, self._looked_within = database, looked_within

    async def compose(self, rows: Sequence[Row], target: Target) -> Mapping[int, bytes | None]:
        """As `chatproject.outgoing.composing.Composer` says."""
        return dict.fromkeys((row.event_id for row in rows), b"{}")

    async def look_again(self, target: Target) -> None:
        """As `chatproject.outgoing.composing.Composer` says."""
