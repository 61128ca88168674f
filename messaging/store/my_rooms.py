"""What is a member's own over all rooms: the rooms, how each stands, and where the member is mentioned.

Each kind of thing is asked for once, however many rooms there are.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import msgspec

from messaging.store.mentions import count_unread, find_mentions
from messaging.store.objects import messages_by_id
from messaging.store.own_places import is_hidden
from messaging.store.own_reactions import with_own_reactions
from messaging.store.replica_reads import read_as_of
from messaging.store.selectors import last_messages
from messaging.store.statements import run
from messaging.wire.protocol import MessageObject, stands
from rooms import roster
from rooms.finding import RoomsCursor
from rooms.models import Participant, Room
from rooms.selectors import other_of_pair, private_room_names

ROOMS_MAX, ROOMS_DEFAULT = 200, 100  # of a page
MENTIONS_MAX, MENTIONS_DEFAULT = 100, 30
# of a list whose last messages a replica may tell: asking it costs what that saves for 20 rooms, a quarter at 100
ROOMS_FOR_REPLICA = 50


class _Row(NamedTuple):
    room_id: int
    name: str | None
    is_group_chat: bool
    last_seq: int
    pinned_seq: int | None
    updated_at: datetime
    read_seq: int
    notify: str
    pair_key: str | None
    version: int
    description: str
    is_pinned: bool
    hidden_seq: int | None
    is_marked_unread: bool
    is_counselling: bool
    allows_previews: bool
    first_seq: int


_COLUMNS = (
    "room_id",
    "room__name",
    "room__is_group_chat",
    "room__last_seq",
    "room__pinned_seq",
    "room__updated_at",
    "read_seq",
    "notify",
    "room__pair_key",
    "room__version",
    "room__description",
    "is_pinned",
    "hidden_seq",
    "is_marked_unread",
    "room__is_counselling",
    "room__allows_previews",
    "room__first_seq",
)


def my_rooms(*, member_id: int) -> list[dict[str, Any]]:
    """All of the member's rooms, the room with the newest change first."""
    return _objects(_rows(member_id, None, None), member_id=member_id)


def my_rooms_page(
    *, member_id: int, after: RoomsCursor | None, limit: int
) -> tuple[list[dict[str, Any]], RoomsCursor | None]:
    """So many of them from behind `after`, and the cursor of the next page, if there is one.

    A room that changes between two pages moves before the cursor: no page shows a room twice.
    """
    rows = _rows(member_id, after, limit + 1)  # one more answers "is there a next?"
    page = rows[:limit]
    next_page = RoomsCursor(page[-1].updated_at, page[-1].room_id) if len(rows) > limit else None
    return _objects(page, member_id=member_id), next_page


def _rows(member_id: int, after: RoomsCursor | None, limit: int | None) -> list[_Row]:
    places = Participant.objects.filter(member_id=member_id)
    if after is not None:
        places = places.filter(after.behind(of="room__"))
    newest_first = places.order_by("-room__updated_at", "-room_id").values_list(*_COLUMNS)
    return [_Row(*row) for row in newest_first[:limit]]


def _objects(rows: Sequence[_Row], *, member_id: int) -> list[dict[str, Any]]:
    room_ids = [row.room_id for row in rows]
    names = private_room_names(room_ids=[row.room_id for row in rows if row.name is None])
    mention_counts = _mention_counts(member_id=member_id, room_ids=room_ids)
    member_counts = roster.member_counts(room_ids=room_ids)
    versions = {row.room_id: row.version for row in rows} if len(rows) >= ROOMS_FOR_REPLICA else {}
    last_messages = read_as_of(versions, partial(_last_messages, room_ids))
    return [
        {
            "roomId": row.room_id,
            "roomName": names[row.room_id] if row.name is None else row.name,
            "isGroupChat": row.is_group_chat,
            "unReadCount": max(0, row.last_seq - max(row.read_seq, row.first_seq - 1)),
            "lastSeq": row.last_seq,
            "readSeq": max(row.read_seq, row.first_seq - 1),
            "firstSeq": row.first_seq,
            "description": row.description,
            "memberCount": member_counts.get(row.room_id, 0),
            "pinned": row.pinned_seq,
            "mentionCount": mention_counts.get(row.room_id, 0),
            "lastMessage": last_messages.get(row.room_id),
            "notify": row.notify,
            "isPinned": row.is_pinned,
            "isHidden": is_hidden(row.hidden_seq, row.last_seq),
            "isMarkedUnread": row.is_marked_unread,
            "isCounselling": row.is_counselling,
            "allowsPreviews": row.allows_previews and not row.is_counselling,
            "otherMemberId": other_of_pair(row.pair_key, member_id=member_id),
        }
        for row in rows
    ]


def _mention_counts(*, member_id: int, room_ids: Collection[int]) -> dict[int, int]:
    if not room_ids:
        return {}
    [counts] = run(count_unread(member_id=member_id, room_ids=room_ids))
    return counts  # type: ignore[no-any-return]


def _last_messages(room_ids: Collection[int]) -> dict[int, Any]:
    """The newest message of each room, as JSON builtins; a deleted or hidden one is a tombstone."""
    newest = last_messages(room_ids=room_ids)
    return {message.room_id: msgspec.to_builtins(message) for message in newest}


def my_mentions(*, member_id: int, before: int | None, limit: int) -> tuple[list[dict[str, Any]], int | None]:
    """The messages that mention the member, the newest mention first, and the cursor of the next page, if any."""
    [found] = run(find_mentions(member_id=member_id, before=before, limit=limit + 1))
    page = found[:limit]
    stored = messages_by_id([message_id for _number, message_id, _room_id, _seq in page])
    shown = [stored[message_id] for _number, message_id, _room_id, _seq in page if message_id in stored]
    standing = [message for message in shown if stands(message)]  # or it went while we looked
    return with_room_names(with_own_reactions(standing, member_id=member_id)), page[-1][0] if len(
        found
    ) > limit else None


def with_room_names(messages: Sequence[MessageObject]) -> list[dict[str, Any]]:
    """These messages of several rooms as JSON builtins, each with the name of its room. Two queries for all."""
    rooms = dict(Room.objects.filter(pk__in={message.room_id for message in messages}).values_list("pk", "name"))
    private = private_room_names(room_ids=[room_id for room_id, name in rooms.items() if name is None])
    names = rooms | private
    return [
        {**msgspec.to_builtins(message), "roomName": names[message.room_id]}
        for message in messages
        if message.room_id in names  # else the room was deleted just now
    ]
