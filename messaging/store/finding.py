"""Searching for messages, as a member: in the rooms the member is in now, and what stands."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from messaging.search.engine import Place, Query, SearchEngine
from messaging.search.finder import SignatureSearch
from messaging.search.text import Word
from messaging.store.my_rooms import with_room_names
from messaging.store.objects import messages_by_id
from messaging.store.own_reactions import with_own_reactions
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
    before: Place | None = None
    limit: int = FOUND_DEFAULT_MESSAGES


@dataclass(frozen=True, slots=True)
class FoundMessages:
    """The newest first, as JSON builtins with their rooms' names. `next` None: there are no more."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    next: str | None = None


def find_messages(wanted: Wanted, *, member_id: int, engine: SearchEngine | None = None) -> FoundMessages:
    """Raises RoomNotFound, NotInRoom."""
    if wanted.room_id is not None:
        require_participant(room_id=wanted.room_id, member_id=member_id)
        room_ids = [wanted.room_id]
    else:
        room_ids = list(Participant.objects.filter(member_id=member_id).values_list("room_id", flat=True))
    if not room_ids:
        return FoundMessages()
    query = Query(wanted.words, room_ids, wanted.author_id, wanted.since, wanted.until, wanted.has_link)
    found = (engine or SignatureSearch()).find(query, before=wanted.before, limit=wanted.limit)
    messages = messages_by_id(found.message_ids)
    standing = [
        messages[one] for one in sorted(messages, reverse=True) if stands(messages[one])
    ]  # or it went meanwhile
    shown = with_room_names(with_own_reactions(standing, member_id=member_id))
    return FoundMessages(shown, None if found.after is None else str(found.after))
