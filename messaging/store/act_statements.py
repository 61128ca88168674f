"""The hand-written SQL of acts on messages: edits, deletions, reactions, pins. As `statements`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from messaging.search.index import marking_stale
from messaging.store.acts import Pinning, ReactionKey
from messaging.store.statements import Statement, any_of, placeholders, value_rows
from messaging.wire.marks import REACTORS_SHOWN, Reaction

EARLIER_TEXTS_KEPT = 20  # of one message


class SceneRow(NamedTuple):
    is_group_chat: bool
    pinned_seq: int | None
    name: str | None = None
    keeps_files: int | None = None


class EarlierTextRow(NamedTuple):
    message_id: int
    contents: str
    written_at: datetime
    replaced_at: datetime | None


def read_scenes(room_ids: Collection[int]) -> Statement:
    """Its result are the SceneRows by room."""
    return Statement(
        "SELECT chat_room_id, is_group_chat, pinned_seq, name, keeps_files FROM chat_rooms"
        f" WHERE chat_room_id IN ({placeholders(len(room_ids))})",
        sorted(room_ids),
        lambda rows: {row[0]: SceneRow(bool(row[1]), *row[2:]) for row in rows},
    )


# --- reactions


def read_reactors(reactions: Collection[ReactionKey]) -> Statement:
    """Its result are those of these reactions that are stored."""
    condition, values = any_of(("message_id", _key(), "member_id"), reactions)
    return Statement(
        f"SELECT message_id, {_key()}, member_id FROM chat_reactions WHERE {condition}",
        values,
        lambda rows: {(row[0], row[1], row[2]) for row in rows},
    )


def insert_reactions(reactions: Sequence[ReactionKey], *, now: datetime) -> Statement:
    moment = _moment(now)
    return Statement(
        f"INSERT INTO chat_reactions (message_id, {_key()}, member_id, reacted_at)"
        f" VALUES {value_rows(4, len(reactions))}",
        [value for reaction in reactions for value in (*reaction, moment)],
    )


def delete_reactions(reactions: Collection[ReactionKey]) -> Statement:
    condition, values = any_of(("message_id", _key(), "member_id"), reactions)
    return Statement(f"DELETE FROM chat_reactions WHERE {condition}", values)


def delete_reactions_to(message_id: int) -> Statement:
    return Statement("DELETE FROM chat_reactions WHERE message_id = %s", [message_id])


def read_digests(message_ids: Collection[int]) -> Statement:
    """Its result are the Reactions by message, oldest key first; a message without any is left out."""
    return Statement(
        f"SELECT message_id, {_key()}, member_id, total FROM ("
        f"SELECT reaction_id, message_id, {_key()}, member_id,"
        f" ROW_NUMBER() OVER (PARTITION BY message_id, {_key()} ORDER BY reaction_id) AS place,"
        f" COUNT(*) OVER (PARTITION BY message_id, {_key()}) AS total"
        f" FROM chat_reactions WHERE message_id IN ({placeholders(len(message_ids))})) AS counted"
        f" WHERE place <= {REACTORS_SHOWN} ORDER BY reaction_id",
        sorted(message_ids),
        _digests,
    )


def _digests(rows: Sequence[Any]) -> dict[int, tuple[Reaction, ...]]:
    totals: dict[int, dict[str, int]] = {}
    members: dict[tuple[int, str], list[int]] = {}
    for message_id, key, member_id, total in rows:
        totals.setdefault(message_id, {})[key] = total
        members.setdefault((message_id, key), []).append(member_id)
    return {
        message_id: tuple(
            Reaction(key=key, count=total, member_ids=tuple(members[message_id, key]))
            for key, total in keys.items()
        )
        for message_id, keys in totals.items()
    }


# --- messages and rooms


def update_marks(rows: Mapping[int, tuple[int, str | None]], *, now: datetime) -> Statement:
    """Write version and marks by message id."""
    versions = [value for message_id, (version, _marks) in rows.items() for value in (message_id, version)]
    told = [value for message_id, (_version, text) in rows.items() for value in (message_id, text)]
    cases = "CASE chat_message_id" + " WHEN %s THEN %s" * len(rows) + " END"
    return Statement(
        f"UPDATE chat_messages SET version = {cases}, marks = {cases}, updated_at = %s"
        f" WHERE chat_message_id IN ({placeholders(len(rows))})",
        [*versions, *told, _moment(now), *rows],
    )


def update_text(
    *, message_id: int, contents: str, edited_at: datetime | None, deleted_at: datetime | None
) -> Statement:
    return Statement(
        "UPDATE chat_messages SET contents = %s, edited_at = %s, deleted_at = %s WHERE chat_message_id = %s",
        [contents, _moment(edited_at), _moment(deleted_at), message_id],
    )


def mark_stale(message_ids: Collection[int]) -> Statement:
    """Have these messages found by their present texts; see `messaging.search.index`. Behind their updates."""
    return Statement(*marking_stale(message_ids))


_HOLD_OF_MESSAGE = (
    "SELECT 1 FROM chat_legal_holds h, chat_messages m WHERE m.chat_message_id = %s"
    " AND (h.member_id = m.user_id OR h.room_id = m.chat_room_id) AND h.lifted_at IS NULL AND h.until > %s"
)


def keep_earlier_text(row: EarlierTextRow) -> list[Statement]:
    """Keep what a message said before, and of all that only the newest; all where a legal hold wants that."""
    newest_to_go = (
        "SELECT earlier_text_id FROM (SELECT earlier_text_id FROM chat_earlier_texts WHERE message_id = %s"
        f" ORDER BY earlier_text_id DESC LIMIT 1 OFFSET {EARLIER_TEXTS_KEPT}) AS beyond"
    )
    return [
        Statement(
            "INSERT INTO chat_earlier_texts (message_id, contents, written_at, replaced_at)"
            f" VALUES {value_rows(4, 1)}",
            [row.message_id, row.contents, _moment(row.written_at), _moment(row.replaced_at)],
        ),
        Statement(
            f"DELETE FROM chat_earlier_texts WHERE message_id = %s AND earlier_text_id <= ({newest_to_go})"
            f" AND NOT EXISTS ({_HOLD_OF_MESSAGE})",
            [row.message_id, row.message_id, row.message_id, _moment(row.replaced_at)],
        ),
    ]


def write_pinning(pinning: Pinning, *, now: datetime) -> Statement:
    if pinning.on:
        return Statement(
            f"INSERT INTO chat_pins (room_id, seq, pinned_by_id, pinned_at) VALUES {value_rows(4, 1)}",
            [pinning.room_id, pinning.seq, pinning.member_id, _moment(now)],
        )
    return Statement(
        "UPDATE chat_pins SET unpinned_by_id = %s, unpinned_at = %s WHERE room_id = %s AND unpinned_at IS NULL",
        [pinning.member_id, _moment(now), pinning.room_id],
    )


def update_versions(rooms: Mapping[int, tuple[int, int | None]]) -> Statement:
    """Write version and pinned seq of these rooms. They stay where they are in lists by what was said last."""
    versions = [value for room_id, (version, _pinned) in rooms.items() for value in (room_id, version)]
    pinned = [value for room_id, (_version, seq) in rooms.items() for value in (room_id, seq)]
    cases = "CASE chat_room_id" + " WHEN %s THEN %s" * len(rooms) + " END"
    return Statement(
        f"UPDATE chat_rooms SET version = {cases}, pinned_seq = {cases}"
        f" WHERE chat_room_id IN ({placeholders(len(rooms))})",
        [*versions, *pinned, *rooms],
    )


def _key() -> str:
    return str(connection.ops.quote_name("key"))  # a word of MySQL's own


def _moment(moment: datetime | None) -> Any:
    return None if moment is None else connection.ops.adapt_datetimefield_value(moment)
