"""Hiding messages, and showing them again: its rules, applied under the room's lock to what `changes` read. Pure.

Several may hide one message: it is shown again when the last of them is lifted, or has ended.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput, MessageDeleted, NotGroupRoom
from chatproject.room_errors import RankTooLow
from messaging.store.acts import HideAct, Hiding, RoomScene, Target
from rooms.moderation import rights
from rooms.moderation.rights import Act, Rank
from rooms.moderation.sanctions import clean_reason, require_end

MEASURE_LONGEST = timedelta(days=30)  # 정보통신망법 44조의2 4항


class Step(NamedTuple):
    """A sanction was imposed by an act, or lifted by it."""

    hiding: Hiding
    act: HideAct
    is_lift: bool = False


class Hider:
    """The hidings of one batch."""

    def __init__(self, *, now: datetime) -> None:
        self._now = now
        self.steps: list[Step] = []  # in their order

    def apply(self, act: HideAct, room: RoomScene, target: Target) -> None:
        """Raises NotGroupRoom, ManagersOnly, RankTooLow, MessageDeleted, InvalidInput."""
        if act.is_due:
            self._end(act, target)
            return
        rank = room.rank_of(act)
        if not room.is_group_chat and act.member_id is not None:
            raise NotGroupRoom
        if act.on:
            rights.require(Act.HIDE, rank, target=_rank_of_author(room, target))
            self._hide(act, target, rank)
        else:
            rights.require(Act.LIFT, rank)
            clean_reason(act.reason, is_needed=False)
            self._show(act, target, rank)

    # --- hiding

    def _hide(self, act: HideAct, target: Target, rank: Rank) -> None:
        if target.row.deleted_at is not None:
            raise MessageDeleted
        reason = clean_reason(act.reason)
        require_end(act.until, now=self._now)
        if act.kind == "measure":
            _require_measure(act, rank, now=self._now)
        for same in [hiding for hiding in target.hidings if hiding.kind == act.kind]:
            if (same.reason, same.until) == (reason, act.until):
                return  # a repeat
            _require_reach(rank, same)
            self._lift(act, target, same)
        hiding = Hiding(
            room_id=act.room_id,
            seq=act.seq,
            kind=act.kind,
            member_id=target.row.sender_id,
            reason=reason,
            rank=rank,
            until=act.until,
            imposed_by_id=act.member_id,
            staff_id=act.staff_id,
            case_id=act.case_id,
        )
        self.steps.append(Step(hiding, act))
        target.hidings.append(hiding)
        if target.row.hidden_at is None:
            target.row = target.row._replace(hidden_at=self._now)

    # --- showing again

    def _show(self, act: HideAct, target: Target, rank: Rank) -> None:
        """Lift what is within reach. Raises RankTooLow where nothing of what hides the message is."""
        meant = list(_meant(act, target))
        reached = [hiding for hiding in meant if hiding.rank <= rank]
        if meant and not reached:
            raise RankTooLow
        for hiding in reached:
            self._lift(act, target, hiding)
        self._uncover(target)

    def _end(self, act: HideAct, target: Target) -> None:
        """Fine where another process was first, or the end was moved."""
        for hiding in _meant(act, target):
            if hiding.until is not None and hiding.until <= self._now:
                self._lift(act, target, hiding)
        self._uncover(target)

    def _lift(self, act: HideAct, target: Target, hiding: Hiding) -> None:
        hiding.lift = act
        self.steps.append(Step(hiding, act, is_lift=True))
        target.hidings = [other for other in target.hidings if other is not hiding]

    def _uncover(self, target: Target) -> None:
        if not target.hidings and target.row.deleted_at is None:
            target.row = target.row._replace(hidden_at=None)


def _meant(act: HideAct, target: Target) -> Iterator[Hiding]:
    for hiding in target.hidings:
        if act.sanction_id in (None, hiding.sanction_id):
            yield hiding


def _rank_of_author(room: RoomScene, target: Target) -> Rank:
    return Rank.NONE if target.row.sender_id is None else room.author_ranks[target.row.sender_id]


def _require_reach(rank: Rank, hiding: Hiding) -> None:
    """Raises RankTooLow where a higher rank imposed it."""
    if not rights.may(Act.LIFT, rank, target=Rank(hiding.rank)):
        raise RankTooLow


def _require_measure(act: HideAct, rank: Rank, *, now: datetime) -> None:
    if rank < Rank.STAFF:
        raise RankTooLow
    if act.until is None or act.until > now + MEASURE_LONGEST:
        raise InvalidInput(_("A temporary measure ends within 30 days."))
