"""Writes about members, rooms and places in them. Nobody is told here: what a caller must tell is returned.

Every change of a roster locks the room's row and moves `roster_version` in the same transaction, because storing a
message locks that row too (nobody removed slips one in) and the sweep reads only rosters that moved.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from chatproject.errors import (
    MemberNotFound,
    NotInRoom,
    RoomNameTaken,
    RoomNotFound,
    WrongJoinCode,
)
from chatproject.nicknames import same_names
from chatproject.outgoing.recording import Event, record
from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from rooms import selectors
from rooms.deleting import delete_with_all
from rooms.locks import lock_group_room, move_roster
from rooms.members.ages import note_age
from rooms.members.mirror import is_mirrored as is_mirrored
from rooms.members.mirror import make_nameless as make_nameless
from rooms.members.mirror import mirror_row
from rooms.models import Member, Participant, Room
from rooms.moderation import inviting, joining, sanctions
from rooms.moderation.joining import Asked
from rooms.moderation.roles import mend_ownership, name_heir, rooms_without_owner
from rooms.names import clean_room_name
from rooms.quotas import begin_count, count_room_made

Role = Participant.Role


@dataclass(frozen=True, slots=True)
class RosterChange:
    """One member came or went; `was_removed`: not by their own doing. `roster_version` is the room's after it, and
    `last_seq` how far the room was."""

    room_id: int
    member_id: int
    nickname: str
    roster_version: int
    was_removed: bool = False
    last_seq: int = 0
    changes_rules: bool = False  # who went had kept the room


# --- members -----------------------------------------------------------------------------------


def mirror_member(*, caller: Caller) -> Member:
    """The caller's member row, made or refreshed from the token's claims; writes only what differs.

    Raises as `mirror_row`. What the token says of the member's age is kept beside it.
    """
    member = mirror_row(caller)
    note_age(caller)
    return member


# --- group rooms -------------------------------------------------------------------------------


def create_group_room(*, caller: Caller, name: str) -> Room:
    """A new group room with the caller in it. Raises InvalidInput, RoomNameTaken, TooManyRequests."""
    name = clean_room_name(name)
    member_id = mirror_member(caller=caller).member_id
    begin_count(member_id=member_id)
    return _make_group_room(name, member_id)


@in_one_transaction
def _make_group_room(name: str, member_id: int) -> Room:
    count_room_made(member_id=member_id, now=timezone.now())
    return open_group_room(name=name, member_ids=[member_id], creator_id=member_id)


@in_one_transaction
def open_group_room(*, name: str, member_ids: Iterable[int], creator_id: int | None = None) -> Room:
    """A new group room with these members in it, for administrators and commands. Raises as the one above."""
    name = clean_room_name(name)
    members = [selectors.require_member(member_id=member_id) for member_id in dict.fromkeys(member_ids)]
    if Room.objects.filter(name__in=same_names(name)).exists():  # one kept decomposed breaks no constraint
        raise RoomNameTaken
    try:
        return create_room_with(
            Room(name=name, is_group_chat=True, creator_id=creator_id), members, owner_id=creator_id
        )
    except IntegrityError as error:
        raise RoomNameTaken from error


def create_room_with(room: Room, members: list[Member], *, owner_id: int | None = None) -> Room:
    """Store a new room with these in it. Raises IntegrityError where its name, or its pair, has one already."""
    room.roster_version, room.is_owned = len(members), owner_id is not None
    with transaction.atomic():
        room.save(force_insert=True)
        for member in members:
            role = Role.OWNER if member.member_id == owner_id else Role.MEMBER
            Participant.objects.create(room=room, member=member, role=role)
        record(*(_event("joined", room, member.member_id) for member in members))
    return room


def join_group_room(
    *,
    caller: Caller,
    room_id: int,
    now: datetime,
    code: str | None = None,
    words: str = "",
    invite: str | None = None,
) -> RosterChange | Asked | None:
    """The caller comes in, None when in already; Asked where a manager is to decide, with `words` for them.

    Who has an `invite` needs neither. Raises RoomNotFound, BlockedFromRoom, WrongJoinCode (also for a room that is
    not there, where a code is given), InviteEnded, and NotGroupRoom to those who are in that private room.
    """
    # apart from the join's transaction, here and below: a lock on the member while waiting for the room's would
    # deadlock with whoever stores that member's message under the room's lock
    member = mirror_member(caller=caller)
    try:
        selectors.require_visible_room(room_id=room_id, member_id=member.member_id)
        is_admin = caller.role == Member.Role.ADMIN
        return _come_in(room_id, member, now, code, words, invite=invite, is_admin=is_admin)
    except RoomNotFound:
        if code is None:
            raise
        raise WrongJoinCode from None


@in_one_transaction
def _come_in(
    room_id: int,
    member: Member,
    now: datetime,
    code: str | None,
    words: str,
    *,
    invite: str | None,
    is_admin: bool,
) -> RosterChange | Asked | None:
    room = lock_group_room(room_id)
    if room.participants.filter(member=member).exists():
        return None
    sanctions.require_admission(room_id=room_id, member_id=member.member_id, now=now)
    if invite is not None and not is_admin:
        inviting.use_invite(room, code=invite, now=now)
    elif not is_admin and (
        asked := joining.ask_entry(room, member_id=member.member_id, code=code, words=words, now=now)
    ):
        return asked
    joining.settle(room, member_id=member.member_id, now=now)
    return _add_place(room, member, now=now)


def leave_group_room(*, caller: Caller, room_id: int) -> RosterChange:
    """The caller goes; the last one out deletes the room.

    Raises RoomNotFound and NotGroupRoom as above, and MemberNotFound where the caller is not in it: front-ends of
    the replaced server, which told it so, take a 403 for an expired token.
    """
    member = mirror_member(caller=caller)
    selectors.require_visible_room(room_id=room_id, member_id=member.member_id)
    change = remove_participant(room_id=room_id, member_id=member.member_id, is_own_doing=True)
    if change is None:
        raise MemberNotFound(NotInRoom.default_message)
    return change


@in_one_transaction
def add_participant(*, room_id: int, member_id: int, now: datetime | None = None) -> RosterChange | None:
    """Put a member into a group room, kept out or not; None when in already."""
    room = lock_group_room(room_id)
    return _add_place(room, selectors.require_member(member_id=member_id), now=now or timezone.now())


def _add_place(room: Room, member: Member, *, now: datetime) -> RosterChange | None:
    """What was said before counts as read. Who was muted or slowed down before they went is so still."""
    muted_until = sanctions.muted_until(room_id=room.pk, member_id=member.pk, now=now)
    began = {"read_seq": room.last_seq, "joined_seq": room.last_seq, "muted_until": muted_until}
    if room.slow_s:
        began["said_at"] = room.messages.filter(sender=member).aggregate(last=Max("created_at"))["last"]
    _place, is_new = Participant.objects.get_or_create(room=room, member=member, defaults=began)
    return move_roster_for(room, member, "joined") if is_new else None


@in_one_transaction
def remove_participant(*, room_id: int, member_id: int, is_own_doing: bool = False) -> RosterChange | None:
    """Take a member out of a group room, whoever asks; None when not in it. The last one out deletes the room."""
    room = lock_group_room(room_id)
    place = Participant.objects.select_related("member").filter(room=room, member_id=member_id).first()
    if place is None:
        return None
    place.delete()
    name_heir(room, now=timezone.now())
    change = move_roster_for(room, place.member, "left", removed=not is_own_doing)
    if not room.participants.exists():
        delete_with_all(room)
    return replace(change, was_removed=not is_own_doing, changes_rules=place.role != Role.MEMBER)


@in_one_transaction
def move_rosters(*, room_ids: Collection[int]) -> None:
    """Somebody's places in these rooms went with their user, by the database's own doing: have the sweeps look.

    Where it was the owner, another follows.
    """
    Room.objects.filter(pk__in=room_ids).update(roster_version=F("roster_version") + 1)
    for room_id in sorted(rooms_without_owner(room_ids)):
        mend_ownership(room_id=room_id, now=timezone.now())


def _event(kind: str, room: Room, member_id: int, **details: bool) -> Event:
    return Event(kind, room.room_id, member_id=member_id, details=details)


def move_roster_for(room: Room, member: Member, kind: str, **details: bool) -> RosterChange:
    record(_event(kind, room, member.member_id, **details))
    version = move_roster(room)
    return RosterChange(room.room_id, member.member_id, member.nickname, version, last_seq=room.last_seq)
