"""Who may say or do something in a room now: mutes, read-only rooms, slow mode. Pure.

Managers are past read-only and slow mode, never past a mute of their own.
"""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from chatproject.room_errors import Muted, ReadOnlyRoom, TooSoon
from messaging.store.places import Place
from messaging.store.statements import RoomNumbers
from rooms.moderation.rights import Act, may, rank_of

_SLOW_S, _IS_READ_ONLY = (itemgetter(RoomNumbers._fields.index(name)) for name in ("slow_s", "is_read_only"))
_MUTED_UNTIL = itemgetter(Place._fields.index("muted_until"))


def binds_anybody(rooms: Mapping[Any, RoomNumbers], places: Mapping[Any, Place]) -> bool:
    """Whether anything may keep any of them from speaking: in nearly every batch nothing, and this tells so."""
    ruled = any(map(_SLOW_S, rooms.values())) or any(map(_IS_READ_ONLY, rooms.values()))
    return ruled or any(map(_MUTED_UNTIL, places.values()))


def is_bound(place: Place, room: RoomNumbers) -> bool:
    """Whether anything may keep the member from speaking."""
    return bool(place.muted_until is not None or room.slow_s or room.is_read_only)


def require_voice(place: Place, room: RoomNumbers, *, is_admin: bool, now: datetime) -> None:
    """Raises Muted, ReadOnlyRoom where the member says nothing there now."""
    require_unmuted(place, now=now)
    if room.is_read_only and not is_past_rules(place, is_admin=is_admin):
        raise ReadOnlyRoom


def require_unmuted(place: Place, *, now: datetime) -> None:
    """Raises Muted, with the seconds until the mute ends."""
    if place.muted_until is not None and (wait := place.muted_until - now) > timedelta(0):
        raise Muted(retry_after=_seconds(wait))


def require_pace(place: Place, room: RoomNumbers, *, is_admin: bool, now: datetime) -> None:
    """Raises TooSoon, with the seconds until the member's next message, where slow mode has them wait."""
    if not is_paced(place, room, is_admin=is_admin) or place.said_at is None:
        return
    pause = timedelta(seconds=room.slow_s)
    wait = min(place.said_at + pause - now, pause)  # the clock of another server may be ahead
    if wait > timedelta(0):
        raise TooSoon(retry_after=_seconds(wait))


def is_paced(place: Place, room: RoomNumbers, *, is_admin: bool) -> bool:
    """Whether slow mode is meant for the member."""
    return room.slow_s > 0 and not is_past_rules(place, is_admin=is_admin)


def is_past_rules(place: Place, *, is_admin: bool) -> bool:
    return may(Act.SPEAK_PAST_RULES, rank_of(place.role, is_admin=is_admin))


def _seconds(wait: timedelta) -> float:
    """Rounded up: who waits so long is not too early by a part of a millisecond."""
    return math.ceil(wait / timedelta(milliseconds=1)) / 1000
