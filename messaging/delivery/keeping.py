"""How rooms are kept, told to those who listen here or whose inbox has them: read from the database at each
change, and sent to each session as it is for its member.

The notice of a change only says that there is one. What is told is always what stands, so nothing depends on the
order of notices, or on their coming: the sweep finds rosters that moved, and has them told here too.
"""

import asyncio
import logging
from datetime import datetime
from sys import intern
from typing import Any

from django.utils import timezone

from chatproject.errors import StoreUnavailable
from messaging.delivery.audience import RoomAudience
from messaging.delivery.hub import Hub
from messaging.store.database import Database
from messaging.store.standings import OwnRules
from messaging.wire.protocol import encode
from messaging.wire.room_frames import RoomRules
from messaging.wire.times import wire_time
from rooms.moderation import rules
from rooms.moderation.roles import mend_ownership
from rooms.moderation.rules import Personal

logger = logging.getLogger(__name__)

STRANGER = Personal("member", muted_until=None, on_duty=True)  # an ADMIN who is not in the room


def rules_frame(found: rules.RoomRules, personal: Personal | None, *, now: datetime) -> RoomRules:
    """The room as it is kept, for who stands in it so. msgspec leaves out what *is* the default: so `intern`."""
    room, own = found.room, personal or STRANGER
    return RoomRules(
        room_id=room.pk,
        owner_id=found.owner_id,
        manager_ids=found.manager_ids,
        slow_seconds=room.slow_s,
        read_only=room.is_read_only,
        joining=intern(room.joining),  # type: ignore[arg-type]  # the choices are the same
        counselling=room.is_counselling,
        room_name=intern(room.name or ""),
        description=intern(room.description),
        role=intern(own.role),  # type: ignore[arg-type]
        muted_until=_end_of(own.muted_until, now),
        on_duty=own.on_duty,
        first_seq=room.first_seq,
    )


def own_rules(own: OwnRules, *, now: datetime) -> dict[str, Any]:
    """What `subscribed` says of them."""
    return {
        "role": intern(own.role),
        "slow_seconds": own.slow_s,
        "read_only": own.is_read_only,
        "muted_until": _end_of(own.muted_until, now),
    }


def _end_of(muted_until: datetime | None, now: datetime) -> str | None:
    """None where it is over."""
    return wire_time(muted_until) if muted_until is not None and muted_until > now else None


class Keeping:
    """Tells those at this process. Of a room one read at a time: what changes meanwhile is read again."""

    def __init__(self, *, database: Database, hub: Hub) -> None:
        self._database, self._hub = database, hub
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        self._owed: set[int] = set()  # the database did not answer

    def tell_soon(self, room_id: int) -> None:
        """Tell those who know the room how it is kept now, or after the read that is under way."""
        if room_id not in self._hub.rooms:
            return
        self._again.add(room_id)
        if room_id not in self._tasks:
            self._tasks[room_id] = asyncio.create_task(self._tell(room_id), name=f"keeping-{room_id}")

    def tell_owed(self) -> None:
        """Try again where the database was away."""
        owed, self._owed = self._owed, set()
        for room_id in owed:
            self.tell_soon(room_id)

    async def stop(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _tell(self, room_id: int) -> None:
        try:
            while room_id in self._again:
                self._again.discard(room_id)
                await self._tell_once(room_id)
        except StoreUnavailable:
            self._owed.add(room_id)
            logger.warning("how room %d is kept is told when the store is back", room_id)
        except Exception:
            self._owed.add(room_id)
            logger.exception("telling how room %d is kept failed; the next sweep tries again", room_id)
        finally:
            self._again.discard(room_id)
            del self._tasks[room_id]

    async def _tell_once(self, room_id: int) -> None:
        audience = self._hub.rooms.get(room_id)
        if audience is None:
            return
        found = await self._database.run(rules.room_rules, room_id=room_id, member_ids=_who_is_told(audience))
        if found is None:
            return  # the sweep sees the listeners off
        if found.is_orphaned:
            mended = await self._database.run(mend_ownership, room_id=room_id, now=timezone.now())
            if mended is not None:
                self._again.add(room_id)
                return
        self._hand_out(audience, found)

    def _hand_out(self, audience: RoomAudience, found: rules.RoomRules) -> None:
        texts: dict[Personal | None, bytes] = {}
        now = timezone.now()
        sessions = [session for session in audience.informed() if not session.is_v1]
        for session in sessions:
            personal = found.personal.get(session.member_id)
            if personal not in texts:
                texts[personal] = encode(rules_frame(found, personal, now=now))
            session.push_text(texts[personal])
        self._hub.sent["ephemeral"] += len(sessions)


def _who_is_told(audience: RoomAudience) -> set[int]:
    return {session.member_id for session in audience.informed() if not session.is_v1}
