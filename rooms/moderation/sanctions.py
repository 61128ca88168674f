"""What keeps a member silent or out, and what hides a message: the rows about it, and whether they hold.

Every write is under the lock of the room's row; who imposes what on whom is in `imposing`. Private rooms know none
of it: nobody comes into one, and nobody is taken out.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chatproject.errors import BlockedFromRoom, InvalidInput
from chatproject.outgoing.recording import Event
from chatproject.text import has_something_visible, is_encodable
from rooms.models import Room
from rooms.moderation import rights
from rooms.moderation.ranks import Acting
from rooms.moderation.rights import Rank
from rooms.moderation_models import Sanction

Kind = Sanction.Kind
ByRank = Literal["manager", "owner", "staff"]

MUTE_SHORTEST = timedelta(minutes=10)
MUTE_LONGEST = timedelta(days=28)  # longer than that is a removal
CLOCKS_DIFFER = timedelta(minutes=1)  # an end of "in 10 minutes" is made by the clock of a phone
FAR_AWAY = datetime(2100, 1, 1, tzinfo=UTC)  # beyond is "until it is lifted"
REASON_MAX_CHARACTERS = 200
BY_RANK: dict[int, ByRank] = {Rank.MANAGER: "manager", Rank.OWNER: "owner", Rank.STAFF: "staff"}


@dataclass(frozen=True, slots=True)
class Told:
    """What whom it met is told of a sanction: what, why, until when, and by whom by their rank."""

    sanction_id: int
    room_id: int
    room_name: str
    member_id: int
    act: Literal["remove", "mute", "hide", "measure"]
    by: ByRank
    reason: str
    seq: int | None = None
    until: datetime | None = None
    lifted: bool = False


def told_of(sanction: Sanction, *, room: Room, lifted: bool = False) -> Told | None:
    """None where it met nobody: the message's author is the assistant, or gone, or never was in the room."""
    if sanction.member_id is None or not sanction.is_told:
        return None
    return Told(
        sanction_id=sanction.sanction_id,
        room_id=room.room_id,
        room_name=room.name or "",
        member_id=sanction.member_id,
        act=sanction.kind,  # type: ignore[arg-type]  # its choices
        by=BY_RANK.get(sanction.rank, "staff"),
        reason=sanction.reason,
        seq=sanction.seq,
        until=sanction.until,
        lifted=lifted,
    )


def told_event(told: Told) -> Event:
    """That the member is told of it, for the main server."""
    details = {"sanctionId": told.sanction_id, "lifted": told.lifted}
    return Event("sanction", told.room_id, told.seq, member_id=told.member_id, details=details)


# --- what is asked for


def clean_reason(reason: str, *, is_needed: bool = True) -> str:
    """The reason as it is kept: 1 to 200 characters on one line. Raises InvalidInput."""
    line = " ".join(reason.split())
    if is_needed and not has_something_visible(line):
        raise InvalidInput(_("Say why: the reason is told to whom it meets."))
    if len(line) > REASON_MAX_CHARACTERS:
        raise InvalidInput(_("A reason has at most 200 characters."))
    if not is_encodable(line) or "\x00" in line:
        raise InvalidInput
    return line


def require_mute_end(until: datetime, *, now: datetime) -> None:
    """Raises InvalidInput outside of 10 minutes to 28 days from now."""
    if not MUTE_SHORTEST - CLOCKS_DIFFER <= until - now <= MUTE_LONGEST + CLOCKS_DIFFER:
        raise InvalidInput(_("A mute lasts from 10 minutes to 28 days."))


def require_end(until: datetime | None, *, now: datetime) -> None:
    """Raises InvalidInput for an end that is over already, or beyond all times."""
    if until is not None and not now < until < FAR_AWAY:
        raise InvalidInput(_("The end must be in the future."))


# --- what holds


def in_force(now: datetime) -> QuerySet[Sanction]:
    """The sanctions that hold at that moment."""
    return Sanction.objects.filter(Q(until=None) | Q(until__gt=now), lifted_at=None)


def in_force_on(member_id: int, *, room_id: int, kind: Sanction.Kind, now: datetime) -> QuerySet[Sanction]:
    return in_force(now).filter(room_id=room_id, member_id=member_id, kind=kind)


def require_admission(*, room_id: int, member_id: int, now: datetime) -> None:
    """Raises BlockedFromRoom, which says until when, where the member may not come into the room."""
    removal = in_force_on(member_id, room_id=room_id, kind=Kind.REMOVE, now=now).first()
    if removal is None:
        return
    if removal.until is None:
        raise BlockedFromRoom
    moment = date_format(localtime(removal.until), "DATETIME_FORMAT")
    raise BlockedFromRoom(
        gettext("You were removed from this room. You can come back after %(moment)s.") % {"moment": moment}
    )


def rooms_kept_out_of(*, member_id: int, room_ids: Collection[int], now: datetime) -> set[int]:
    """Those of these rooms into which the member may not come. One query for all."""
    removals = in_force(now).filter(member_id=member_id, room_id__in=room_ids, kind=Kind.REMOVE)
    return set(removals.values_list("room_id", flat=True))


def muted_until(*, room_id: int, member_id: int, now: datetime) -> datetime | None:
    """Until when the member says nothing in the room: a mute waits for who left, and holds when they come back."""
    mutes = in_force_on(member_id, room_id=room_id, kind=Kind.MUTE, now=now)
    return max((until for until in mutes.values_list("until", flat=True) if until is not None), default=None)


# --- what is written


def write_sanction(
    kind: Sanction.Kind,
    *,
    room_id: int,
    member_id: int,
    acting: Acting,
    reason: str,
    until: datetime | None,
    now: datetime,
) -> Sanction:
    """Impose it, in place of what held of the same kind. Raises RankTooLow where a higher rank imposed that."""
    lift_all(in_force_on(member_id, room_id=room_id, kind=kind, now=now), acting=acting, now=now)
    return Sanction.objects.create(
        kind=kind,
        room_id=room_id,
        member_id=member_id,
        reason=reason,
        rank=acting.rank,
        is_told=acting.rank >= Rank.STAFF or _was_here(room_id, member_id),
        imposed_by_id=acting.member_id,
        staff_id=acting.staff_id,
        since=now,
        until=until,
    )


def _was_here(room_id: int, member_id: int) -> bool:
    """Whether the member is in the room, or has spoken there, asked to come, or was told of an act there."""
    room = Room(pk=room_id)
    return (
        room.participants.filter(member_id=member_id).exists()
        or room.messages.filter(sender_id=member_id).exists()
        or room.join_requests.filter(member_id=member_id).exists()
        or room.sanctions.filter(member_id=member_id, is_told=True).exists()
    )


def lift_all(held: Iterable[Sanction], *, acting: Acting, now: datetime) -> list[Sanction]:
    """End these; returns them. Raises RankTooLow where a higher rank imposed one of them, and then lifts none."""
    found = list(held)
    for sanction in found:
        rights.require(rights.Act.LIFT, acting.rank, target=Rank(sanction.rank))
    for sanction in found:
        sanction.lifted_at = now
        sanction.lifted_by_id, sanction.lifted_by_staff_id = acting.member_id, acting.staff_id
        sanction.save(update_fields=["lifted_at", "lifted_by", "lifted_by_staff"])
    return found
