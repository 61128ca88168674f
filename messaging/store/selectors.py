"""The reads: messages as everybody sees them, and what delivery needs to know of rooms."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.db.models import F, QuerySet

from messaging.models import Message
from messaging.store.statements import Standing, read_standings, run
from messaging.wire.content import client_id_from_hex
from messaging.wire.marks import marks_of
from messaging.wire.protocol import REPLAY_MAX_CHANGES, MessageObject, encode
from messaging.wire.times import wire_time
from rooms.models import Participant, Room, shown_nickname
from rooms.selectors import gone_member_name, require_participant

HISTORY_MAX_MESSAGES = 200
HISTORY_DEFAULT_MESSAGES = 100
ROWS_AT_ONCE = 50  # as objects in memory; the rest of a page is JSON by then

_COLUMNS = (
    "room_id",
    "room__assistant_name",
    "seq",
    "version",
    "kind",
    "sender_id",
    "sender__nickname",
    "contents",
    "created_at",
    "client_id",
    "reply_to",
    "edited_at",
    "deleted_at",
    "marks",
)


@dataclass(frozen=True, slots=True)
class RoomState:
    """How far a room is, and the membership at that moment."""

    version: int
    roster_version: int


@dataclass(frozen=True, slots=True)
class RosterCheck:
    """Who of those asked for is in the room, at `roster_version` or later."""

    roster_version: int
    member_ids: set[int]


@dataclass(frozen=True, slots=True)
class RoomChanges:
    """The messages that changed after some version, oldest change first, up to `version`.

    `is_complete` is False where there were more than the limit: then `version` is that of the last one here.
    """

    version: int
    roster_version: int
    messages: list[MessageObject]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class SubscriptionState:
    """What a subscriber is told first. `missed` is None where the changes since then cannot be replayed."""

    version: int
    roster_version: int
    last_seq: int
    read_seq: int
    missed: list[MessageObject] | None


def history(
    *,
    room_id: int,
    member_id: int,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int,
) -> list[bytes]:
    """A page of the room, oldest first: the newest `limit`, or those next to the cursor (a seq, itself excluded),
    or those `around` a seq, half of them newer; the newest page where there is no such message yet.

    Each message is JSON already: a page may be 3 MB, and no message has to lie here twice.

    Raises RoomNotFound, NotInRoom.
    """
    place = require_participant(room_id=room_id, member_id=member_id)
    messages = Message.objects.filter(room_id=room_id)
    if around is not None and around <= place.room.last_seq:
        newer = _encoded(messages.filter(seq__gt=around), "seq", limit // 2)
        return _encoded(messages.filter(seq__lte=around), "-seq", limit - limit // 2)[::-1] + newer
    if before is not None:
        messages = messages.filter(seq__lt=before)
    if after is not None:
        return _encoded(messages.filter(seq__gt=after), "seq", limit)
    return _encoded(messages, "-seq", limit)[::-1]


def latest_of_members(*, room_id: int, member_id: int) -> MessageObject | None:
    """The newest message of a member that stands; None where there is none. Raises RoomNotFound, NotInRoom."""
    require_participant(room_id=room_id, member_id=member_id)
    said = Message.objects.filter(room_id=room_id, kind=Message.Kind.MEMBER, deleted_at=None)
    newest = _objects(said.order_by("-seq")[:1])
    return newest[0] if newest else None


def recent_messages(*, room_id: int, limit: int, after: int = 0, up_to: int | None = None) -> list[MessageObject]:
    """The room's newest messages that are not deleted, of those after and up to a seq, oldest first.

    The caller has checked the membership.
    """
    messages = Message.objects.filter(room_id=room_id, seq__gt=after, deleted_at=None)
    if up_to is not None:
        messages = messages.filter(seq__lte=up_to)
    return _objects(messages.order_by("-seq")[:limit])[::-1]


def senders_of(*, room_id: int, seqs: Collection[int]) -> dict[int, int | None]:
    """Who sent each of these messages of the room, deleted or not; None for those that no member sent."""
    return dict(Message.objects.filter(room_id=room_id, seq__in=seqs).values_list("seq", "sender_id"))


def messages_by_id(message_ids: Collection[int]) -> list[MessageObject]:
    if not message_ids:  # as in nearly every batch; building a query that asks nothing takes 0.4 ms
        return []
    return _objects(Message.objects.filter(pk__in=message_ids).order_by("pk"))


def last_messages(*, room_ids: Collection[int]) -> list[MessageObject]:
    """The newest message of each of these rooms; of a deleted one its tombstone. One query for all."""
    return _objects(Message.objects.filter(room_id__in=room_ids, seq=F("room__last_seq"))) if room_ids else []


def subscription_state(*, room_id: int, member_id: int, since: int | None) -> SubscriptionState:
    """Raises RoomNotFound, NotInRoom."""
    participant = require_participant(room_id=room_id, member_id=member_id)
    room = participant.room
    missed: list[MessageObject] | None = None
    if since == room.version:
        missed = []
    elif since is not None and since < room.version:
        missed = _changed_between(room_id, since, room.version, limit=REPLAY_MAX_CHANGES + 1)
        if len(missed) > REPLAY_MAX_CHANGES:
            missed = None
    return SubscriptionState(room.version, room.roster_version, room.last_seq, participant.read_seq, missed)


def standings(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], Standing]:
    """How these (room, member) pairs stand, those without a place left out. One query for all."""
    [found] = run(read_standings(pairs))
    return found  # type: ignore[no-any-return]


def changes_since(*, room_id: int, since: int, limit: int = REPLAY_MAX_CHANGES) -> RoomChanges | None:
    """What changed in the room after version `since`; None where the room is gone.

    The version is read first: a message that changes meanwhile moves beyond it and arrives as a later change.
    """
    state = room_states(room_ids=[room_id]).get(room_id)
    if state is None:
        return None
    messages = _changed_between(room_id, since, state.version, limit=limit)
    is_complete = len(messages) < limit
    version = state.version if is_complete else messages[-1].version
    return RoomChanges(version, state.roster_version, messages, is_complete)


def room_states(*, room_ids: Collection[int]) -> dict[int, RoomState]:
    """The states of these rooms; a room that is gone is left out."""
    rows = Room.objects.filter(pk__in=room_ids).values_list("pk", "version", "roster_version")
    return {room_id: RoomState(version, roster_version) for room_id, version, roster_version in rows}


def roster_check(*, room_id: int, member_ids: Collection[int]) -> RosterCheck | None:
    """Which of these members are in the room; None where the room is gone."""
    state = room_states(room_ids=[room_id]).get(room_id)  # first: the answer is at least as new as its version
    if state is None:
        return None
    present = Participant.objects.filter(room_id=room_id, member_id__in=member_ids)
    return RosterCheck(state.roster_version, set(present.values_list("member_id", flat=True)))


def ping() -> None:
    """Return when the database answers and has our tables."""
    Room.objects.exists()


def server_name(kind: str, assistant_name: str) -> str:
    """Whose name stands at a message without a sender; `assistant_name` is the room's own, "" for none."""
    if kind == Message.Kind.ASSISTANT:
        return assistant_name or str(settings.ASSISTANT_NAME)
    return gone_member_name() if kind == Message.Kind.MEMBER else ""


def _changed_between(room_id: int, since: int, version: int, *, limit: int) -> list[MessageObject]:
    changed = Message.objects.filter(room_id=room_id, version__gt=since, version__lte=version)
    return _objects(changed.order_by("version")[:limit])


def _objects(messages: QuerySet[Message]) -> list[MessageObject]:
    return [_object(row) for row in messages.values_list(*_COLUMNS)]


def _encoded(messages: QuerySet[Message], order: Literal["seq", "-seq"], limit: int) -> list[bytes]:
    """Asks several times: the MySQL driver makes a whole answer into Python's strings, four bytes a character."""
    page: list[bytes] = []
    while wanted := min(ROWS_AT_ONCE, limit - len(page)):
        page += map(encode, found := _objects(messages.order_by(order)[:wanted]))
        if len(found) < wanted:
            break
        messages = messages.filter(**{"seq__gt" if order == "seq" else "seq__lt": found[-1].seq})
    return page


def _object(row: tuple[Any, ...]) -> MessageObject:
    (room_id, assistant_name, seq, version, kind, sender_id, nickname, contents, created, *others) = row
    client_id, reply_to, edited, deleted, stored = others
    marks = marks_of(stored)
    return MessageObject(
        room_id=room_id,
        seq=seq,
        version=version,
        kind=kind,
        sender_id=sender_id,
        nick_name=shown_nickname(nickname, member_id=sender_id)
        if sender_id
        else server_name(kind, assistant_name),
        message="" if deleted else contents,
        created_at=wire_time(created),
        client_id=client_id and client_id_from_hex(client_id),
        reply_to=reply_to,
        edited_at=edited and wire_time(edited),
        deleted_at=deleted and wire_time(deleted),
        reactions=marks.reactions,
        mentions=marks.mentions,
        everyone=marks.everyone,
        pinned_at=marks.pinned_at,
        deleted_by=marks.deleted_by,
    )
