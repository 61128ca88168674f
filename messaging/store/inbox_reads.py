"""What inboxes need to know of rooms: which a member is in, how far each is, and what was said there last."""

from collections.abc import Collection
from typing import NamedTuple

from messaging.store.mentions import count_unread
from messaging.store.selectors import last_messages
from messaging.store.standings import Standing, read_standings
from messaging.store.statements import run
from messaging.wire.protocol import InboxNews, MessageObject
from rooms.models import Participant

PLACES_BY_NUMBER = 500  # beyond, reading all of a member's places is as quick as reading these

Pair = tuple[int, int]  # room, member


class RoomPlace(NamedTuple):
    """A member was in the room when it was there."""

    version: int
    roster_version: int
    last_seq: int


def rooms_of(*, member_ids: Collection[int]) -> dict[int, set[int]]:
    """The rooms that each of these members is in. One query for all."""
    found: dict[int, set[int]] = {member_id: set() for member_id in member_ids}
    for member_id, room_id in Participant.objects.filter(member_id__in=member_ids).values_list(
        "member_id", "room_id"
    ):
        found[member_id].add(room_id)
    return found


def room_places(*, member_id: int, room_ids: Collection[int]) -> dict[int, RoomPlace]:
    """Of these rooms those that the member is in. One query for all."""
    places = Participant.objects.filter(member_id=member_id)
    if len(room_ids) <= PLACES_BY_NUMBER:
        places = places.filter(room_id__in=room_ids)
    rows = places.values_list("room_id", "room__version", "room__roster_version", "room__last_seq")
    return {room_id: RoomPlace(*numbers) for room_id, *numbers in rows}


def whole_news(*, pairs: Collection[Pair], with_messages: Collection[int]) -> dict[Pair, InboxNews]:
    """How these members stand in these rooms, with the newest message of the rooms `with_messages`.

    Left out is who is in no such room: looked for behind the messages, so that nobody is told what was said after
    they went. Two queries for all, and one for each member who has not read everything.
    """
    newest = {message.room_id: message for message in last_messages(room_ids=with_messages)}
    [standings] = run(read_standings(pairs))
    mentions = _mention_counts(standings)
    return {
        (room_id, member_id): _news(room_id, standing, mentions.get((room_id, member_id), 0), newest.get(room_id))
        for (room_id, member_id), standing in standings.items()
    }


def _mention_counts(standings: dict[Pair, Standing]) -> dict[Pair, int]:
    unread: dict[int, set[int]] = {}
    for (room_id, member_id), standing in standings.items():
        if standing.read_seq < standing.last_seq:
            unread.setdefault(member_id, set()).add(room_id)
    counted = run(*(count_unread(member_id=member_id, room_ids=rooms) for member_id, rooms in unread.items()))
    return {
        (room_id, member_id): count
        for member_id, counts in zip(unread, counted, strict=True)
        for room_id, count in counts.items()
    }


def _news(room_id: int, standing: Standing, mentions: int, newest: MessageObject | None) -> InboxNews:
    return InboxNews(
        room_id=room_id,
        last_seq=standing.last_seq,
        read_seq=standing.read_seq,
        mention_count=mentions if standing.read_seq < standing.last_seq else None,
        messages=(newest,) if newest else (),
    )
