"""Reports in tests: who reports what when, in few words."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from messaging.moderation import reporting
from messaging.moderation.reporting import Complaint
from messaging.moderation_models import Case, Report
from rooms.models import Room

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # in Seoul
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Who:
    """A moderator: a member who manages, or staff by their account; neither: staff without one."""

    member_id: int | None = None
    staff_id: int | None = None


STAFF = Who()


def report(room: Room, *, by: int, reason: str = "abuse", now: datetime = NOON, **about: Any) -> Report:
    """Of a message (`seq`), of a member (`member_id`), or of the room; `words` too."""
    made, _is_new = reporting.report(
        reporter_id=by, complaint=Complaint(room_id=room.pk, reason=reason, **about), now=now
    )
    return made


def case_about(room: Room, *, by: int, **about: Any) -> Case:
    return report(room, by=by, **about).case
