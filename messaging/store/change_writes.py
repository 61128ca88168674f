"""What stores the changes of messages, beside versions and marks: texts, earlier ones, mentions, hidings. Pure."""

from collections.abc import Iterator, Sequence

from messaging.store import act_statements, mentions
from messaging.store.acts import Target
from messaging.store.hiding_statements import update_hidden
from messaging.store.objects import MessageColumns
from messaging.store.statements import Statement
from messaging.wire.marks import Marks


def writes_of(target: Target) -> list[Statement]:
    row, before = target.row, target.before
    writes: list[Statement] = []
    if target.is_erased:  # what it said is emptied with that of others: see `erasing`
        return mentions.change_mentions(_mentioned(before, target.told_before), ())
    if row._replace(version=before.version, marks=before.marks, hidden_at=before.hidden_at) != before:
        writes.append(
            act_statements.update_text(
                message_id=target.message_id,
                contents=row.contents,
                edited_at=row.edited_at,
                deleted_at=row.deleted_at,
            )
        )
    if row.contents != before.contents:
        earlier = act_statements.EarlierTextRow(
            target.message_id, before.contents, before.edited_at or before.created_at, row.edited_at
        )
        writes += act_statements.keep_earlier_text(earlier)
    if row.deleted_at != before.deleted_at:
        writes.append(act_statements.delete_reactions_to(target.message_id))
    return writes + mentions.change_mentions(
        _mentioned(target.before, target.told_before), _mentioned(target.row, target.marks)
    )


def _mentioned(row: MessageColumns, marks: Marks) -> list[mentions.MentionRow]:
    """While it is hidden a message mentions nobody."""
    if row.hidden_at is not None:
        return []
    return mentions.mention_rows(
        room_id=row.room_id, seq=row.seq, mentions=marks.mentions, everyone=marks.everyone
    )


def covers(changed: Sequence[Target]) -> Iterator[Statement]:
    """What hides messages, and what shows them again: one statement for each, as many may be hidden at once."""
    moved = [target for target in changed if target.row.hidden_at != target.before.hidden_at]
    for hidden_at in dict.fromkeys(target.row.hidden_at for target in moved):
        message_ids = [target.message_id for target in moved if target.row.hidden_at == hidden_at]
        yield update_hidden(message_ids, hidden_at)
