"""Where messages may be that are searched for: spans of ids, the newest first. Reads signatures, no message."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from chatproject.database.replica import reading_connection
from messaging.search.index import progress
from messaging.search.signatures import CHUNK_MESSAGES, Probe
from messaging.search_models import SearchStale

CHUNKS_AT_ONCE = 16_384  # of one query: 4 million messages, some 8 MB of signatures
CANDIDATES_AT_ONCE = 256
FIRST_BATCH, LARGEST_BATCH = 4, 64  # chunks: what many hold is found in few, what few hold needs few questions


class Span(NamedTuple):
    """Ids from `first` up to `last`."""

    first: int
    last: int


def spans(probes: Sequence[Probe], *, first_id: int, last_id: int) -> Iterator[list[Span]]:
    """Batches of spans between these ids that may hold what is searched for, and those without a signature."""
    size, batch = FIRST_BATCH, list[Span]()
    for chunk in _candidates(probes, first=first_id // CHUNK_MESSAGES, last=last_id // CHUNK_MESSAGES):
        start = chunk * CHUNK_MESSAGES
        span = Span(max(start, first_id), min(start + CHUNK_MESSAGES - 1, last_id))
        batch.append(span)
        if len(batch) == size:
            yield _joined(batch)
            size, batch = min(2 * size, LARGEST_BATCH), []
    if batch:
        yield _joined(batch)


def _joined(batch: Iterable[Span]) -> list[Span]:
    """The same with neighbours as one."""
    joined: list[Span] = []
    for span in batch:
        if joined and span.last + 1 == joined[-1].first:
            joined[-1] = Span(span.first, joined[-1].last)
        else:
            joined.append(span)
    return joined


def _candidates(probes: Sequence[Probe], *, first: int, last: int) -> Iterator[int]:
    if not probes:
        yield from range(last, first - 1, -1)
        return
    known = progress()  # first: chunks that get a signature meanwhile are looked through all the same
    yield from range(last, max(known.end, first) - 1, -1)
    low, high = max(first, known.first), min(last, known.end - 1)
    while high >= low:
        start = max(low, high - CHUNKS_AT_ONCE + 1)
        yield from _signed(probes, start, high)
        high = start - 1
    yield from range(min(last, known.first - 1), first - 1, -1)


def _signed(probes: Sequence[Probe], low: int, high: int) -> Iterator[int]:
    """Those of the chunks whose signatures speak for them, and those whose signatures are out of date."""
    stale = set(SearchStale.objects.filter(chunk__gte=low, chunk__lte=high).values_list("chunk", flat=True))
    while high >= low:
        found = _ask(probes, low, high)
        reached = found[-1] if len(found) == CANDIDATES_AT_ONCE else low
        yield from sorted(stale.intersection(range(reached, high + 1)).union(found), reverse=True)
        high = reached - 1


def _ask(probes: Sequence[Probe], low: int, high: int) -> list[int]:
    """In the order of the probes: what the first says no to is not looked up for the others."""
    join = "STRAIGHT_JOIN" if reading_connection().vendor == "mysql" else "CROSS JOIN"
    query, values = "SELECT s0.chunk FROM chat_search_signatures s0", list[Any]()
    for number, probe in enumerate(probes[1:], start=1):
        condition, prints = _speaks_for(f"s{number}", probe)
        query += (
            f" {join} chat_search_signatures s{number}"
            f" ON s{number}.slice = %s AND s{number}.chunk = s0.chunk AND {condition}"
        )
        values += [probe.slice, *prints]
    condition, prints = _speaks_for("s0", probes[0])
    query += f" WHERE s0.slice = %s AND s0.chunk BETWEEN %s AND %s AND {condition} ORDER BY s0.chunk DESC LIMIT %s"
    with reading_connection().cursor() as cursor:
        cursor.execute(query, [*values, probes[0].slice, low, high, *prints, CANDIDATES_AT_ONCE])
        return [chunk for (chunk,) in cursor.fetchall()]


def _speaks_for(table: str, probe: Probe) -> tuple[str, Sequence[bytes]]:
    """A print is also found across two others, which is as if it were twice as common."""
    parts = [f"LENGTH({table}.prints) = 0", *[f"INSTR({table}.prints, %s) > 0"] * len(probe.prints)]
    return f"({' OR '.join(parts)})", probe.prints
