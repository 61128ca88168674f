"""The orders of exports: asked for, claimed by a process, made, given for a day, gone. Nothing of the store.

One at a time is made of a member's, and while it can be had no other one: that is at most one a day.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from chatproject.transactions import in_one_transaction
from messaging.personal_models import Export
from rooms.moderation import audit
from rooms.moderation.audit import Actor

GOOD_FOR = timedelta(hours=24)
# of a claim, which each step renews: where many processes take turns, a process has to wait for its next one
HELD_FOR = timedelta(minutes=5)
TRIED_AGAIN_AFTER = timedelta(minutes=1)
TRIES_MOST = 3
LINES_KEPT = timedelta(days=90)  # of what is gone: that somebody asked, and was given it
AT_ONCE = 20  # of what is taken away

State = Export.State


class Claim(NamedTuple):
    """What a process needs to know to make one."""

    export_id: int
    member_id: int
    language: str
    key: str


def ask(*, member_id: int, by: Actor, language: str, now: datetime, reason: str = "") -> Export:
    """The member's export that waits, is made or can be had; where there is none, one that waits from now on."""
    standing = _standing(member_id, now)
    if standing is not None:
        return standing
    try:
        with transaction.atomic():
            return _order(member_id=member_id, by=by, language=language, now=now, reason=reason)
    except IntegrityError:  # asked for twice at once
        other = newest(member_id=member_id)
        assert other is not None
        return other


def newest(*, member_id: int) -> Export | None:
    return Export.objects.filter(member_id=member_id).order_by("-pk").first()


def end_exports(*, member_id: int, now: datetime) -> int:
    """Nobody gets any export of the member from now on, nor is one made; the job takes away what is there.
    Returns how many could be had or were under way. In the caller's transaction."""
    ended = Export.objects.filter(member_id=member_id, state__in=(State.WAITING, State.MAKING, State.READY))
    return ended.update(state=State.GONE, expires_at=now)


def _standing(member_id: int, now: datetime) -> Export | None:
    can_be_had = Q(state=State.READY, expires_at__gt=now)
    theirs = Export.objects.filter(member_id=member_id).order_by("-pk")
    return theirs.filter(Q(state__in=(State.WAITING, State.MAKING)) | can_be_had).first()


def _order(*, member_id: int, by: Actor, language: str, now: datetime, reason: str) -> Export:
    who = {"asked_by_kind": by.kind, "asked_by_id": by.actor_id}
    key = _waiting_key(member_id)
    made = Export.objects.create(member_id=member_id, **who, asked_at=now, language=language, key=key)
    if by != Actor.member(member_id):  # whoever asks for another's is in the log
        audit.record(
            audit.Deed(room_id=audit.SITE, act="export_asked", by=by, at=now, member_id=member_id, reason=reason)
        )
    return made


def _waiting_key(member_id: int) -> str:
    """Unique, so that one waits at most; it gets a random one with its claim."""
    return f"{member_id:032x}"


# --- making ------------------------------------------------------------------------------------


def claim(*, holder: str, now: datetime) -> Claim | None:
    """The one that waits longest, or whose process died, is this holder's from now on. None: there is none."""
    is_left = Q(state=State.MAKING, held_until__lte=now)
    due = Export.objects.filter(Q(state=State.WAITING) | is_left).order_by("pk")
    for export in due[:AT_ONCE]:
        mine = due.filter(pk=export.pk, tries=export.tries)
        if export.tries >= TRIES_MOST:
            mine.update(state=State.FAILED, expires_at=now)
            continue
        key = export.key if export.state == State.MAKING else uuid4().hex
        claimed = {"state": State.MAKING, "holder": holder, "key": key, "tries": export.tries + 1}
        if mine.update(**claimed, held_until=now + HELD_FOR):
            return Claim(export.pk, export.member_id, export.language, key)
    return None


def renew(claimed: Claim, *, holder: str, now: datetime) -> bool:
    """False: it is not this holder's any more, and must not be made."""
    return _held(claimed, holder).update(held_until=now + HELD_FOR) == 1


def put_back(claimed: Claim, *, holder: str, now: datetime, is_counted: bool = True) -> None:
    """It could not be made, and is tried again; `is_counted` False: for a reason that is not its own."""
    mine = _held(claimed, holder)
    held = mine.first()
    if held is not None:
        tries = held.tries if is_counted else held.tries - 1
        mine.update(holder="", held_until=now + TRIED_AGAIN_AFTER, tries=tries)


def finish(claimed: Claim, *, holder: str, size: int, now: datetime) -> bool:
    """It can be had for a day. False: it ended meanwhile, and nothing of it may stay in the store."""
    ready = {"state": State.READY, "size": size, "ready_at": now, "expires_at": now + GOOD_FOR}
    return _held(claimed, holder).update(**ready, holder="", held_until=None) == 1


def _held(claimed: Claim, holder: str) -> QuerySet[Export]:
    return Export.objects.filter(pk=claimed.export_id, state=State.MAKING, holder=holder, key=claimed.key)


# --- ending ------------------------------------------------------------------------------------


def end_due(*, now: datetime) -> dict[int, str]:
    """Those that are over say so now, before anything is taken away. Returns the keys of what may still lie in the
    store, by number; the caller takes it away and says `taken_away`."""
    over = Export.objects.filter(state=State.READY, expires_at__lte=now)
    over.filter(pk__in=list(over.values_list("pk", flat=True)[:AT_ONCE])).update(state=State.GONE)
    is_let_go = Q(held_until=None) | Q(held_until__lte=now)  # nobody puts anything there any more
    gone = Export.objects.filter(is_let_go, state__in=(State.GONE, State.FAILED), expires_at__lte=now)
    return dict(gone.values_list("pk", "key")[:AT_ONCE])


def taken_away(export_ids: list[int]) -> None:
    Export.objects.filter(pk__in=export_ids).update(expires_at=None, size=0)


@in_one_transaction
def forget_old(*, now: datetime) -> int:
    """The lines of what has long been gone."""
    old = Export.objects.filter(state__in=(State.GONE, State.FAILED), expires_at=None)
    some = old.filter(asked_at__lt=now - LINES_KEPT).values_list("pk", flat=True)[:AT_ONCE]
    return Export.objects.filter(pk__in=list(some)).delete()[0]
