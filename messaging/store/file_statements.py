"""The hand-written SQL of files as parts of messages. As `statements`.

Who locks files has locked their rooms before; who changes one of them by itself waits for no room.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from sys import intern
from typing import Any, NamedTuple, cast

from django.db import connection

from messaging.store.places import stored_moment
from messaging.store.statements import Statement, any_of, placeholders
from messaging.wire.marks import Attachment

Address = tuple[int, int]  # room, seq

_COLUMNS = (
    "file_id, room_id, seq, uploader_id, is_preview, is_held, name, media_type, size, width, height, alt, state,"
    " reason, is_untold, created_at, expires_at"
)


class FileRow(NamedTuple):
    """A row of chat_files."""

    file_id: int
    room_id: int
    seq: int | None
    uploader_id: int | None
    is_preview: bool
    is_held: bool
    name: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    alt: str
    state: str
    reason: str
    is_untold: bool
    created_at: datetime
    expires_at: datetime


def attachment_of(row: FileRow) -> Attachment:
    """The file as its message has it. msgspec leaves out what *is* the default: so `intern`."""
    return Attachment(
        file_id=row.file_id,
        name=row.name,
        type=row.media_type,
        size=row.size,
        state=cast(Any, intern(row.state)),
        width=row.width,
        height=row.height,
        alt=row.alt,
        reason=row.reason,
    )


def read_files(file_ids: Collection[int]) -> Statement:
    """Lock these until the transaction ends, so that who checks them waits. Its result are the FileRows by id."""
    return _read(f"file_id IN ({placeholders(len(file_ids))})", sorted(file_ids))


def read_files_of(messages: Collection[Address]) -> Statement:
    """The same of these messages."""
    return _read(*any_of(("room_id", "seq"), messages))


def _read(condition: str, values: Collection[Any]) -> Statement:
    suffix = " FOR UPDATE" if connection.features.has_select_for_update else ""
    return Statement(
        f"SELECT {_COLUMNS} FROM chat_files WHERE {condition} ORDER BY file_id{suffix}",
        list(values),
        lambda rows: {row[0]: _row(row) for row in rows},
    )


def _row(row: Any) -> FileRow:
    created_at, expires_at = (cast(datetime, stored_moment(moment)) for moment in row[-2:])
    return FileRow(*row)._replace(created_at=created_at, expires_at=expires_at)


def read_terms(room_ids: Collection[int]) -> Statement:
    """Its result is for how many days these rooms keep files, None where a room does not say."""
    return Statement(
        f"SELECT chat_room_id, keeps_files FROM chat_rooms WHERE chat_room_id IN ({placeholders(len(room_ids))})",
        sorted(room_ids),
        dict,
    )


def attach_files(seqs: Mapping[int, int], ends: Mapping[int, datetime]) -> Statement:
    """These, by id, are part of messages now, and are kept until then."""
    return Statement(
        f"UPDATE chat_files SET seq = CASE file_id{' WHEN %s THEN %s' * len(seqs)} END,"
        f" expires_at = CASE file_id{' WHEN %s THEN %s' * len(seqs)} END, is_held = %s, is_untold = %s"
        f" WHERE file_id IN ({placeholders(len(seqs))})",
        [
            *(value for pair in seqs.items() for value in pair),
            *(value for file_id in seqs for value in (file_id, _moment(ends[file_id]))),
            *(False, False),
            *seqs,
        ],
    )


def hold_files(file_ids: Collection[int]) -> Statement:
    """Their message waits for a manager: they do not end meanwhile."""
    return Statement(
        f"UPDATE chat_files SET is_held = %s WHERE file_id IN ({placeholders(len(file_ids))})", [True, *file_ids]
    )


def let_files_go(messages: Collection[Address], *, now: datetime) -> Statement:
    """These messages are deleted."""
    condition, values = any_of(("room_id", "seq"), messages)
    return Statement(f"UPDATE chat_files SET expires_at = %s WHERE {condition}", [_moment(now), *values])


def let_previews_go(file_ids: Collection[int], *, now: datetime) -> Statement:
    """No message shows these pictures of pages."""
    return Statement(
        "UPDATE chat_files SET seq = NULL, expires_at = %s"
        f" WHERE file_id IN ({placeholders(len(file_ids))}) AND is_preview",
        [_moment(now), *file_ids],
    )


def mark_told(file_ids: Collection[int]) -> Statement:
    return Statement(
        f"UPDATE chat_files SET is_untold = %s WHERE file_id IN ({placeholders(len(file_ids))})",
        [False, *file_ids],
    )


def _moment(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
