"""This project's own search engine: looks where signatures say that it is worth it, and compares what is there.

A page of results has only so much time. What it did not get to is on the next one.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Sum

from chatproject.database.replica import reading_connection
from messaging.models import Message
from messaging.search.candidates import Span, spans
from messaging.search.engine import Found, Place, Query
from messaging.search.said import HAS_FILES, searched
from messaging.search.signatures import probes
from rooms.models import Room

SHORT_LOOKS_AT_MESSAGES = 50_000
MESSAGES_PER_PAGE_MAX = 20_000  # looked at
SECONDS_PER_PAGE_MAX = 1.0
FEW_MESSAGES = 2_000  # of all rooms together: looked through as they are
ROWS_AT_ONCE = 500
CLOCKS_DIFFER = timedelta(hours=1)  # ids are in the order of times, by the clocks of several machines

# what to read by: left to themselves, databases go through much more where statistics mislead them
BY_ID = {"mysql": "FORCE INDEX (PRIMARY)", "sqlite": "NOT INDEXED"}
BY_ROOM = {"mysql": "FORCE INDEX (one_message_per_room_and_seq)"}

Row = tuple[int, str]  # its id, and what is looked through


class SignatureSearch:
    """Implements `SearchEngine` by the tables of `messaging.search.index`."""

    def find(self, query: Query, *, before: Place | None, limit: int) -> Found:
        deadline = time.monotonic() + SECONDS_PER_PAGE_MAX
        seen_before = before.seen if before else 0
        found: list[int] = []
        looked_at, reached = 0, 0
        for rows, reached in _batches(query, before):
            for message_id, contents in rows:
                if query.is_short and seen_before + looked_at >= SHORT_LOOKS_AT_MESSAGES:
                    return Found(found, None)
                if looked_at >= MESSAGES_PER_PAGE_MAX or (
                    looked_at >= ROWS_AT_ONCE and time.monotonic() > deadline
                ):
                    return _page(query, found, Place(message_id + 1, seen_before + looked_at))
                looked_at += 1
                if query.fits(contents):
                    if len(found) == limit:
                        return _page(query, found, Place(message_id + 1, seen_before + looked_at - 1))
                    found.append(message_id)
            if time.monotonic() > deadline and reached > 0:
                return _page(query, found, Place(reached, seen_before + looked_at))
        return Found(found, None)


def _page(query: Query, found: list[int], after: Place) -> Found:
    return Found(found, after if query.is_short else Place(after.message_id))


def _batches(query: Query, before: Place | None) -> Iterator[tuple[Sequence[Row], int]]:
    """What may fit, the newest first, in batches; with each the id down to which nothing is left to look at."""
    first, last = _bounds(query, before)
    if first > last:
        return
    words = probes(query.words, room_ids=query.room_ids, author_id=query.author_id, has_link=query.has_link)
    if _has_few_messages(query.room_ids):
        yield _rows_of_rooms(query, first, last), 0
    elif not words and len(query.room_ids) == 1:
        yield from _newest_rows_of_room(query, first, last)
    else:
        for batch in spans(words, first_id=first, last_id=last):
            yield _rows_in(query, batch), batch[-1].first


def _bounds(query: Query, before: Place | None) -> tuple[int, int]:
    newest = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    last = min(newest, before.message_id - 1) if before else newest
    if query.until is not None:
        last = min(last, _id_at(query.until + CLOCKS_DIFFER, newest))
    first = _id_at(query.since - CLOCKS_DIFFER, newest) if query.since is not None else 1
    return first, last


def _id_at(moment: datetime, newest: int) -> int:
    """The first id that was given out at that moment or later, roughly; one more than the newest for none."""
    return _first(
        Message.objects.order_by("pk").values_list("pk", "created_at"),
        "pk",
        lambda at: at >= moment,
        end=newest + 1,
    )


def _seq_at(room_id: int, message_id: int, newest: int) -> int:
    """The seq of the room's first message with that id or a higher one; `newest` + 1 where there is none."""
    in_room = Message.objects.filter(room_id=room_id).order_by("seq").values_list("seq", "pk")
    return _first(in_room, "seq", lambda found: found >= message_id, end=newest + 1)


def _first(rows: Any, key: str, holds: Callable[[Any], bool], *, end: int) -> int:
    """The key of the first of the rows (key, value) whose value `holds`: some twenty looks, as both ascend."""
    low = 1
    while low < end:
        middle = (low + end) // 2
        row = rows.filter(**{f"{key}__gte": middle}).first()
        if row is None or holds(row[1]):
            end = middle
        else:
            low = row[0] + 1
    return low


def _has_few_messages(room_ids: Sequence[int]) -> bool:
    total = Room.objects.filter(pk__in=room_ids).aggregate(total=Sum(F("last_seq") + 1 - F("first_seq")))["total"]
    return (total or 0) <= FEW_MESSAGES


def _rows_of_rooms(query: Query, first: int, last: int) -> list[Row]:
    condition, values = _condition(query)
    return [row for row in _read(condition, values, index=BY_ROOM) if first <= row[0] <= last]


def _newest_rows_of_room(query: Query, first: int, last: int) -> Iterator[tuple[Sequence[Row], int]]:
    """By the numbers of the room's messages, which are in the order of their ids."""
    condition, values = _condition(query)
    (room_id,) = query.room_ids
    newest = Message.objects.filter(room_id=room_id).order_by("-seq").values_list("seq", flat=True).first() or 0
    begin, end = _seq_at(room_id, first, newest), _seq_at(room_id, last + 1, newest)
    for seq in range(end - 1, begin - 1, -ROWS_AT_ONCE):
        bounds = [max(begin, seq - ROWS_AT_ONCE + 1), seq]
        rows = _read(f"seq BETWEEN %s AND %s AND {condition}", [*bounds, *values], index=BY_ROOM)
        if rows:
            yield rows, rows[-1][0]


def _rows_in(query: Query, batch: Sequence[Span]) -> list[Row]:
    condition, values = _condition(query)
    ranges = " OR ".join(["chat_message_id BETWEEN %s AND %s"] * len(batch))
    bounds = [bound for span in batch for bound in span]
    return _read(f"({ranges}) AND {condition}", [*bounds, *values], index=BY_ID)


def _condition(query: Query) -> tuple[str, list[Any]]:
    condition = (
        f"chat_room_id IN ({', '.join(['%s'] * len(query.room_ids))}) AND deleted_at IS NULL AND hidden_at IS NULL"
    )
    values: list[Any] = [*query.room_ids]
    adapt = reading_connection().ops.adapt_datetimefield_value
    for clause, value in (
        ("user_id = %s", query.author_id),
        ("created_at >= %s", query.since and adapt(query.since)),
        ("created_at < %s", query.until and adapt(query.until)),
        ("marks LIKE %s", f"%{HAS_FILES}%" if query.has_file else None),
    ):
        if value is not None:
            condition += f" AND {clause}"
            values.append(value)
    return condition, values


def _read(condition: str, values: Sequence[Any], *, index: Mapping[str, str]) -> list[Row]:
    """The newest first; sorted here, where no database can take that for a reason to read otherwise."""
    hint = index.get(reading_connection().vendor, "")
    with reading_connection().cursor() as cursor:
        cursor.execute(
            f"SELECT chat_message_id, contents, marks FROM chat_messages {hint} WHERE {condition}", values
        )
        rows = [(message_id, searched(*said)) for message_id, *said in cursor.fetchall()]
    return sorted(rows, reverse=True)
