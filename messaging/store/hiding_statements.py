"""The hand-written SQL of hiding messages: sanctions, the audit log, since when. As `statements`."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from messaging.store.acts import Hiding
from messaging.store.places import stored_moment
from messaging.store.statements import Statement, any_of, placeholders, value_rows
from rooms.moderation.audit import AuditRow, Head

Address = tuple[int, int]  # room, seq


def read_hidings(messages: Collection[Address]) -> Statement:
    """Its result are the Hidings that were not lifted, by message; one that has ended counts until then."""
    condition, values = any_of(("room_id", "seq"), messages)
    columns = ("sanction_id", "room_id", "seq", "kind", "member_id", "reason", "rank", "until")
    return Statement(
        f"SELECT {quoted(columns)} FROM chat_sanctions"
        f" WHERE ({condition}) AND kind IN ('hide', 'measure') AND lifted_at IS NULL ORDER BY sanction_id",
        values,
        _by_message,
    )


def _by_message(rows: Sequence[Any]) -> dict[Address, list[Hiding]]:
    found: dict[Address, list[Hiding]] = {}
    for sanction_id, room_id, seq, kind, member_id, reason, rank, until in rows:
        hiding = Hiding(
            room_id=room_id,
            seq=seq,
            kind=kind,
            member_id=member_id,
            reason=reason,
            rank=rank,
            until=stored_moment(until),
            sanction_id=sanction_id,
        )
        found.setdefault((room_id, seq), []).append(hiding)
    return found


_COLUMNS = (
    *("kind", "room_id", "member_id", "seq", "reason", "rank", "imposed_by_id", "staff_id", "case_id", "since"),
    *("until", "lifted_at", "lifted_by_id", "lifted_by_staff_id"),
)


def insert_hidings(hidings: Sequence[Hiding], *, now: datetime) -> Statement:
    """In their order, which is that of the ids that they get. Those that the same batch lifted are lifted."""
    rows = [
        [
            *(one.kind, one.room_id, one.member_id, one.seq, one.reason, one.rank, one.imposed_by_id),
            *(one.staff_id, one.case_id, _moment(now), _moment(one.until)),
            *(_moment(now) if one.lift else None, one.lift and one.lift.member_id, one.lift and one.lift.staff_id),
        ]
        for one in hidings
    ]
    return Statement(
        f"INSERT INTO chat_sanctions ({quoted(_COLUMNS)}) VALUES {value_rows(len(_COLUMNS), len(rows))}",
        [value for row in rows for value in row],
    )


def read_newest_ids(messages: Collection[Address], *, count: int) -> Statement:
    """Its result are the ids of the sanctions that were imposed last on these messages, in their order."""
    condition, values = any_of(("room_id", "seq"), messages)
    return Statement(
        f"SELECT sanction_id FROM chat_sanctions WHERE ({condition}) AND kind IN ('hide', 'measure')"
        f" ORDER BY sanction_id DESC LIMIT {count:d}",
        values,
        lambda rows: [row[0] for row in reversed(rows)],
    )


def lift_hidings(hidings: Sequence[Hiding], *, now: datetime) -> list[Statement]:
    """One for all that the same act ended in the same name."""
    groups: dict[tuple[int | None, int | None], list[int]] = {}
    for one in hidings:
        if one.lift is not None and one.sanction_id is not None:
            groups.setdefault((one.lift.member_id, one.lift.staff_id), []).append(one.sanction_id)
    return [
        Statement(
            "UPDATE chat_sanctions SET lifted_at = %s, lifted_by_id = %s, lifted_by_staff_id = %s"
            f" WHERE sanction_id IN ({placeholders(len(sanction_ids))})",
            [_moment(now), member_id, staff_id, *sanction_ids],
        )
        for (member_id, staff_id), sanction_ids in groups.items()
    ]


def update_hidden(message_ids: Collection[int], hidden_at: datetime | None) -> Statement:
    return Statement(
        f"UPDATE chat_messages SET hidden_at = %s WHERE chat_message_id IN ({placeholders(len(message_ids))})",
        [_moment(hidden_at), *message_ids],
    )


# --- the audit log


def read_heads(room_ids: Collection[int]) -> Statement:
    """Its result are the ends of these rooms' chains; a room without an entry is left out."""
    return Statement(
        "SELECT a.room_id, a.number, a.digest FROM chat_audit_log a JOIN"
        " (SELECT room_id, MAX(number) AS newest FROM chat_audit_log"
        f" WHERE room_id IN ({placeholders(len(room_ids))}) GROUP BY room_id) AS ends"
        " ON a.room_id = ends.room_id AND a.number = ends.newest",
        sorted(room_ids),
        lambda rows: {row[0]: Head(row[1], row[2]) for row in rows},
    )


def insert_audit(rows: Sequence[AuditRow]) -> Statement:
    columns = AuditRow._fields
    return Statement(
        f"INSERT INTO chat_audit_log ({quoted(columns)}) VALUES {value_rows(len(columns), len(rows))}",
        [_moment(value) if isinstance(value, datetime) else value for row in rows for value in row],
    )


def quoted(columns: Iterable[str]) -> str:
    """`rank` is a word of MySQL's own, and `until` one of TiDB's."""
    return ", ".join(map(connection.ops.quote_name, columns))


def _moment(moment: datetime | None) -> Any:
    return None if moment is None else connection.ops.adapt_datetimefield_value(moment)
