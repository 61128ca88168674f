"""What acts leave of the files of their messages: which go or are told, which pages' pictures are shown. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from messaging.store.acts import Act, PreviewAct, Target
from messaging.store.file_rules import pictures_of
from messaging.store.file_statements import FileRow, attach_files, let_files_go, let_previews_go, mark_told
from messaging.store.file_terms import end_of
from messaging.store.statements import Statement

Address = tuple[int, int]  # room, seq


def file_writes(
    acts: Sequence[Act],
    targets: Mapping[Address, Target],
    *,
    read: Sequence[FileRow],
    terms: Mapping[int, int | None],
    now: datetime,
) -> list[Statement]:
    """`read` are the rows that acts asked for, `terms` for how many days rooms keep files. Nothing, where the
    acts are neither about files or previews nor delete a message that has any.
    """
    asked = dict.fromkeys((act.room_id, act.seq) for act in acts)
    meant = [(address, targets[address]) for address in asked if address in targets]
    deleted = [
        address
        for address, target in meant
        if target.told_before.attachments and target.row.deleted_at != target.before.deleted_at
    ]
    shown = {file_id: target for _at, target in meant for file_id in pictures_of(target.marks.preview)}
    before = {file_id for _at, target in meant for file_id in pictures_of(target.told_before.preview)}
    named = {file_id for act in acts if isinstance(act, PreviewAct) for file_id in pictures_of(act.preview)}
    untold = [row.file_id for row in read if row.is_untold]
    lost = (before | named) - shown.keys()
    new = {file_id: target for file_id, target in shown.items() if file_id not in before}
    return [
        *([mark_told(untold)] if untold else []),
        *([let_files_go(deleted, now=now)] if deleted else []),
        *([let_previews_go(lost, now=now)] if lost else []),
        *([_show(new, terms, now=now)] if new else []),
    ]


def _show(new: Mapping[int, Target], terms: Mapping[int, int | None], *, now: datetime) -> Statement:
    seqs = {file_id: target.row.seq for file_id, target in new.items()}
    ends = {file_id: end_of(now, room_days=terms.get(target.row.room_id)) for file_id, target in new.items()}
    return attach_files(seqs, ends)
