"""The hand-written SQL of what is held, and of what the filter's acts leave in the audit log. As `statements`."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from messaging.moderation_models import HeldMessage
from messaging.store.attaching import Attaching
from messaging.store.drafts import Draft, Release
from messaging.store.hiding_statements import quoted
from messaging.store.statements import Statement, value_rows
from messaging.wire.marks import stored_attachments
from rooms.moderation.audit import AuditRow

_COLUMNS = (
    *("room_id", "sender_id", "contents", "client_id", "reply_to", "mentions", "everyone", "assisted", "files"),
    *("why", "rule_id", "matched", "held_at", "state", "reason"),
)


def store_held(drafts: Sequence[Draft], files: Attaching | None, *, now: datetime) -> tuple[Statement, Statement]:
    moment = connection.ops.adapt_datetimefield_value(now)
    values: list[object] = []
    for draft in drafts:
        verdict = draft.verdict
        assert verdict is not None
        mentions = json.dumps(draft.mentions) if draft.mentions else ""
        values += [draft.room_id, draft.sender_id, draft.contents, draft.client_id, draft.reply_to, mentions]
        kept = stored_attachments(files.attachments_of(draft)) if files else ""
        values += [draft.everyone, draft.assisted, kept, verdict.why, verdict.rule_id, verdict.matched, moment]
        values += [HeldMessage.State.WAITING.value, ""]
    condition = " OR ".join(["(room_id = %s AND sender_id = %s AND client_id = %s)"] * len(drafts))
    return (
        Statement(
            f"INSERT INTO chat_held_messages ({', '.join(_COLUMNS)})"
            f" VALUES {value_rows(len(_COLUMNS), len(drafts))}",
            values,
        ),
        Statement(
            f"SELECT room_id, sender_id, client_id, held_id FROM chat_held_messages WHERE {condition}",
            [value for draft in drafts for value in draft.key],
            lambda rows: {tuple(row[:3]): row[3] for row in rows},
        ),
    )


def mark_released(release: Release, seq: int, *, now: datetime) -> Statement:
    column = "decided_by_id" if release.by.kind == "member" else "decided_by_staff_id"
    return Statement(
        f"UPDATE chat_held_messages SET state = %s, seq = %s, reason = %s, {column} = %s, decided_at = %s"
        " WHERE held_id = %s",
        [
            *(HeldMessage.State.RELEASED.value, seq, release.reason, release.by.actor_id),
            *(connection.ops.adapt_datetimefield_value(now), release.held_id),
        ],
    )


def log_deeds(rows: Sequence[AuditRow]) -> Statement:
    values = [
        connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
        for row in rows
        for value in row
    ]
    columns = AuditRow._fields
    return Statement(
        f"INSERT INTO chat_audit_log ({quoted(columns)}) VALUES {value_rows(len(columns), len(rows))}", values
    )
