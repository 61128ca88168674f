"""A channel layer that loses, delays and repeats what tests tell it to, as Redis does when it is unwell."""

from collections.abc import Callable
from typing import Any

import msgspec
from channels.layers import InMemoryChannelLayer

from messaging.delivery.notices import Notice

Judge = Callable[[Notice], bool]


def of_kind(kind: str) -> Judge:
    return lambda notice: notice.kind == kind


class LossyLayer(InMemoryChannelLayer):  # type: ignore[misc]  # channels is not typed
    """Delivers everything until told otherwise. The beats of processes to themselves are never touched."""

    def __init__(self) -> None:
        super().__init__()
        self._loses: Judge = lambda _notice: False
        self._keeps: Judge = lambda _notice: False
        self.kept: list[tuple[str, dict[str, Any]]] = []
        self.lost: list[Notice] = []
        self.copies = 1
        self.messages = 0  # beats left out

    def lose(self, judge: Judge) -> None:
        self._loses = judge

    def keep(self, judge: Judge) -> None:
        """Hold such notices back until `let_go`."""
        self._keeps = judge

    async def let_go(self, *, reverse: bool = False) -> None:
        """Deliver what was held back."""
        kept, self.kept, self._keeps = self.kept, [], lambda _notice: False
        for group, message in reversed(kept) if reverse else kept:
            await super().group_send(group, message)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        self.messages += bool(message["notices"])
        passing = []
        for room_id, raw in message["notices"]:
            notice = msgspec.msgpack.decode(raw, type=Notice)
            if self._loses(notice):
                self.lost.append(notice)
            elif self._keeps(notice):
                self.kept.append((group, {**message, "notices": [(room_id, raw)]}))
            else:
                passing.append((room_id, raw))
        if message["notices"] and not passing:
            return
        message = {**message, "notices": passing}
        for _copy in range(self.copies):
            await super().group_send(group, message)
