"""Whom what was said concerns, and which browsers are theirs. Reads only; who is away is asked between the two.

In the room since before it was said, not its author, not with the level `none`, not those who read that far, not
those who block its author; with the level `mentions` those whom it mentions, and those of whose keywords it has
one. The page decides by the same rules (notify-rules.js).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from django.db.models import Exists, F, OuterRef

from chatproject.models import Revocation
from chatproject.text import composed
from messaging.events.said import read_messages
from messaging.models import Keyword
from messaging.push.gathering import Job
from messaging.push_models import PushSubscription
from messaging.store.unread import Unread, unread_of_all
from messaging.wire.protocol import MessageObject
from rooms.models import Participant, Room
from rooms.moderation_models import MemberBlock
from rooms.selectors import private_room_names

Reason = Literal["mention", "everyone", "keyword", "message"]
_COLUMNS = ("push_id", "endpoint", "p256dh", "auth", "language")  # of a Browser
_RANK: dict[Reason, int] = {"mention": 3, "everyone": 2, "keyword": 1, "message": 0}


class Wanted(NamedTuple):
    """A member wants to hear of `number` messages of the room, and of this one first."""

    job: Job
    member_id: int
    room: Room
    message: MessageObject
    reason: Reason
    number: int
    previews: bool  # the member wants texts where the room allows them


class Browser(NamedTuple):
    push_id: int
    endpoint: str
    p256dh: str
    auth: str
    language: str


@dataclass(frozen=True, slots=True)
class Theirs:
    """Where members are notified, and how much they have not read in all their rooms."""

    browsers: Mapping[int, list[Browser]]
    unread: Mapping[int, Unread]


class _Place(NamedTuple):
    room_id: int
    member_id: int
    read_seq: int
    joined_seq: int
    notify: str
    previews: bool | None


def read_wanted(jobs: Sequence[Job]) -> list[Wanted]:
    """Of those only who have a browser to be notified in. A few queries for all jobs."""
    messages = read_messages((job.room_id, seq) for job in jobs for seq in job.seqs)
    standing = {
        address: message
        for address, message in messages.items()
        if message.deleted_at is None and message.hidden_at is None
    }
    places = _read_places({room_id for room_id, _seq in standing})
    if not places:
        return []
    rooms = Room.objects.in_bulk(list(places))
    blocks = _read_blocks({one.sender_id for one in standing.values() if one.sender_id is not None})
    keywords = _read_keywords(one.member_id for found in places.values() for one in found if _is_picky(one))
    wanted = []
    for job in jobs:
        said = [message for seq in job.seqs if (message := standing.get((job.room_id, seq))) is not None]
        for place in places.get(job.room_id, ()) if job.room_id in rooms else ():
            if job.only is None or place.member_id in job.only:
                reasons = _reasons(place, said, blocks, keywords.get(place.member_id, ()))
                if reasons:
                    reason, message = max(reasons, key=lambda one: (_RANK[one[0]], one[1].seq))
                    room, previews = rooms[job.room_id], bool(place.previews)
                    wanted.append(Wanted(job, place.member_id, room, message, reason, len(reasons), previews))
    return wanted


def room_names(rooms: Collection[Room]) -> dict[int, str]:
    names = private_room_names(room_ids={room.pk for room in rooms if not room.is_group_chat})
    return {room.pk: room.name or names[room.pk] for room in rooms}


def read_theirs(member_ids: Collection[int]) -> Theirs:
    """Of who was signed out everywhere, no browser that was not told of since."""
    ended = dict(Revocation.objects.filter(member_id__in=member_ids).values_list("member_id", "issued_before"))
    browsers: dict[int, list[Browser]] = defaultdict(list)
    rows = PushSubscription.objects.filter(member_id__in=member_ids)
    for member_id, seen_at, *row in rows.values_list("member_id", "seen_at", *_COLUMNS):
        before = ended.get(member_id)
        if before is None or seen_at >= before:
            browsers[member_id].append(Browser(*row))
    return Theirs(browsers, unread_of_all(member_ids=list(browsers)))


def _read_places(room_ids: Collection[int]) -> dict[int, list[_Place]]:
    places: dict[int, list[_Place]] = defaultdict(list)
    if room_ids:
        theirs = PushSubscription.objects.filter(member_id=OuterRef("member_id"))
        rows = Participant.objects.filter(
            Exists(theirs), room_id__in=sorted(room_ids), read_seq__lt=F("room__last_seq")
        ).exclude(notify=Participant.Notify.NONE)
        columns = (*_Place._fields[:-1], "member__preferences__previews_text")
        for row in rows.values_list(*columns):
            place = _Place(*row)
            places[place.room_id].append(place)
    return places


def _read_blocks(author_ids: Collection[int]) -> set[tuple[int, int]]:
    """(who blocks, whom), of these authors."""
    blocks = MemberBlock.objects.filter(blocked_id__in=sorted(author_ids))
    return set(blocks.values_list("member_id", "blocked_id")) if author_ids else set()


def _read_keywords(member_ids: Iterable[int]) -> dict[int, list[str]]:
    words: dict[int, list[str]] = defaultdict(list)
    if ids := set(member_ids):
        for member_id, word in Keyword.objects.filter(member_id__in=ids).values_list("member_id", "word"):
            words[member_id].append(_folded(word))
    return words


def _is_picky(place: _Place) -> bool:
    return place.notify == Participant.Notify.MENTIONS


def _reasons(
    place: _Place,
    said: Sequence[MessageObject],
    blocks: Collection[tuple[int, int]],
    keywords: Collection[str],
) -> list[tuple[Reason, MessageObject]]:
    reasons: list[tuple[Reason, MessageObject]] = []
    for message in said:
        is_open = message.seq > max(place.read_seq, place.joined_seq) and message.sender_id != place.member_id
        if is_open and (place.member_id, message.sender_id) not in blocks:
            reason = _reason(place, message, keywords)
            if reason is not None:
                reasons.append((reason, message))
    return reasons


def _reason(place: _Place, message: MessageObject, keywords: Collection[str]) -> Reason | None:
    if place.member_id in message.mentions:
        return "mention"
    if message.everyone:
        return "everyone"
    if not _is_picky(place):
        return "message"
    text = _folded(message.message) if keywords else ""
    return "keyword" if any(word in text for word in keywords) else None


def _folded(text: str) -> str:
    return composed(text).casefold()
