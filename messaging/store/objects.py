"""Rows of messages as the objects that everybody sees: the one place that decides what a reader may be shown."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal, NamedTuple

from django.conf import settings
from django.db.models import QuerySet

from messaging.models import Message
from messaging.store.own_reactions import with_own_reactions
from messaging.wire.content import client_id_from_hex
from messaging.wire.marks import NO_MARKS, marks_of
from messaging.wire.protocol import MessageObject, encode
from messaging.wire.times import wire_time
from rooms.models import shown_nickname
from rooms.selectors import gone_member_name

ROWS_AT_ONCE = 50  # as objects in memory; the rest of a page is JSON by then


class MessageColumns(NamedTuple):
    """What is read of a message, by the names that the ORM has for it."""

    room_id: int
    room__is_group_chat: bool
    room__assistant_name: str
    seq: int
    version: int
    kind: Literal["member", "assistant", "notice"]
    sender_id: int | None
    sender__nickname: str | None
    contents: str
    created_at: datetime
    client_id: str | None
    reply_to: int | None
    edited_at: datetime | None
    deleted_at: datetime | None
    hidden_at: datetime | None
    marks: str | None


def message_objects(messages: QuerySet[Message]) -> list[MessageObject]:
    return [message_object(MessageColumns(*row)) for row in messages.values_list(*MessageColumns._fields)]


def messages_by_id(message_ids: Collection[int]) -> dict[int, MessageObject]:
    if not message_ids:  # as in nearly every batch; building a query that asks nothing takes 0.4 ms
        return {}
    rows = Message.objects.filter(pk__in=message_ids)
    return {
        pk: message_object(MessageColumns(*row)) for pk, *row in rows.values_list("pk", *MessageColumns._fields)
    }


def encoded_messages(
    messages: QuerySet[Message], order: Literal["seq", "-seq"], limit: int, *, member_id: int
) -> list[bytes]:
    """A page as the member sees it.

    Asks several times: the MySQL driver makes a whole answer into Python's strings, four bytes a character.
    """
    page: list[bytes] = []
    while wanted := min(ROWS_AT_ONCE, limit - len(page)):
        found = message_objects(messages.order_by(order)[:wanted])
        page += map(encode, with_own_reactions(found, member_id=member_id))
        if len(found) < wanted:
            break
        messages = messages.filter(**{"seq__gt" if order == "seq" else "seq__lt": found[-1].seq})
    return page


def message_object(row: MessageColumns) -> MessageObject:
    """Of a deleted message a tombstone is left; in a group room nobody is told whose it was.

    A hidden one says nothing and has no marks until it is shown again; whose it is, everybody may know, also by
    which model.
    """
    is_hidden = row.hidden_at is not None and row.deleted_at is None
    stored = marks_of(row.marks)
    marks = NO_MARKS if is_hidden else stored
    is_nameless = row.deleted_at is not None and row.room__is_group_chat
    return MessageObject(
        room_id=row.room_id,
        seq=row.seq,
        version=row.version,
        kind=row.kind,
        sender_id=None if is_nameless else row.sender_id,
        nick_name="" if is_nameless else _name_of(row),
        message="" if row.deleted_at or is_hidden else row.contents,
        created_at=wire_time(row.created_at),
        client_id=row.client_id and client_id_from_hex(row.client_id),
        reply_to=row.reply_to,
        edited_at=wire_time(row.edited_at) if row.edited_at else None,
        deleted_at=wire_time(row.deleted_at) if row.deleted_at else None,
        reactions=marks.reactions,
        mentions=marks.mentions,
        everyone=marks.everyone,
        pinned_at=marks.pinned_at,
        deleted_by=marks.deleted_by,
        hidden_at=wire_time(row.hidden_at) if row.hidden_at is not None and is_hidden else None,
        model=stored.model,
        assisted=marks.assisted,
        attachments=marks.attachments,
        preview=marks.preview,
    )


def _name_of(row: MessageColumns) -> str:
    if row.sender_id:
        return shown_nickname(row.sender__nickname, member_id=row.sender_id)
    return server_name(row.kind, row.room__assistant_name)


def server_name(kind: str, assistant_name: str) -> str:
    """Whose name stands at a message without a sender; `assistant_name` is the room's own, "" for none."""
    if kind == Message.Kind.ASSISTANT:
        return assistant_name or str(settings.ASSISTANT_NAME)
    return gone_member_name() if kind == Message.Kind.MEMBER else ""
