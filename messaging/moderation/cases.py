"""A case from its claim to its decision: two moderators never decide one at once. What is done is elsewhere.

Everything here holds the case's row: a claim lasts CLAIM, a decision needs the case open and nobody else's claim.
"""

from datetime import datetime, timedelta
from typing import Protocol

from chatproject.room_errors import AlreadyDecided, ClaimedByAnother, NothingThere
from chatproject.transactions import in_one_transaction
from messaging.moderation_models import Case

CLAIM = timedelta(minutes=10)


class Moderator(Protocol):
    """Who decides: a member, or staff by their account. `rooms.moderation.ranks.Acting` is one."""

    @property
    def member_id(self) -> int | None: ...
    @property
    def staff_id(self) -> int | None: ...


def is_claimed(case: Case, now: datetime) -> bool:
    return case.claimed_until is not None and case.claimed_until > now


def holds(case: Case, acting: Moderator, now: datetime) -> bool:
    """Whether the case is claimed by this one."""
    return is_claimed(case, now) and (case.claimed_by, case.claimed_by_staff_id) == (
        acting.member_id,
        acting.staff_id,
    )


@in_one_transaction
def claim(*, case_id: int, by: Moderator, now: datetime) -> Case:
    """Work on the case for CLAIM from now. Raises NothingThere, AlreadyDecided, ClaimedByAnother."""
    case = hold(case_id=case_id, by=by, now=now)
    case.claimed_by, case.claimed_by_staff_id = by.member_id, by.staff_id
    case.claimed_until = now + CLAIM
    case.save(update_fields=["claimed_by", "claimed_by_staff", "claimed_until"])
    return case


@in_one_transaction
def let_go(*, case_id: int, by: Moderator, now: datetime) -> None:
    """Give the claim back, for others; fine where it is none of theirs."""
    case = Case.objects.select_for_update().filter(pk=case_id).first()
    if case is not None and case.decided_at is None and holds(case, by, now):
        case.claimed_until = None
        case.save(update_fields=["claimed_until"])


def hold(*, case_id: int, by: Moderator, now: datetime) -> Case:
    """The case, locked until the caller's transaction ends, if it may be decided by this one now.

    Raises NothingThere, AlreadyDecided, ClaimedByAnother.
    """
    case = Case.objects.select_for_update().filter(pk=case_id).first()
    if case is None:
        raise NothingThere
    if case.decided_at is not None:
        raise AlreadyDecided
    if is_claimed(case, now) and not holds(case, by, now):
        raise ClaimedByAnother
    return case


def close(case: Case, *, by: Moderator, outcome: str, reason: str, until: datetime | None, now: datetime) -> None:
    """Write the decision into the case, which the caller's transaction holds."""
    case.outcome, case.reason, case.until = outcome, reason, until
    case.decided_by, case.decided_by_staff_id, case.decided_at = by.member_id, by.staff_id, now
    case.open_key = case.claimed_until = None
    case.save(
        update_fields=[
            *("outcome", "reason", "until", "decided_by", "decided_by_staff", "decided_at"),
            *("open_key", "claimed_until"),
        ]
    )
