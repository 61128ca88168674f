"""A member is taken out of a room, and what they said there lately is hidden, in one transaction.

So nothing that they say comes between the two. Nobody is told here.
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from messaging.store.acts import HideAct
from messaging.store.bulk import hide_said_since
from messaging.store.drafts import Stored
from rooms.models import Member
from rooms.moderation import imposing
from rooms.moderation.imposing import Outcome
from rooms.moderation.ranks import Acting

HIDE_HOURS_MAX = 24


@in_one_transaction
def remove_and_hide(
    *,
    room_id: int,
    member_id: int,
    reason: str,
    by: Caller | Acting,
    now: datetime,
    until: datetime | None = None,
    hide_hours: int = 0,
) -> tuple[Outcome, list[Stored]]:
    """Remove the member, and hide what they said in the last hours (0: nothing). Raises as `imposing.remove`.

    Whom it meets is told of the removal alone, not of each message.
    """
    outcome = imposing.remove(room_id=room_id, member_id=member_id, reason=reason, until=until, by=by, now=now)
    if not hide_hours or not outcome.told:
        return outcome, []
    act = HideAct(room_id=room_id, seq=0, reason=outcome.told[0].reason, **_in_the_name_of(by))
    since = now - timedelta(hours=hide_hours)
    hidden = hide_said_since(act, author_id=member_id, since=since, now=now)
    return outcome, [structs.replace(stored, aside=None) for stored in hidden]


def _in_the_name_of(by: Caller | Acting) -> dict[str, Any]:
    if isinstance(by, Caller):
        return {"member_id": by.member_id, "is_admin": by.role == Member.Role.ADMIN}
    return {"member_id": by.member_id, "staff_id": by.staff_id}
