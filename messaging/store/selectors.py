"""The reads: messages as everybody sees them, and what delivery needs to know of rooms."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import F

from messaging.models import Message
from messaging.store.objects import encoded_messages, message_objects
from messaging.store.own_reactions import with_own_reactions
from messaging.store.places import Place
from messaging.store.replica_reads import read_as_of
from messaging.store.standings import OwnRules, Standing
from messaging.store.statements import RoomNumbers, read_times, run
from messaging.store.voices import require_voice
from messaging.wire.protocol import REPLAY_MAX_CHANGES, MessageObject
from rooms.models import Participant, Room
from rooms.selectors import require_participant

HISTORY_MAX_MESSAGES = 200
HISTORY_DEFAULT_MESSAGES = 100


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

    standing: Standing
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

    A replica may answer, see `replica_reads`. Raises RoomNotFound, NotInRoom.
    """
    room = require_participant(room_id=room_id, member_id=member_id).room

    def read() -> list[bytes]:
        return _page(room, member_id=member_id, before=before, after=after, around=around, limit=limit)

    return read_as_of({room_id: room.version}, read)


def _page(
    room: Room, *, member_id: int, before: int | None, after: int | None, around: int | None, limit: int
) -> list[bytes]:
    messages = Message.objects.filter(room_id=room.room_id, seq__gte=room.first_seq)
    read = partial(encoded_messages, member_id=member_id)
    if around is not None and around <= room.last_seq:
        newer = read(messages.filter(seq__gt=around), "seq", limit // 2)
        return read(messages.filter(seq__lte=around), "-seq", limit - limit // 2)[::-1] + newer
    if before is not None:
        messages = messages.filter(seq__lt=before)
    if after is not None:
        return read(messages.filter(seq__gt=after), "seq", limit)
    return read(messages, "-seq", limit)[::-1]


def require_speaker(*, room_id: int, member_id: int, is_admin: bool, now: datetime) -> Place:
    """The member's place in the room, where they may say something now, if not at once in slow mode.

    Raises RoomNotFound, NotInRoom, and Muted or ReadOnlyRoom.
    """
    own = require_participant(room_id=room_id, member_id=member_id)
    place = Place(own.pk, "", own.role, own.muted_until)
    room = RoomNumbers(own.room.last_seq, own.room.version, own.room.roster_version, 0, own.room.is_read_only)
    require_voice(place, room, is_admin=is_admin, now=now)
    return place


def newest_to_answer(*, room_id: int, member_id: int, is_admin: bool, now: datetime) -> MessageObject | None:
    """The newest message of a member that stands, for who asks for an answer without words of their own.

    Raises RoomNotFound, NotInRoom, and Muted or ReadOnlyRoom where they may say nothing now.
    """
    require_speaker(room_id=room_id, member_id=member_id, is_admin=is_admin, now=now)
    said = Message.objects.filter(room_id=room_id, kind=Message.Kind.MEMBER, deleted_at=None, hidden_at=None)
    newest = message_objects(said.order_by("-seq")[:1])
    return newest[0] if newest else None


def recent_messages(*, room_id: int, limit: int, after: int = 0, up_to: int | None = None) -> list[MessageObject]:
    """The room's newest messages that are neither deleted nor hidden, after and up to a seq, oldest first.

    The caller has checked the membership.
    """
    messages = Message.objects.filter(room_id=room_id, seq__gt=after, deleted_at=None, hidden_at=None)
    if up_to is not None:
        messages = messages.filter(seq__lte=up_to)
    return message_objects(messages.order_by("-seq")[:limit])[::-1]


def senders_of(*, room_id: int, seqs: Collection[int]) -> dict[int, int | None]:
    """Who sent each of these messages of the room, deleted or not; None for those that no member sent."""
    return dict(Message.objects.filter(room_id=room_id, seq__in=seqs).values_list("seq", "sender_id"))


def times_of(addresses: Collection[tuple[int, int]]) -> dict[tuple[int, int], datetime]:
    """When these messages, each (room, seq), were said; one that is not there is left out. One query for all."""
    if not addresses:
        return {}
    [found] = run(read_times(addresses))
    return found  # type: ignore[no-any-return]


def last_messages(*, room_ids: Collection[int]) -> list[MessageObject]:
    """The newest message of each of these rooms; of a deleted or hidden one its tombstone. One query for all."""
    newest = Message.objects.filter(room_id__in=room_ids, seq=F("room__last_seq"))
    return message_objects(newest) if room_ids else []


def subscription_state(*, room_id: int, member_id: int, since: int | None) -> SubscriptionState:
    """Raises RoomNotFound, NotInRoom."""
    participant = require_participant(room_id=room_id, member_id=member_id)
    room = participant.room
    missed: list[MessageObject] | None = None
    if since == room.version:
        missed = []
    elif since is not None and since < room.version:
        missed = _changed_between(room_id, since, room.version, limit=REPLAY_MAX_CHANGES + 1)
        is_complete = len(missed) <= REPLAY_MAX_CHANGES
        missed = with_own_reactions(missed, member_id=member_id) if is_complete else None
    own = OwnRules(participant.role, room.slow_s, room.is_read_only, participant.muted_until)
    standing = Standing(
        room.version,
        room.roster_version,
        room.last_seq,
        max(participant.read_seq, room.first_seq - 1),
        room.pinned_seq,
        own,
        participant.pk,
        not room.is_group_chat,
        room.first_seq,
    )
    return SubscriptionState(standing, missed)


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


def _changed_between(room_id: int, since: int, version: int, *, limit: int) -> list[MessageObject]:
    kept = Message.objects.filter(room_id=room_id, seq__gte=F("room__first_seq"))
    changed = kept.filter(version__gt=since, version__lte=version)
    return message_objects(changed.order_by("version")[:limit])
