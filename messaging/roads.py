"""How far sampled messages are on their road, and the spans of its stretches. No I/O, no await.

Of a message that is not sampled nothing is kept; a process whose traces are off pays for the question alone.
"""

import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from chatproject.tracing.tracer import NOT_TRACED, Place, Span, Tracer, Value

UNDER_WAY_MAX = 1_000  # changes that wait for their gap to close, or for nobody
NS = 1_000_000_000


class Road(NamedTuple):
    """The span under which the next stretch is, and since when that is gone."""

    under: Place
    since_ns: int


class Change(Protocol):
    @property
    def version(self) -> int: ...


class Committed(NamedTuple):
    """What a batch made of one of its entries: the change, or the code of why there is none."""

    road: Road
    room_id: int
    seq: int = 0
    version: int = 0
    error: str = ""


class Publishing(NamedTuple):
    """Changes that are on their way to other processes, by version."""

    spans: Mapping[int, Span]

    def end(self, told: str) -> None:
        """The layer took them, is "down", or "nobody" listens elsewhere."""
        for span in self.spans.values():
            span.say({"chat.told": told})
            if told == "down":
                span.fail("layer-down")
            span.end()


class Roads:
    """One per process. `under_way`: what was committed or heard, until the last socket here was handed it."""

    def __init__(self, tracer: Tracer) -> None:
        self.tracer, self.is_on = tracer, tracer.is_on
        self.under_way: dict[tuple[int, int], Road] = {}  # by room and version

    def enter(self) -> Road | None:
        """The road of what is about to be saved, where the span that saves it is sampled."""
        place = self.tracer.current()
        return None if place is None else Road(place, time.time_ns())

    def commit(self, entries: Sequence[Committed], *, of: int, took_s: float) -> None:
        """A batch ended just now: how long its sampled entries waited for it, and what it was to each.

        Where several are sampled the batch is in the trace of the first of them, and linked to all.
        """
        now = time.time_ns()
        began = now - int(took_s * NS)
        places, batch = [entry.road.under for entry in entries], None
        if len(entries) > 1:  # else it would say what the commit says
            batch = self._stretch(
                "batch", Road(places[0], began), now, values={"chat.batch.sampled": len(entries)}, links=places
            )
        for entry in entries:
            self._stretch("wait for the batch", entry.road, began)
            told: dict[str, Value] = {"chat.room_id": entry.room_id, "chat.batch.entries": of}
            if not entry.error:
                told |= {"chat.seq": entry.seq, "chat.version": entry.version}
            road = Road(entry.road.under, began)
            links = [] if batch is None else [batch]
            self._stretch("commit", road, now, values=told, links=links, error=entry.error)
            if not entry.error:
                self._begin((entry.room_id, entry.version), Road(entry.road.under, now))

    def of(self, room_id: int, changes: Sequence[Change]) -> dict[int, Road]:
        """Those of these changes that are under way, by version."""
        found = ((change.version, self.under_way.get((room_id, change.version))) for change in changes)
        return {version: road for version, road in found if road is not None}

    def deliver(self, room_id: int, changes: Sequence[Change], *, sockets: int, inboxes: int) -> None:
        """The last socket that is told at once was handed these changes."""
        now = time.time_ns()
        for change in changes:
            if (road := self.under_way.pop((room_id, change.version), None)) is not None:
                values = {
                    "chat.room_id": room_id,
                    "chat.version": change.version,
                    "chat.sockets": sockets,
                    "chat.inboxes": inboxes,
                }
                self._stretch("deliver", road, now, values=values)

    def leave(self, room_id: int, roads: Mapping[int, Road]) -> None:
        """Nobody here listens to the room."""
        for version in roads:
            self.under_way.pop((room_id, version), None)

    def publish(self, room_id: int, roads: Mapping[int, Road]) -> Publishing:
        """The other processes are about to be told."""
        spans = {
            version: self.tracer.begin(
                "relay publish",
                kind="producer",
                under=road.under,
                values={"chat.room_id": room_id, "chat.version": version},
            )
            for version, road in roads.items()
        }
        return Publishing({version: span for version, span in spans.items() if span is not None})

    def parents(self, publishing: Publishing) -> dict[int, str]:
        """For the other processes' spans."""
        return {version: self.tracer.traceparent(span.place) for version, span in publishing.spans.items()}

    def hear(self, room_id: int, parents: Mapping[int, str]) -> list[Span]:
        """Another process told of changes, those of sampled messages with their spans. Ended by the caller."""
        heard = []
        for version, traceparent in parents.items():
            if (parent := self.tracer.read(traceparent)) is None:
                continue
            values: dict[str, Value] = {"chat.room_id": room_id, "chat.version": version}
            span = self.tracer.begin("relay receive", kind="consumer", under=parent, values=values)
            if span is not None:
                self._begin((room_id, version), Road(span.place, time.time_ns()))
                heard.append(span)
        return heard

    def _begin(self, key: tuple[int, int], road: Road) -> None:
        if len(self.under_way) >= UNDER_WAY_MAX:
            del self.under_way[next(iter(self.under_way))]
        self.under_way[key] = road

    def _stretch(
        self,
        name: str,
        road: Road,
        until_ns: int,
        *,
        values: Mapping[str, Value] | None = None,
        links: Sequence[Place] = (),
        error: str = "",
    ) -> Place | None:
        span = self.tracer.begin(name, under=road.under, since_ns=road.since_ns, values=values, links=links)
        if span is None:
            return None
        if error:
            span.fail(error)
        span.end(at_ns=until_ns)
        return span.place


NO_ROADS = Roads(NOT_TRACED)  # nothing ever is on them
