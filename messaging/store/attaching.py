"""The files of what is said: which of them it may have, and what becomes of them when it is said or held.

Under the locks of the rooms, then of the files: of two messages that name the same file one has it, wherever they
are said, and who checks a file finds it in its message or comes first. What is refused leaves files as they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import structs

from chatproject.errors import ChatError
from chatproject.file_errors import FileNotThere, FileRefused, FileSent, NoSuchFile
from messaging.store.drafts import Draft
from messaging.store.file_statements import (
    FileRow,
    attach_files,
    attachment_of,
    hold_files,
    read_files,
    read_terms,
)
from messaging.store.file_terms import end_of
from messaging.store.statements import Key, Statement
from messaging.wire.marks import Attachment


def reads_of(drafts: Iterable[Draft]) -> tuple[Statement, ...]:
    """What `Attaching` needs of the database, behind the locks of the rooms; nothing where no draft has files."""
    attaching = [draft for draft in drafts if draft.attachments]
    if not attaching:
        return ()
    return (
        read_files({file_id for draft in attaching for file_id in draft.attachments}),
        read_terms({draft.room_id for draft in attaching}),
    )


class Attaching:
    """Of one batch. `rows` and `terms` are what `reads_of` found."""

    def __init__(self, rows: Mapping[int, FileRow], terms: Mapping[int, int | None], *, now: datetime) -> None:
        self._rows, self._terms, self._now = rows, terms, now
        self._takers: dict[int, Key] = {}  # whose each file is by what this batch did before
        self._seqs: dict[int, int] = {}
        self._held: list[int] = []

    def refusal_of(self, draft: Draft) -> ChatError | None:
        """Why it may not have its files. What was held with them gets them, as they are by now."""
        if draft.release is not None:
            return None
        for file_id in draft.attachments:
            if (refusal := self._refusal_of(file_id, draft)) is not None:
                return refusal
        return None

    def _refusal_of(self, file_id: int, draft: Draft) -> ChatError | None:
        row = self._rows.get(file_id)
        if row is None or row.is_preview or (row.room_id, row.uploader_id) != (draft.room_id, draft.sender_id):
            return NoSuchFile()
        if row.seq is not None or row.is_held or self._takers.get(file_id, draft.key) != draft.key:
            return FileSent()
        if row.expires_at <= self._now:
            return NoSuchFile()
        if row.state == "coming":
            return FileNotThere()
        return None if row.state in ("checking", "ready") else FileRefused()

    def attachments_of(self, draft: Draft) -> tuple[Attachment, ...]:
        """The files as they are now; of what was held, one that is there no more as it was then."""
        kept = {one.file_id: structs.replace(one, state="gone") for one in draft.held_files}
        rows = ((file_id, self._rows.get(file_id)) for file_id in draft.attachments)
        return tuple(kept[file_id] if row is None else attachment_of(row) for file_id, row in rows)

    def attach(self, draft: Draft, seq: int) -> tuple[Attachment, ...]:
        """The draft is said under that number, with its files."""
        self._take(draft)
        self._seqs |= {file_id: seq for file_id in draft.attachments if file_id in self._rows}
        return self.attachments_of(draft)

    def hold(self, draft: Draft) -> None:
        """The draft waits for a manager, and its files with it."""
        self._take(draft)
        self._held += draft.attachments

    def _take(self, draft: Draft) -> None:
        self._takers |= dict.fromkeys(draft.attachments, draft.key)

    def writes(self) -> Sequence[Statement]:
        rows = [self._rows[file_id] for file_id in self._seqs]
        ends = {row.file_id: end_of(row.created_at, room_days=self._terms.get(row.room_id)) for row in rows}
        return [
            *([attach_files(self._seqs, ends)] if self._seqs else []),
            *([hold_files(self._held)] if self._held else []),
        ]
