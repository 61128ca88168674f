"""Coming into a closed room: by its code, or by asking. Every write is under the lock of the room's row.

The coming itself is in `rooms.services`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chatproject.errors import WrongJoinCode
from chatproject.room_errors import AlreadyDecided, NothingThere
from chatproject.tokens import Caller
from rooms.models import Room
from rooms.moderation import audit
from rooms.moderation.join_codes import is_code
from rooms.moderation.ranks import Acting, require_right
from rooms.moderation.rights import Act
from rooms.moderation.sanctions import in_force
from rooms.moderation_models import JoinRequest, Sanction
from rooms.selectors import require_visible_room

ASKED_AGAIN_AFTER = timedelta(days=1)  # by who was refused: managers are volunteers
WORDS_MAX = 200  # characters, of who asks and of who decides
REQUESTS_SHOWN_MOST = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """The member is not in: their request waits, or was refused lately. `is_new`: managers are to be told."""

    room_id: int
    is_new: bool
    was_refused: bool = False
    reason: str = ""  # of the refusal

    @property
    def message(self) -> str | None:
        """What the member is told, None for the usual sentence."""
        if not self.was_refused:
            return None
        told = _("A manager decided not to let you in. You can ask again after a day.")
        return f"{told} {self.reason}".strip()


def ask_entry(room: Room, *, member_id: int, code: str | None, words: str, now: datetime) -> Asked | None:
    """None where the member may come in at once. The caller holds the room's lock. Raises WrongJoinCode."""
    if room.joining == Room.Joining.CODE and not is_code(code or "", room.join_code):
        raise WrongJoinCode
    return _ask(room, member_id, words, now) if room.joining == Room.Joining.APPROVAL else None


def _ask(room: Room, member_id: int, words: str, now: datetime) -> Asked:
    newest = JoinRequest.objects.filter(room=room, member_id=member_id).order_by("-request_id").first()
    if newest is not None and newest.admitted is None:
        return Asked(room.pk, is_new=False)
    if newest is not None and newest.admitted is False and _is_recent(newest, now):
        return Asked(room.pk, is_new=False, was_refused=True, reason=newest.reason)
    JoinRequest.objects.create(room=room, member_id=member_id, words=words, made_at=now)
    return Asked(room.pk, is_new=True)


def _is_recent(request: JoinRequest, now: datetime) -> bool:
    return request.decided_at is not None and now - request.decided_at < ASKED_AGAIN_AFTER


def settle(room: Room, *, member_id: int, now: datetime) -> None:
    """Who came in some other way asks no more. The caller holds the room's lock."""
    waiting = JoinRequest.objects.filter(room=room, member_id=member_id, admitted=None)
    waiting.update(admitted=True, decided_at=now)


def decide(room: Room, *, member_id: int, admit: bool, reason: str, acting: Acting, now: datetime) -> JoinRequest:
    """Write down what became of the member's request. The caller holds the room's lock.

    Raises NothingThere, AlreadyDecided.
    """
    newest = JoinRequest.objects.filter(room=room, member_id=member_id).order_by("-request_id").first()
    if newest is None:
        raise NothingThere
    if newest.admitted is not None:
        raise AlreadyDecided
    newest.admitted, newest.reason, newest.decided_at = admit, reason, now
    newest.decided_by_id, newest.decided_by_staff_id = acting.member_id, acting.staff_id
    newest.save()
    deed = audit.Deed(
        room_id=room.pk,
        act="admit" if admit else "turn_away",
        by=acting.logged,
        at=now,
        member_id=member_id,
        reason=reason,
    )
    audit.record(deed)
    return newest


def show_requests(*, room_id: int, caller: Caller, now: datetime) -> list[JoinRequest]:
    """The first who wait. Raises RoomNotFound, NotGroupRoom, NotInRoom, ManagersOnly."""
    room, _place = require_visible_room(room_id=room_id, member_id=caller.member_id)
    require_right(Act.ADMIT, room=room, by=caller)
    return list(waiting_requests(room_id=room_id, now=now)[:REQUESTS_SHOWN_MOST])


def waiting_requests(*, room_id: int, now: datetime) -> QuerySet[JoinRequest]:
    """Those that managers decide, the oldest first: without who was removed since."""
    removals = in_force(now).filter(room_id=room_id, kind=Sanction.Kind.REMOVE, member__isnull=False)
    waiting = JoinRequest.objects.filter(room_id=room_id, admitted=None)
    return (
        waiting.exclude(member_id__in=removals.values("member_id")).select_related("member").order_by("request_id")
    )


def asked_rooms(*, member_id: int, room_ids: list[int]) -> set[int]:
    """Those of these rooms into which the member asks to come."""
    waiting = JoinRequest.objects.filter(member_id=member_id, room_id__in=room_ids, admitted=None)
    return set(waiting.values_list("room_id", flat=True))
