"""Whole rooms, made, renamed and deleted by staff and the main server, in their own name: each is logged.

Nobody is told here: what a caller must tell is returned.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chatproject.transactions import in_one_transaction
from rooms.deleted_rooms import Deleted, note_deleted
from rooms.deleting import delete_room
from rooms.locks import lock_group_room, lock_room, move_roster
from rooms.models import Room
from rooms.moderation import audit
from rooms.moderation.ranks import Acting
from rooms.moderation.renaming import call_otherwise
from rooms.moderation.rules import Rules, set_rules
from rooms.moderation.sanctions import clean_reason
from rooms.names import clean_room_name
from rooms.selectors import members_by_id
from rooms.services import RosterChange, open_group_room


@in_one_transaction
def found_room(
    *, name: str, member_ids: Sequence[int], owner_id: int | None, rules: Rules, acting: Acting, now: datetime
) -> tuple[Room, list[RosterChange]]:
    """A new group room with these members, and its owner, in it; and who came.

    Raises InvalidInput, RoomNameTaken, MemberNotFound.
    """
    everyone = list(dict.fromkeys([*([] if owner_id is None else [owner_id]), *member_ids]))
    room = open_group_room(name=name, member_ids=everyone, creator_id=owner_id)
    audit.record(_deed("room_made", room.pk, acting, now, members=everyone))
    set_rules(room_id=room.pk, rules=rules, by=acting, now=now)
    room.refresh_from_db()
    members = members_by_id(everyone)
    came = [RosterChange(room.pk, one, members[one].nickname, room.roster_version) for one in everyone]
    return room, came


@in_one_transaction
def rename_room(*, room_id: int, name: str, acting: Acting, now: datetime) -> int | None:
    """Call a group room otherwise; returns its roster version, None where it is called so already.

    Raises RoomNotFound, NotGroupRoom, InvalidInput, RoomNameTaken.
    """
    room, name = lock_group_room(room_id), clean_room_name(name)
    if room.name == name:
        return None
    before = room.name
    call_otherwise(room, name)
    audit.record(_deed("room_renamed", room_id, acting, now, name=[before, name]))
    return move_roster(room)


@in_one_transaction
def close_room(*, room_id: int, acting: Acting, now: datetime, why: str = "") -> Deleted:
    """Delete any room with everything in it but its log; returns what those in it are told, `why` among it.

    Raises RoomNotFound, InvalidInput.
    """
    why = clean_reason(why, is_needed=False)
    room = lock_room(room_id)
    audit.record(replace(_deed("room_deleted", room_id, acting, now, name=room.name), reason=why))
    deleted = note_deleted(room, why=why, now=now)
    delete_room(room_id=room_id)
    return deleted


def _deed(act: str, room_id: int, acting: Acting, now: datetime, **details: object) -> audit.Deed:
    return audit.Deed(room_id=room_id, act=act, by=acting.logged, at=now, details=details)
