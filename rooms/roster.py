"""The members of a room, page by page: who they are there, and how far they have read. Reads only."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import Count

from chatproject.hangul import Typed
from rooms.models import Participant, Room, shown_nickname
from rooms.selectors import require_participant

MEMBERS_MAX = 300
MEMBERS_DEFAULT = 100
ROWS_AT_ONCE = 1_000  # looked at for a nickname that begins so


@dataclass(frozen=True, slots=True)
class Place:
    """A member in a room. What was said up to `joined_seq` was said before they came."""

    member_id: int
    nickname: str
    role: str
    read_seq: int
    joined_seq: int


@dataclass(frozen=True, slots=True)
class MembersPage:
    """Some members of a room, by their numbers; `next_after` is the cursor of what follows, None at the end."""

    members: list[Place]
    me: Place
    member_count: int
    next_after: int | None


def members_page(
    *, room_id: int, member_id: int, after: int = 0, limit: int = MEMBERS_DEFAULT, prefix: str = ""
) -> MembersPage:
    """The members behind the cursor whose nicknames begin as `prefix` is typed, as the member may see them.

    In the order of their numbers: who comes or goes meanwhile makes nobody appear twice or be left out. Raises
    RoomNotFound, NotInRoom.
    """
    own = require_participant(room_id=room_id, member_id=member_id)
    found = list(islice(_found(own.room, after, Typed(prefix), ROWS_AT_ONCE if prefix else limit + 1), limit + 1))
    page = found[:limit]
    count = Participant.objects.filter(room_id=room_id).count()
    return MembersPage(page, _own_place(own), count, page[-1].member_id if len(found) > limit else None)


def places_page(*, room_id: int, after: int = 0, limit: int = MEMBERS_DEFAULT) -> tuple[list[Place], int | None]:
    """The same as the main server may see them, who is in no room: the members, and the cursor of what follows."""
    found = list(islice(_found(Room(pk=room_id), after, Typed(""), limit + 1), limit + 1))
    return found[:limit], found[limit - 1].member_id if len(found) > limit else None


def member_counts(*, room_ids: Collection[int]) -> dict[int, int]:
    """How many are in each of these rooms; one with nobody is left out. One query for all."""
    places = Participant.objects.filter(room__in=room_ids).order_by().values("room_id")
    return dict(places.annotate(number=Count("pk")).values_list("room_id", "number"))


def _own_place(own: Participant) -> Place:
    return Place(own.member_id, own.member.nickname, own.role, own.read_seq, own.joined_seq)


def _found(room: Room, after: int, typed: Typed, rows_at_once: int) -> Iterator[Place]:
    columns = ("member_id", "member__nickname", "role", "read_seq", "joined_seq")
    places = Participant.objects.filter(room=room).order_by("member_id").values_list(*columns)
    while True:
        rows = list(places.filter(member_id__gt=after)[:rows_at_once])
        for member_id, nickname, role, read_seq, joined_seq in rows:
            shown = shown_nickname(nickname, member_id=member_id)
            if typed.begins(shown):
                yield Place(member_id, shown, role, read_seq, joined_seq)
        if len(rows) < rows_at_once:
            return
        after = rows[-1][0]
