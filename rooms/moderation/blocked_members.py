"""Members who want to read nothing of another (차단). Nobody else is told, and the other one least of all.

What is said in rooms stands for everybody as before: what is folded away is up to who reads. A room that two have
already stays open to both.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from chatproject.errors import CannotWrite, InvalidInput
from chatproject.transactions import in_one_transaction
from rooms.models import shown_nickname
from rooms.moderation_models import MemberBlock
from rooms.quotas import begin_count, lock_count
from rooms.selectors import require_member

BLOCKED_MOST = 500  # by one member


class Blocked(NamedTuple):
    """A member whom another one blocked, and since when."""

    member_id: int
    nickname: str
    since: datetime


def blocked_by(*, member_id: int) -> list[Blocked]:
    """Whom the member blocks, the newest first."""
    blocks = MemberBlock.objects.filter(member_id=member_id).order_by("-block_id")
    rows = blocks.values_list("blocked_id", "blocked__nickname", "since")
    return [Blocked(one_id, shown_nickname(name, member_id=one_id), since) for one_id, name, since in rows]


def block(*, member_id: int, blocked_id: int, now: datetime) -> Sequence[int]:
    """Let the member block the other, who may be blocked already; returns whom they block now.

    Raises InvalidInput for oneself and beyond BLOCKED_MOST, MemberNotFound.
    """
    if member_id == blocked_id:
        raise InvalidInput(_("You cannot block yourself."))
    require_member(member_id=blocked_id)
    begin_count(member_id=member_id)
    _add(member_id, blocked_id, now)
    return ids_blocked_by(member_id=member_id)


@in_one_transaction
def _add(member_id: int, blocked_id: int, now: datetime) -> None:
    lock_count(member_id=member_id)  # so that two at once are not one too many
    own = MemberBlock.objects.filter(member_id=member_id)
    if own.filter(blocked_id=blocked_id).exists():
        return
    if own.count() >= BLOCKED_MOST:
        raise InvalidInput(_("You can block at most 500 members."))
    MemberBlock.objects.create(member_id=member_id, blocked_id=blocked_id, since=now)


def unblock(*, member_id: int, blocked_id: int) -> Sequence[int]:
    """Let the member read the other again, who need not be blocked; returns whom they block now."""
    MemberBlock.objects.filter(member_id=member_id, blocked_id=blocked_id).delete()
    return ids_blocked_by(member_id=member_id)


def ids_blocked_by(*, member_id: int) -> Sequence[int]:
    """In the order in which they were blocked."""
    blocks = MemberBlock.objects.filter(member_id=member_id).order_by("block_id")
    return list(blocks.values_list("blocked_id", flat=True))


def require_peace(one_id: int, other_id: int) -> None:
    """Raise CannotWrite where either of two members blocks the other: the same to both."""
    either = Q(member_id=one_id, blocked_id=other_id) | Q(member_id=other_id, blocked_id=one_id)
    if MemberBlock.objects.filter(either).exists():
        raise CannotWrite


def who_block(*, member_id: int, others: Collection[int]) -> set[int]:
    """Who of the others blocks the member."""
    blocks = MemberBlock.objects.filter(member_id__in=others, blocked_id=member_id)
    return set(blocks.values_list("member_id", flat=True))


def whom_blocks(*, member_id: int, others: Collection[int]) -> set[int]:
    """Whom of the others the member blocks."""
    blocks = MemberBlock.objects.filter(member_id=member_id, blocked_id__in=others)
    return set(blocks.values_list("blocked_id", flat=True))
