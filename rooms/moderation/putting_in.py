"""Many members put into a group room at once, or one taken out, by the main server. Nobody is told here.

However many, it is few statements: while the room's lock is held nothing is said there, nor in the other rooms of
the same batch.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from django.db.models import Max

from chatproject.outgoing.recording import Event, record
from chatproject.transactions import in_one_transaction
from rooms.locks import lock_group_room
from rooms.models import Member, Participant, Room
from rooms.moderation import audit, sanctions
from rooms.moderation.imposing import LIFTED
from rooms.moderation.ranks import Acting
from rooms.moderation.sanctions import Kind, told_event, told_of
from rooms.moderation_models import JoinRequest
from rooms.selectors import members_by_id
from rooms.services import RosterChange, remove_participant

Outcome = Literal["joined", "already", "unknown"]


class PutIn(NamedTuple):
    """What became of each, in the order in which they were named; and who came."""

    outcomes: dict[int, Outcome]
    came: list[RosterChange]


@in_one_transaction
def put_all_in(*, room_id: int, member_ids: Sequence[int], acting: Acting, now: datetime) -> PutIn:
    """Put these members in, each once. Lifts what keeps them out, not a mute; who asked to come asks no more.

    Raises RoomNotFound, NotGroupRoom.
    """
    room = lock_group_room(room_id)
    members = members_by_id(member_ids)
    places = Participant.objects.filter(room=room, member_id__in=member_ids)
    present = set(places.values_list("member_id", flat=True))
    new = [members[one] for one in dict.fromkeys(member_ids) if one in members and one not in present]
    outcomes: dict[int, Outcome] = {
        one: "unknown" if one not in members else "already" if one in present else "joined" for one in member_ids
    }
    if not new:
        return PutIn(outcomes, [])
    deeds = _lift_removals(room, new, acting, now)
    waiting = JoinRequest.objects.filter(room=room, member__in=new, admitted=None)
    waiting.update(admitted=True, decided_at=now)
    _give_places(room, new, now)
    audit.record(*deeds, *(_deed("put_in", room, one.member_id, acting, now) for one in new))
    record(*(Event("joined", room_id, member_id=one.member_id) for one in new))
    before, room.roster_version = room.roster_version, room.roster_version + len(new)
    room.save(update_fields=["roster_version"])
    came = [
        RosterChange(room_id, one.member_id, one.nickname, before + number, last_seq=room.last_seq)
        for number, one in enumerate(new, start=1)
    ]
    return PutIn(outcomes, came)


def _give_places(room: Room, members: Collection[Member], now: datetime) -> None:
    """As `services` gives one: what was said before counts as read; who was muted or slowed down is so still."""
    mutes = sanctions.in_force(now).filter(room=room, member__in=members, kind=Kind.MUTE)
    muted_until = dict(mutes.values_list("member_id").annotate(Max("until")))
    said_at: dict[int, datetime] = {}
    if room.slow_s:
        said = room.messages.filter(sender__in=members).values_list("sender_id")
        said_at = dict(said.annotate(Max("created_at")))
    Participant.objects.bulk_create(
        Participant(
            room=room,
            member=one,
            read_seq=room.last_seq,
            joined_seq=room.last_seq,
            muted_until=muted_until.get(one.member_id),
            said_at=said_at.get(one.member_id),
        )
        for one in members
    )


def _lift_removals(room: Room, members: Collection[Member], acting: Acting, now: datetime) -> list[audit.Deed]:
    held = sanctions.in_force(now).filter(room=room, member__in=members, kind=Kind.REMOVE)
    lifted = sanctions.lift_all(held, acting=acting, now=now)
    told = [told_of(sanction, room=room, lifted=True) for sanction in lifted]
    record(*(told_event(one) for one in told if one is not None))
    return [_deed(LIFTED[Kind.REMOVE], room, sanction.member_id, acting, now) for sanction in lifted]


@in_one_transaction
def take_out(*, room_id: int, member_id: int, acting: Acting, now: datetime) -> RosterChange | None:
    """Take a member out who may come again: no sanction. None when not in. The last one out deletes the room.

    Raises RoomNotFound, NotGroupRoom.
    """
    room = lock_group_room(room_id)
    change = remove_participant(room_id=room_id, member_id=member_id)
    if change is not None:
        audit.record(_deed("taken_out", room, member_id, acting, now))
    return change


def _deed(act: str, room: Room, member_id: int | None, acting: Acting, now: datetime) -> audit.Deed:
    return audit.Deed(room_id=room.pk, act=act, by=acting.logged, at=now, member_id=member_id)
