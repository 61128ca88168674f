"""How much members have not read, as the main server is told it: numbers alone, nothing of what was said."""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import F, Sum
from django.db.models.functions import Greatest

from messaging.store.mentions import count_unread, count_unread_of_all
from messaging.store.statements import run
from rooms.models import Participant

# what went because it was too old is unread by nobody
READ_UP_TO = Greatest("read_seq", F("room__first_seq") - 1)


class Unread(NamedTuple):
    messages: int
    mentions: int


class UnreadRoom(NamedTuple):
    """`notify`: what the member wants to be told of there."""

    room_id: int
    messages: int
    mentions: int
    notify: str


def unread_of_all(*, member_ids: Collection[int]) -> dict[int, Unread]:
    """Of each of these members over all their rooms, in two queries for all."""
    if not member_ids:
        return {}
    places = Participant.objects.filter(member_id__in=member_ids, room__last_seq__gt=READ_UP_TO)
    messages = dict(places.values_list("member_id").annotate(unread=Sum(F("room__last_seq") - READ_UP_TO)))
    [mentions] = run(count_unread_of_all(member_ids=list(member_ids)))
    return {one: Unread(int(messages.get(one, 0)), mentions.get(one, 0)) for one in member_ids}


def unread_rooms(*, member_id: int) -> list[UnreadRoom]:
    """The rooms in which the member has not read everything, by their numbers."""
    places = Participant.objects.filter(member_id=member_id, room__last_seq__gt=READ_UP_TO).order_by("room_id")
    rows = list(places.values_list("room_id", F("room__last_seq") - READ_UP_TO, "notify"))
    if not rows:
        return []
    [mentions] = run(count_unread(member_id=member_id, room_ids=[room_id for room_id, *_rest in rows]))
    return [UnreadRoom(room_id, number, mentions.get(room_id, 0), notify) for room_id, number, notify in rows]
