"""Whether members are under 14, as tokens and the main server say: what the assistant may have to do with them.

Kept in a table of ours, because what somebody said is read when others ask. What nobody said is kept nowhere.
"""

import logging
from collections.abc import Collection
from datetime import UTC, datetime

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from chatproject.http.api import describe_database_error
from chatproject.seldom import Seldom
from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from rooms.models import Member, MemberAge
from rooms.moderation import audit
from rooms.moderation.ranks import Acting

logger = logging.getLogger(__name__)

_seldom = Seldom()


def may_meet_ai(under14: bool | None) -> bool:
    """Whether the assistant may be there for somebody of whom this is known; None: nobody said."""
    return not (settings.ASSISTANT_NEEDS_AGE if under14 is None else under14)


def stricter_age(one: bool | None, other: bool | None) -> bool | None:
    """Of what two say: under 14 where either does."""
    return True if True in (one, other) else other if one is None else one


def kept_from_ai(member_ids: Collection[int]) -> set[int]:
    """Those of these members whom the assistant neither serves nor reads."""
    known = dict(MemberAge.objects.filter(member_id__in=member_ids).values_list("member_id", "is_under14"))
    return {member_id for member_id in member_ids if not may_meet_ai(known.get(member_id))}


def age_of(*, member_id: int) -> bool | None:
    """Whether the member is under 14; None: nobody said."""
    return MemberAge.objects.filter(pk=member_id).values_list("is_under14", flat=True).first()


def note_age(caller: Caller) -> None:
    """Keep what the token says, unless something newer says otherwise; one that says nothing changes nothing.

    A database that is read-only for a while locks nobody out: the token still counts for what its bearer asks.
    """
    if caller.under14 is None:
        return
    said_at = datetime.fromtimestamp(caller.issued_at, UTC) if caller.issued_at else timezone.now()
    known = MemberAge.objects.filter(pk=caller.member_id).first()
    if known is not None and (known.is_under14 == caller.under14 or known.said_at > said_at):
        return
    try:
        _write(caller.member_id, caller.under14, said_at)
    except DatabaseError as error:
        reason = f"that a member is under 14, or no longer, cannot be written: {describe_database_error(error)}"
        if _seldom.may_say(reason):
            logger.warning(reason)


@in_one_transaction
def _write(member_id: int, under14: bool, said_at: datetime) -> None:
    MemberAge.objects.update_or_create(pk=member_id, defaults={"is_under14": under14, "said_at": said_at})


@in_one_transaction
def set_age(member: Member, *, under14: bool | None, acting: Acting, now: datetime) -> None:
    """What the main server says in place of what tokens said; None forgets that. Logged, without what it is."""
    if under14 is None:
        MemberAge.objects.filter(pk=member.pk).delete()
    else:
        _write(member.pk, under14, now)
    deed = audit.Deed(room_id=audit.SITE, act="member_age", by=acting.logged, at=now, member_id=member.pk)
    audit.record(deed)
