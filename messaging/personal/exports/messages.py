"""What a member said, with what was said before edits, and what the assistant answered them; some at a time."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

import msgspec
from django.apps import apps
from django.db.models import Q

from messaging.models import EarlierText, Message
from messaging.personal.exports.reading import ROWS_AT_ONCE
from messaging.wire.marks import Attachment, LinkPreview, marks_of
from messaging.wire.times import wire_time


class _Item(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Fields with a default are left out where they have it."""


class Earlier(_Item, frozen=True, kw_only=True):
    """What a message said before an edit."""

    text: str
    written_at: str
    replaced_at: str


class ReactionCount(_Item, frozen=True, kw_only=True):
    """How many reacted to a message; who, is theirs."""

    key: str
    count: int


class OwnMessage(_Item, frozen=True, kw_only=True):
    """A message of the member's; also one that was deleted or hidden since, for as long as its text is kept."""

    room_id: int
    seq: int
    text: str
    sent_at: str
    reply_to: int | None = None
    edited_at: str | None = None
    earlier_texts: tuple[Earlier, ...] = ()
    deleted_at: str | None = None
    deleted_by: str | None = None
    hidden_at: str | None = None
    assisted: bool = False  # a draft of the assistant's: "AI가 도운 글"
    mentions: tuple[int, ...] = ()
    everyone: bool = False
    reactions: tuple[ReactionCount, ...] = ()
    pinned_at: str | None = None
    attachments: tuple[Attachment, ...] = ()
    preview: LinkPreview | None = None


class AssistantAnswer(_Item, frozen=True, kw_only=True):
    """What the assistant said to the member, who asked. `text` is empty where it is deleted or hidden."""

    room_id: int
    seq: int
    reply_to: int | None
    text: str
    sent_at: str
    model: str  # which answered; "" where that is not known any more
    made_by_ai: bool
    deleted_at: str | None = None


class OwnPage(NamedTuple):
    messages: list[OwnMessage]
    after: int | None


class AnswerPage(NamedTuple):
    answers: list[AssistantAnswer]
    after: str | None


class _Columns(NamedTuple):
    """What is read of a message, by the names that the ORM has for it."""

    pk: int
    room_id: int
    seq: int
    contents: str
    created_at: datetime
    reply_to: int | None
    edited_at: datetime | None
    deleted_at: datetime | None
    hidden_at: datetime | None
    marks: str | None


def read_own(*, member_id: int, after: int = 0) -> OwnPage:
    """The next messages of the member's, in the order in which they were stored."""
    theirs = Message.objects.filter(sender_id=member_id, pk__gt=after).order_by("pk")
    rows = [_Columns(*row) for row in theirs.values_list(*_Columns._fields)[:ROWS_AT_ONCE]]
    earlier = _earlier_texts([row.pk for row in rows if row.edited_at is not None])
    messages = [_own_message(row, earlier.get(row.pk, ())) for row in rows]
    return OwnPage(messages, rows[-1].pk if len(rows) == ROWS_AT_ONCE else None)


def _own_message(row: _Columns, earlier: Iterable[Earlier]) -> OwnMessage:
    marks = marks_of(row.marks)
    return OwnMessage(
        room_id=row.room_id,
        seq=row.seq,
        text=row.contents,
        sent_at=wire_time(row.created_at),
        reply_to=row.reply_to,
        edited_at=_time(row.edited_at),
        earlier_texts=tuple(earlier),
        deleted_at=_time(row.deleted_at),
        deleted_by=marks.deleted_by,
        hidden_at=_time(row.hidden_at),
        assisted=marks.assisted,
        mentions=marks.mentions,
        everyone=marks.everyone,
        reactions=tuple(ReactionCount(key=one.key, count=one.count) for one in marks.reactions),
        pinned_at=marks.pinned_at,
        attachments=marks.attachments,
        preview=marks.preview,
    )


def _earlier_texts(message_ids: list[int]) -> dict[int, list[Earlier]]:
    found: dict[int, list[Earlier]] = defaultdict(list)
    if message_ids:
        rows = EarlierText.objects.filter(message_id__in=message_ids).order_by("pk")
        for message_id, text, written, replaced in rows.values_list(
            "message_id", "contents", "written_at", "replaced_at"
        ):
            found[message_id].append(
                Earlier(text=text, written_at=wire_time(written), replaced_at=wire_time(replaced))
            )
    return found


def read_answers(*, member_id: int, after: str = "") -> AnswerPage:
    """The next answers of the assistant to the member, in the order of its records."""
    runs: Any = apps.get_model("assistant.AssistantRun")  # of an app that this one does not know
    asked = runs.objects.filter(asker_id=member_id, answer_seq__isnull=False, pk__gt=after).order_by("pk")
    found = list(asked.values_list("pk", "room_id", "answer_seq", "model_served")[:ROWS_AT_ONCE])
    models = {(room_id, seq): model for _pk, room_id, seq, model in found}
    return AnswerPage(_answers(models), found[-1][0] if len(found) == ROWS_AT_ONCE else None)


def _answers(models: dict[tuple[int, int], str]) -> list[AssistantAnswer]:
    if not models:
        return []
    seqs: dict[int, list[int]] = defaultdict(list)
    for room_id, seq in models:
        seqs[room_id].append(seq)
    wanted = reduce(or_, (Q(room_id=room_id, seq__in=some) for room_id, some in seqs.items()))
    rows = Message.objects.filter(wanted, kind=Message.Kind.ASSISTANT).order_by("pk")
    return [
        AssistantAnswer(
            room_id=row.room_id,
            seq=row.seq,
            reply_to=row.reply_to,
            text="" if row.deleted_at or row.hidden_at else row.contents,
            sent_at=wire_time(row.created_at),
            model=marks_of(row.marks).model or models[row.room_id, row.seq],
            made_by_ai=True,
            deleted_at=_time(row.deleted_at),
        )
        for row in (_Columns(*row) for row in rows.values_list(*_Columns._fields))
    ]


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else wire_time(moment)
