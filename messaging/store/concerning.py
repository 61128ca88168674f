"""What notes, in a message's transaction, that its author may hurt themselves. Statements only: as `statements`.

Nothing of it changes what becomes of the message.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from msgspec import structs

from chatproject.errors import ChatError
from chatproject.room_errors import MessageRefused, Muted, ReadOnlyRoom, TooSoon
from messaging.moderation.signals import Signal
from messaging.store.acts import Act, EditAct, Later
from messaging.store.drafts import Draft, Stored
from messaging.store.statements import Statement, placeholders, run

logger = logging.getLogger(__name__)

# MySQL's: a column or a table that is not there, is broken, or may not be written
_OF_A_TABLE = {(1034,), (1054,), (1142,), (1146,), (1194,), (1195,)}

# by the room's rules or its filter: who wrote it may hurt themselves all the same
SAID_IN_VAIN = (MessageRefused, Muted, ReadOnlyRoom, TooSoon)
ONE_STORY = timedelta(minutes=10)  # what somebody says within it, before anybody looked, is one concern
FAILURE_AGAIN_AFTER = timedelta(hours=1)  # where it was closed, and lasts

_COLUMNS = ("room_id", "member_id", "seq", "source", "signal_id", "raised_at", "state", "note")


Outcome = Stored | Later | ChatError


class Noticed(NamedTuple):
    """A message of this batch in which something was noticed."""

    room_id: int
    member_id: int | None
    seq: int | None  # None: it was not stored
    signal: Signal


def noticed_in(entries: Sequence[Draft | Act], outcomes: Sequence[Outcome]) -> dict[int, Noticed]:
    """What of a batch people are to hear of, by its place there; asks the database only where there may be some.
    The caller holds the locks of the rooms."""
    found = {}
    for at, (entry, outcome) in enumerate(zip(entries, outcomes, strict=True)):
        if not isinstance(entry, Draft | EditAct) or entry.signal is None:
            continue
        member_id = entry.sender_id if isinstance(entry, Draft) else entry.member_id
        if isinstance(outcome, Stored) and not outcome.duplicate:
            found[at] = Noticed(entry.room_id, member_id, outcome.message.seq, entry.signal)
        elif isinstance(outcome, SAID_IN_VAIN) and entry.signal.source == "words":
            found[at] = Noticed(entry.room_id, member_id, None, entry.signal)
    return _in_counselling_rooms(found) if found else found


def _in_counselling_rooms(noticed: Mapping[int, Noticed]) -> dict[int, Noticed]:
    room_ids = sorted({one.room_id for one in noticed.values()})
    [counselling] = run(
        Statement(
            "SELECT chat_room_id FROM chat_rooms"
            f" WHERE is_counselling AND chat_room_id IN ({placeholders(len(room_ids))})",
            room_ids,
            lambda rows: {room_id for (room_id,) in rows},
        )
    )
    return {at: one for at, one in noticed.items() if one.room_id in counselling}


def without_signals(entries: Sequence[Draft | Act], error: DatabaseError) -> list[Draft | Act] | None:
    """The same with nothing to be noted, where the error may come of that: nothing that is said waits for it.

    None where it comes of something else. The table's own failure is told by who reads it: each page of the admin.
    """
    if not any(isinstance(entry, Draft | EditAct) and entry.signal for entry in entries) or not _is_of_a_table(
        error
    ):
        return None
    logger.error("that somebody may need help was not stored: %s", type(error).__name__)
    return [_without_signal(entry) for entry in entries]


def _without_signal(entry: Draft | Act) -> Draft | Act:
    if isinstance(entry, Draft):
        return structs.replace(entry, signal=None)
    return replace(entry, signal=None) if isinstance(entry, EditAct) else entry


def _is_of_a_table(error: DatabaseError) -> bool:
    """Not locks and lost connections: those may pass. SQLite says in words what MySQL numbers."""
    if isinstance(error, InterfaceError):
        return False
    if not isinstance(error, OperationalError):
        return True
    return error.args[:1] in _OF_A_TABLE or any(words in str(error) for words in ("no such table", "no column"))


def marked(outcomes: Sequence[Outcome], noticed: Mapping[int, Noticed]) -> list[Outcome]:
    """The outcomes, with what was noticed in what was stored."""
    return [
        structs.replace(outcome, noticed=noticed[at].signal)
        if at in noticed and isinstance(outcome, Stored)
        else outcome
        for at, outcome in enumerate(outcomes)
    ]


def raise_concern(noticed: Noticed, *, now: datetime) -> Statement:
    """Store one, unless it belongs to one that nobody has looked at yet."""
    moment = connection.ops.adapt_datetimefield_value
    row = (noticed.room_id, noticed.member_id, noticed.seq, *noticed.signal, moment(now), "open", "")
    values: tuple[Any, ...]
    if noticed.signal.source == "failure":
        known = "room_id = %s AND source = 'failure' AND (state <> 'closed' OR raised_at > %s)"
        values = (noticed.room_id, moment(now - FAILURE_AGAIN_AFTER))
    else:
        known = (
            "room_id = %s AND member_id = %s AND source = 'words' AND state = 'open' AND raised_at > %s"
            " AND card_closed_at IS NULL"
        )
        values = (noticed.room_id, noticed.member_id, moment(now - ONE_STORY))
    return Statement(
        f"INSERT INTO chat_concerns ({', '.join(_COLUMNS)})"
        f" SELECT {placeholders(len(_COLUMNS))} FROM (SELECT 1 AS one) AS once"
        f" WHERE NOT EXISTS (SELECT 1 FROM chat_concerns WHERE {known})",
        [*row, *values],
    )
