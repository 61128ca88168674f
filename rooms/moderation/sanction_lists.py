"""What was done, as members and managers read it: one's own sanctions, a room's, and its log. Reads only.

Of staff nobody but staff learns who it was: by their rank they are "staff".
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from chatproject.tokens import Caller
from rooms.audit_models import AuditEntry
from rooms.models import Member, Participant, Room
from rooms.moderation import audit, objections
from rooms.moderation.ranks import Acting, ranks_in, require_right
from rooms.moderation.rights import Act, Rank
from rooms.moderation.sanctions import BY_RANK, in_force
from rooms.moderation_models import Objection, Sanction
from rooms.selectors import require_visible_room

PAGE_DEFAULT = 50
PAGE_MAX = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, the newest first; `next_before` is the cursor of what follows, None at the end."""

    entries: list[dict[str, Any]]
    next_before: int | None


# --- one's own


def my_sanctions(*, member_id: int, before: int | None, limit: int, now: datetime) -> Page:
    """What was done to this member, in whatever room, and whether they may object. Not who did it."""
    rows = _page(
        Sanction.objects.filter(member_id=member_id, is_told=True).select_related("room", "objection"),
        before,
        limit,
    )
    return _paged([_own(sanction, now) for sanction in rows], rows, limit, "sanction_id")


def _own(sanction: Sanction, now: datetime) -> dict[str, Any]:
    objection = getattr(sanction, "objection", None)
    return {
        **_terms(sanction, now),
        "roomName": sanction.room.name or "",
        "objectUntil": objections.object_until(sanction),
        "mayObject": objections.may_object(sanction, has_objected=objection is not None, now=now),
        "objection": objection and _said(objection),
    }


def _said(objection: Objection) -> dict[str, Any]:
    return {
        "words": objection.words,
        "madeAt": objection.made_at,
        "decision": objection.decision or None,
        "answer": objection.answer,
        "decidedAt": objection.decided_at,
    }


def _terms(sanction: Sanction, now: datetime) -> dict[str, Any]:
    is_over = sanction.lifted_at is not None or (sanction.until is not None and sanction.until <= now)
    return {
        "sanctionId": sanction.sanction_id,
        "roomId": sanction.room_id,
        "act": sanction.kind,
        "seq": sanction.seq,
        "reason": sanction.reason,
        "by": BY_RANK.get(sanction.rank, "staff"),
        "since": sanction.since,
        "until": sanction.until,
        "liftedAt": sanction.lifted_at,
        "isInForce": not is_over,
    }


# --- a room's, for its managers


def require_sight(*, room_id: int, caller: Caller) -> Acting:
    """Who looks. Raises RoomNotFound, NotGroupRoom, NotInRoom, ManagersOnly where the caller may not see it."""
    is_admin = caller.role == Member.Role.ADMIN
    room = Room.objects.filter(pk=room_id, is_group_chat=True).first() if is_admin else None
    if room is None:
        room, _place = require_visible_room(room_id=room_id, member_id=caller.member_id)
    return require_right(Act.SEE_ACTS, room=room, by=caller)


def room_sanctions(*, room_id: int, before: int | None, limit: int, with_ended: bool, now: datetime) -> Page:
    """What holds in the room, or with what has ended."""
    found = Sanction.objects.filter(room_id=room_id) if with_ended else in_force(now).filter(room_id=room_id)
    rows = _page(found.select_related("member", "imposed_by", "lifted_by"), before, limit)
    return _paged([_of_room(sanction, now) for sanction in rows], rows, limit, "sanction_id")


def _of_room(sanction: Sanction, now: datetime) -> dict[str, Any]:
    return {
        **_terms(sanction, now),
        "member": _person(sanction.member),
        "imposedBy": _person(sanction.imposed_by),
        "liftedBy": _person(sanction.lifted_by),
    }


def _person(member: Member | None) -> dict[str, Any] | None:
    return None if member is None else {"memberId": member.member_id, "nickName": member.nickname}


def room_log(*, room_id: int, acting: Acting, before: int | None, limit: int) -> Page:
    """The room's audit log by its numbers: for members without what is not for them, see `_kept_from`."""
    rows = list(audit.entries_of(room_id=room_id, before=before, limit=limit + 1, but=_kept_from(room_id, acting)))
    people = Member.objects.in_bulk(_people_in(rows[:limit]))
    return _paged([_line(entry, people) for entry in rows[:limit]], rows, limit, "number")


def _kept_from(room_id: int, acting: Acting) -> Q | None:
    """Cases that others decide, as in the list of cases: about the room and those who are not below; and concerns
    about who looks."""
    if acting.rank >= Rank.STAFF:
        return None
    keepers = Participant.objects.filter(room_id=room_id).exclude(role=Participant.Role.MEMBER)
    ranks = ranks_in(
        room_id=room_id, member_ids=[*keepers.values_list("member_id", flat=True), acting.member_id or 0]
    )
    above = [one for one, rank in ranks.items() if rank >= acting.rank]
    about_them = Q(member_id__in=above) | Q(member_id=None, seq=None)
    own = Q(act__in=["concern_seen", "concern_closed"], member_id=acting.member_id)
    return Q(about_them, act="case_decided") | own


def _people_in(entries: Iterable[AuditEntry]) -> Iterator[int]:
    for entry in entries:
        if entry.member_id is not None:
            yield entry.member_id
        if entry.actor_kind == AuditEntry.Actor.MEMBER and entry.actor_id is not None:
            yield entry.actor_id


def _line(entry: AuditEntry, people: dict[int, Member]) -> dict[str, Any]:
    is_member = entry.actor_kind == AuditEntry.Actor.MEMBER
    return {
        "number": entry.number,
        "at": entry.at,
        "act": entry.act,
        "by": entry.actor_kind,
        "actor": _person(people.get(entry.actor_id or 0)) if is_member else None,
        "member": _person(people.get(entry.member_id or 0)),
        "seq": entry.seq,
        "reason": entry.reason,
        "until": entry.until,
        "details": json.loads(entry.details) if entry.details else {},
    }


# --- pages


def _page(found: QuerySet[Sanction], before: int | None, limit: int) -> list[Sanction]:
    if before is not None:
        found = found.filter(sanction_id__lt=before)
    return list(found.order_by("-sanction_id")[: limit + 1])


def _paged(entries: list[dict[str, Any]], rows: list[Any], limit: int, cursor: str) -> Page:
    has_next = len(rows) > limit
    return Page(entries[:limit], getattr(rows[limit - 1], cursor) if has_next else None)
