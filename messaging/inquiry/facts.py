"""What the database says of a message and a member. Reads only, and no text of anybody's."""

import json
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Q, QuerySet

from chatproject.models import Revocation
from chatproject.outgoing.models import Endpoint, OutgoingEvent
from messaging.models import Mention, Message
from messaging.push_models import PushSubscription
from rooms.audit_models import AuditEntry
from rooms.models import Member, Participant, Room
from rooms.moderation_models import MemberBlock, Sanction

ROWS_MOST = 20  # of each kind, the newest
EVENTS_LOOKED_THROUGH = 200_000  # the newest: they lie by their endpoints, and none is found by its room


class MessageFacts(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    kind: str
    sender_id: int | None
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    hidden_at: datetime | None
    mentions_member: bool
    mentions_all: bool


class PlaceFacts(msgspec.Struct, frozen=True, kw_only=True):
    joined_seq: int
    read_seq: int
    notify: str
    role: str
    muted_until: datetime | None
    hidden_seq: int | None


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the audit log, a sanction, or a coming or going that the main server was to be told of."""

    at: datetime
    what: str
    until: datetime | None = None
    is_over: bool = False


class EventFacts(msgspec.Struct, frozen=True, kw_only=True):
    """An event about the message, for one endpoint of the main server."""

    event_id: int
    endpoint: str
    kind: str
    state: str
    attempts: int
    sent_at: datetime | None
    due_at: datetime | None
    last_status: int | None
    last_error: str


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    room_id: int
    seq: int
    member_id: int
    is_member_known: bool
    is_room_known: bool = False
    is_private: bool = False
    last_seq: int = 0
    first_seq: int = 1
    room_version: int = 0
    message: MessageFacts | None = None
    place: PlaceFacts | None = None
    sanctions: tuple[Happening, ...] = ()  # removals and mutes of the member in the room
    log: tuple[Happening, ...] = ()
    comings: tuple[Happening, ...] = ()
    has_only_spoken: bool = False  # as far as they have read: who speaks counts as having read what is before
    blocks_author: bool = False
    browsers: int = 0  # in which the member wants notifications
    signed_out_at: datetime | None = None  # everywhere
    endpoints: int = 0  # of the main server that are told of messages
    events: tuple[EventFacts, ...] = ()


def read_facts(*, room_id: int, seq: int, member_id: int) -> Facts:
    """All that the database has to say, in a dozen short queries."""
    known = Member.objects.filter(pk=member_id).exists()
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        return Facts(room_id=room_id, seq=seq, member_id=member_id, is_member_known=known)
    message = Message.objects.filter(room_id=room_id, seq=seq).defer("contents", "marks").first()
    sender_id = message.sender_id if message is not None else None
    place = _place(room_id, member_id)
    spoken = Message.objects.filter(room_id=room_id, seq=place.read_seq if place else 0, sender_id=member_id)
    blocks = MemberBlock.objects.filter(member_id=member_id, blocked_id=sender_id)
    ended = Revocation.objects.filter(member_id=member_id).values_list("issued_before", flat=True)
    return Facts(
        room_id=room_id,
        seq=seq,
        member_id=member_id,
        is_member_known=known,
        is_room_known=True,
        is_private=not room.is_group_chat,
        last_seq=room.last_seq,
        first_seq=room.first_seq,
        room_version=room.version,
        message=None if message is None else _message(message, member_id),
        place=place,
        sanctions=_sanctions(room_id, member_id),
        log=_log(room_id, member_id),
        comings=_comings(room_id, member_id),
        has_only_spoken=spoken.exists(),
        blocks_author=sender_id is not None and blocks.exists(),
        browsers=PushSubscription.objects.filter(member_id=member_id).count(),
        signed_out_at=max(filter(None, ended), default=None),
        endpoints=sum("message" in kinds for kinds in _kinds_of_endpoints()),
        events=_events(room_id, seq, member_id),
    )


def _message(message: Message, member_id: int) -> MessageFacts:
    mentions = Mention.objects.filter(room_id=message.room_id, seq=message.seq)
    mentioned = set(mentions.filter(Q(member_id=member_id) | Q(member=None)).values_list("member_id", flat=True))
    return MessageFacts(
        version=message.version,
        kind=message.kind,
        sender_id=message.sender_id,
        created_at=message.created_at,
        edited_at=message.edited_at,
        deleted_at=message.deleted_at,
        hidden_at=message.hidden_at,
        mentions_member=member_id in mentioned,
        mentions_all=None in mentioned,
    )


def _place(room_id: int, member_id: int) -> PlaceFacts | None:
    rows = Participant.objects.filter(room_id=room_id, member_id=member_id)
    found = rows.values(*PlaceFacts.__struct_fields__).first()
    return None if found is None else PlaceFacts(**found)


def _sanctions(room_id: int, member_id: int) -> tuple[Happening, ...]:
    kinds = (Sanction.Kind.REMOVE, Sanction.Kind.MUTE)
    rows = Sanction.objects.filter(room_id=room_id, member_id=member_id, kind__in=kinds).order_by("-pk")
    return tuple(
        Happening(at=row.since, what=row.kind, until=row.until, is_over=row.lifted_at is not None)
        for row in rows[:ROWS_MOST]
    )[::-1]


def _log(room_id: int, member_id: int) -> tuple[Happening, ...]:
    rows = AuditEntry.objects.filter(member_id=member_id, room_id=room_id).order_by("-entry_id")
    return tuple(Happening(at=row.at, what=row.act, until=row.until) for row in rows[:ROWS_MOST])[::-1]


def _comings(room_id: int, member_id: int) -> tuple[Happening, ...]:
    """Where the main server is told of comings and goings, and as long as those events are kept."""
    rows = _newest_events().filter(room_id=room_id, member_id=member_id, kind__in=("joined", "left"))
    found = {(row.created_at, row.kind) for row in rows}
    return tuple(Happening(at=at, what=kind) for at, kind in sorted(found)[-ROWS_MOST:])


def _events(room_id: int, seq: int, member_id: int) -> tuple[EventFacts, ...]:
    rows = _newest_events().filter(room_id=room_id, seq=seq).order_by("event_id")
    about = [row for row in rows if row.kind != "mention" or _notifies(row, member_id)]
    names = {one.pk: str(one) for one in Endpoint.objects.filter(pk__in={row.endpoint_id for row in about})}
    return tuple(
        EventFacts(
            event_id=row.event_id,
            endpoint=names.get(row.endpoint_id, str(row.endpoint_id)),
            kind=row.kind,
            state=row.state,
            attempts=row.attempts,
            sent_at=row.sent_at,
            due_at=row.due_at,
            last_status=row.last_status,
            last_error=row.last_error,
        )
        for row in about[-ROWS_MOST:]
    )


def _newest_events() -> QuerySet[OutgoingEvent]:
    newest = OutgoingEvent.objects.order_by("-event_id").values_list("event_id", flat=True).first() or 0
    return OutgoingEvent.objects.filter(event_id__gt=newest - EVENTS_LOOKED_THROUGH)


def _notifies(row: OutgoingEvent, member_id: int) -> bool:
    """Whether that event may notify the member: it names those whom it does, or nobody where all are meant."""
    details: dict[str, Any] = json.loads(row.details or "{}")
    named = details.get("of")
    return named is None or member_id in named


def _kinds_of_endpoints() -> list[list[str]]:
    return list(Endpoint.objects.filter(is_enabled=True).values_list("kinds", flat=True))
