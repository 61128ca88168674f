"""Taking an erased member out of messages: the rule, and the hand-written SQL of what it leaves. As `judging`."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import connection

from chatproject.errors import MessageNotFound
from messaging.store.acts import EraseAct, Target
from messaging.store.statements import Statement, placeholders
from messaging.wire.marks import Marks


def take_out(act: EraseAct, target: Target, *, now: datetime) -> None:
    """Fine where it was done before. Raises MessageNotFound where somebody else said what is to be theirs."""
    if not act.is_theirs:
        _take_out_of_marks(act, target)
        return
    row = target.row
    if row.sender_id not in (None, act.erased_id) or row.kind == "notice":
        raise MessageNotFound
    target.row = row._replace(
        sender_id=None,
        sender__nickname=None,
        contents="",
        client_id=None,
        edited_at=None,
        deleted_at=row.deleted_at or now,
    )
    target.marks = Marks(deleted_by=target.marks.deleted_by or "author")
    target.toggled.clear()
    target.is_erased = True


def _take_out_of_marks(act: EraseAct, target: Target) -> None:
    target.forgotten.add(act.erased_id)
    left = tuple(one for one in target.marks.mentions if one != act.erased_id)
    target.marks = msgspec.structs.replace(target.marks, mentions=left)


# --- what is written


def forget_reactions(targets: Sequence[Target]) -> list[Statement]:
    """Behind it the digests are counted anew."""
    by_member: dict[int, list[int]] = {}
    for target in targets:
        for member_id in target.forgotten:
            by_member.setdefault(member_id, []).append(target.message_id)
    return [
        Statement(
            "DELETE FROM chat_reactions WHERE member_id = %s"
            f" AND message_id IN ({placeholders(len(message_ids))})",
            [member_id, *message_ids],
        )
        for member_id, message_ids in by_member.items()
    ]


def empty_texts(changed: Sequence[Target], *, now: datetime) -> list[Statement]:
    """Whatever was said, by whom, before which edits, and how others reacted: a tombstone is left of each."""
    erased = [target.message_id for target in changed if target.is_erased]
    if not erased:
        return []
    these = placeholders(len(erased))
    return [
        Statement(
            "UPDATE chat_messages SET contents = %s, user_id = NULL, client_id = NULL, edited_at = NULL,"
            f" deleted_at = COALESCE(deleted_at, %s) WHERE chat_message_id IN ({these})",
            ["", connection.ops.adapt_datetimefield_value(now), *erased],
        ),
        Statement(f"DELETE FROM chat_earlier_texts WHERE message_id IN ({these})", erased),
        Statement(f"DELETE FROM chat_reactions WHERE message_id IN ({these})", erased),
    ]
