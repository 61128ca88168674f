"""Who asked about a private room stands in its audit log: that two people talk, and when, is theirs."""

from datetime import datetime

from messaging.inquiry.facts import Facts
from rooms.moderation import audit
from rooms.moderation.audit import Actor, Deed


def record_look(facts: Facts, *, by: Actor, at: datetime) -> None:
    """Log that the doctor was asked; does nothing about group rooms."""
    if facts.is_private:
        deed = Deed(
            room_id=facts.room_id, act="delivery_asked", by=by, at=at, member_id=facts.member_id, seq=facts.seq
        )
        audit.record(deed)
