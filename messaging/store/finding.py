"""Searching for messages, as a member: in the rooms the member is in now, and what stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from messaging.search.engine import Place, Query, SearchEngine
from messaging.search.finder import SignatureSearch
from messaging.search.text import Word
from messaging.store.my_rooms import with_room_names
from messaging.store.objects import messages_by_id
from messaging.store.own_reactions import with_own_reactions
from messaging.store.replica_reads import read_as_of
from messaging.wire.protocol import stands
from rooms.models import Participant
from rooms.selectors import require_participant

FOUND_DEFAULT_MESSAGES = 20
FOUND_MAX_MESSAGES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a member searches for; `room_id` None: in all rooms."""

    words: tuple[Word, ...]
    room_id: int | None = None
    author_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    has_link: bool = False
    has_file: bool = False
    before: Place | None = None
    limit: int = FOUND_DEFAULT_MESSAGES


@dataclass(frozen=True, slots=True)
class FoundMessages:
    """The newest first, as JSON builtins with their rooms' names. `next` None: there are no more."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    next: str | None = None


def find_messages(wanted: Wanted, *, member_id: int, engine: SearchEngine | None = None) -> FoundMessages:
    """A replica may answer, see `replica_reads`. Raises RoomNotFound, NotInRoom."""
    if wanted.room_id is not None:
        room = require_participant(room_id=wanted.room_id, member_id=member_id).room
        versions = {room.room_id: room.version}
    else:
        places = Participant.objects.filter(member_id=member_id)
        versions = dict(places.values_list("room_id", "room__version"))
    if not versions:
        return FoundMessages()
    return read_as_of(versions, lambda: _find(wanted, list(versions), member_id, engine or SignatureSearch()))


def _find(wanted: Wanted, room_ids: Sequence[int], member_id: int, engine: SearchEngine) -> FoundMessages:
    query = Query(
        wanted.words, room_ids, wanted.author_id, wanted.since, wanted.until, wanted.has_link, wanted.has_file
    )
    found = engine.find(query, before=wanted.before, limit=wanted.limit)
    messages = messages_by_id(found.message_ids)
    standing = [
        messages[one] for one in sorted(messages, reverse=True) if stands(messages[one])
    ]  # or it went meanwhile
    shown = with_room_names(with_own_reactions(standing, member_id=member_id))
    return FoundMessages(shown, None if found.after is None else str(found.after))
