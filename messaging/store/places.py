"""The places of members in the rooms of a batch: who may act there, and how. The hand-written SQL of them.

Read under the locks of the rooms: roles, mutes and memberships change under the same locks.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from messaging.store.statements import Statement, any_of, placeholders
from rooms.models import shown_nickname


class Place(NamedTuple):
    """`said_at` is when the member said something last, kept in rooms with slow mode alone."""

    participant_id: int
    nickname: str
    role: str = "member"
    muted_until: datetime | None = None
    said_at: datetime | None = None


def read_places(pairs: Collection[tuple[int, int]]) -> Statement:
    """Its result are the Places by (room, member) of these pairs; a pair without one is left out."""
    condition, values = any_of(("p.chat_room_id", "p.user_id"), pairs)
    return Statement(
        "SELECT p.chat_room_id, p.user_id, p.chat_participant_id, u.nickname, p.role, p.muted_until, p.said_at"
        f" FROM chat_participants p JOIN users u ON u.user_id = p.user_id WHERE {condition}",
        values,
        lambda rows: {
            (row[0], row[1]): Place(
                row[2],
                shown_nickname(row[3], member_id=row[1]),
                row[4],
                row[5] and stored_moment(row[5]),  # nearly always None
                row[6] and stored_moment(row[6]),
            )
            for row in rows
        },
    )


def update_read_marks(marks: Mapping[int, int]) -> Statement:
    """Write read_seq by participant id, of who spoke: they have read, too."""
    cases = "CASE chat_participant_id" + " WHEN %s THEN %s" * len(marks) + " END"
    return Statement(
        f"UPDATE chat_participants SET read_seq = {cases}, is_marked_unread = FALSE"
        f" WHERE chat_participant_id IN ({placeholders(len(marks))})",
        [*(value for mark in marks.items() for value in mark), *marks],
    )


def update_said(participant_ids: Collection[int], *, now: datetime) -> Statement:
    """These said something now."""
    return Statement(
        "UPDATE chat_participants SET said_at = %s"
        f" WHERE chat_participant_id IN ({placeholders(len(participant_ids))})",
        [connection.ops.adapt_datetimefield_value(now), *sorted(participant_ids)],
    )


def stored_moment(value: datetime | None) -> datetime | None:
    """A moment that a statement read, which databases keep without its zone."""
    return None if value is None else value.replace(tzinfo=connection.timezone)
