"""What the sender knows of an event, and what it asks of whoever knows rooms and messages."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol


class Row(NamedTuple):
    """An event that waits: the columns of OutgoingEvent that matter to it. `details` is JSON."""

    event_id: int
    kind: str
    room_id: int | None
    seq: int | None
    version: int | None
    member_id: int | None
    details: str | None
    created_at: datetime
    attempts: int
    due_at: datetime | None
    prev_id: int | None


class Target(NamedTuple):
    """An endpoint as it is now. `secrets` are those that have not ended."""

    endpoint_id: int
    url: str
    description: str
    with_text: bool
    secrets: tuple[str, ...]


class Composer(Protocol):
    async def compose(self, rows: Sequence[Row], target: Target) -> Mapping[int, bytes | None]:
        """The `data` of these events as things are now, as JSON, by their numbers; None: nobody is to be told.

        Asked just before they are sent, for some of one room or of many. Those of kind "test" never come here.
        Raises StoreUnavailable where it cannot look now.
        """

    async def look_again(self, target: Target) -> None:
        """About once a second, in the one process that sends to the endpoint: what was put off until now."""

    async def gone_rooms(self, room_ids: Collection[int]) -> Collection[int]:
        """Which of these are no more. Raises StoreUnavailable."""
