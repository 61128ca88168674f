"""Notices of which somebody wants to know when they were told: those of sampled messages. Pure."""

from collections.abc import Callable, Iterable
from typing import Literal

from messaging.delivery.correspondence import To
from messaging.delivery.parcels import Addressed

KNOWN_MAX = 1_000  # some are dropped before they are told, where the layer does not keep up

Told = Literal["told", "down", "nobody"]  # "nobody" listens elsewhere now; it is kept a while
Said = Callable[[Told], None]


class OnTheirWay:
    def __init__(self) -> None:
        self._said: dict[bytes, Said] = {}

    def add(self, notice: bytes, said: Said | None) -> None:
        if said is not None:
            if len(self._said) >= KNOWN_MAX:
                self._said.clear()
            self._said[notice] = said

    def tell(self, said: Said | None, told: Told) -> None:
        """It is over at once."""
        if said is not None:
            said(told)

    def conclude(self, parcels: Iterable[tuple[To, Iterable[Addressed]]], told: Told) -> None:
        """These were told, or the layer is down."""
        if not self._said:
            return
        for _to, notices in parcels:
            for _room_id, notice in notices:
                if (said := self._said.pop(notice, None)) is not None:
                    said(told)
