"""The orders of erasures and their receipts: asked for, claimed by a process, ended. Phases do what is done."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from chatproject.access.revoking import Revoked, revoke_member
from chatproject.database_clock import database_now
from chatproject.outgoing.recording import Event, record
from chatproject.transactions import in_one_transaction
from messaging.personal.erasing.progress import add_counts, counts_of
from messaging.personal.exports.asking import end_exports
from messaging.personal_models import Erasure, HeldRecord
from messaging.wire.times import wire_time
from rooms.members import users
from rooms.models import Member
from rooms.moderation import audit
from rooms.moderation.audit import Actor
from rooms.services import make_nameless

logger = logging.getLogger(__name__)

State = Erasure.State

HELD_FOR = timedelta(seconds=30)  # a step takes a moment; one of a process that died is anybody's then
RECEIPTS_SHOWN = 100
ROW = "_row"  # among the counts: the main server had a row of the member's when it was asked for
ROW_GONE_EARLY = "rowGoneEarly"  # and deleted it too soon


class Asked(NamedTuple):
    """`revoked`: to be told to live sockets, once it is committed."""

    order: Erasure
    revoked: Revoked


@in_one_transaction
def ask(*, member_id: int, by: Actor, now: datetime, reason: str = "") -> Asked:
    """Order the member's erasure, known here or not: from this moment on they are signed out and nameless.

    Whoever asks again while it is under way has the same order. After its end there is a new one: something of a
    member made anew with that number may be here.
    """
    revoked = keep_out(member_id=member_id, now=now)  # first: whoever asks at the same moment waits here
    under_way = Erasure.objects.select_for_update().filter(member_id=member_id).exclude(state=State.DONE).first()
    if under_way is not None:
        return Asked(under_way, revoked)
    make_nameless(member_id=member_id)
    end_exports(member_id=member_id, now=now)
    is_main_servers = not users.may_be_written() and Member.objects.filter(pk=member_id).exists()
    order = Erasure.objects.create(
        member_id=member_id,
        asked_by_kind=by.kind,
        asked_by_id=by.actor_id,
        asked_at=now,
        counts=json.dumps({ROW: 1} if is_main_servers else {}),
    )
    _log("erasure_asked", order, by=by, now=now, reason=reason)
    # for whoever restores a backup that is older: see docs/operations.md
    logger.warning("an erasure was asked for", extra={"member": member_id, "receipt": order.pk})
    return Asked(order, revoked)


# --- a process works on it


def claim(*, holder: str) -> Erasure | None:
    """Of the orders that nobody works on the one that waits longest since somebody did: one that cannot go on
    keeps no other waiting."""
    now = database_now()
    free = Q(held_until=None) | Q(held_until__lte=now)
    waits = Erasure.objects.exclude(state=State.DONE).filter(free)
    for erasure_id in waits.order_by("held_until", "pk").values_list("pk", flat=True)[:10]:
        taken = waits.filter(pk=erasure_id)
        if taken.update(state=State.RUNNING, holder=holder, held_until=now + HELD_FOR):
            return Erasure.objects.get(pk=erasure_id)
    return None


def let_go(*, erasure_id: int, holder: str) -> None:
    Erasure.objects.filter(pk=erasure_id, holder=holder).update(holder="", held_until=database_now())


def keep_out(*, member_id: int, now: datetime) -> Revoked:
    """Refuse also the tokens that were issued since: what they opened would be erased with the rest."""
    return revoke_member(member_id=member_id, issued_before=now, now=now)


@in_one_transaction
def end(*, erasure_id: int, is_anything_left: Callable[[int], bool], now: datetime) -> Revoked | None:
    """The row of the member goes last, if it is ours, and the receipt is complete. None where something is left.

    Under the lock of the member's row, which whoever makes anything of theirs shares; and of what is revoked, for
    which whoever makes the row waits. In the order of `ask`.
    """
    member_id = Erasure.objects.values_list("member_id", flat=True).get(pk=erasure_id)
    revoked = keep_out(member_id=member_id, now=now)
    order = Erasure.objects.select_for_update().get(pk=erasure_id)
    if users.may_be_written():
        list(Member.objects.select_for_update().filter(pk=order.member_id).values_list("pk"))
    if is_anything_left(order.member_id):
        return None
    theirs = Member.objects.filter(pk=order.member_id)
    if users.may_be_written():
        theirs.delete()
    elif ROW in counts_of(order) and not theirs.exists():
        add_counts(erasure_id, {ROW_GONE_EARLY: 1})
        order.refresh_from_db()
        logger.error(
            "a member's row was deleted before all was erased: what had lost its author by then stands",
            extra={"member": order.member_id, "receipt": order.pk},
        )
    order.counts = json.dumps(_receipt_counts(order))
    order.state, order.finished_at, order.holder, order.held_until = State.DONE, now, "", None
    order.save()
    _log("erased", order, by=audit.CLOCK, now=now)
    record(Event("erased", member_id=order.member_id, details={"erasureId": order.pk}))
    return revoked


def _receipt_counts(order: Erasure) -> dict[str, int]:
    """What a hold keeps is counted in its store: however often it was looked at."""
    counts = {name: number for name, number in counts_of(order).items() if number and not name.startswith("_")}
    held = HeldRecord.objects.filter(member_id=order.member_id).count()
    return counts | ({"held": held} if held else {})


def _log(act: str, order: Erasure, *, by: Actor, now: datetime, reason: str = "") -> None:
    details: Mapping[str, Any] = {"receipt": order.pk}
    deed = audit.Deed(
        room_id=audit.SITE,
        act=act,
        by=by,
        at=now,
        member_id=order.member_id,
        reason=reason,
        details=details,
    )
    audit.record(deed)


# --- receipts


def receipts_of(*, member_id: int) -> QuerySet[Erasure]:
    """The newest first."""
    return Erasure.objects.filter(member_id=member_id).order_by("-pk")[:RECEIPTS_SHOWN]


def receipt_object(order: Erasure) -> dict[str, Any]:
    """As the main server is shown it."""
    counts = {name: number for name, number in counts_of(order).items() if not name.startswith("_")}
    return {
        "erasureId": order.pk,
        "memberId": order.member_id,
        "state": order.state,
        "askedAt": wire_time(order.asked_at),
        "finishedAt": order.finished_at and wire_time(order.finished_at),
        "counts": counts,
    }
