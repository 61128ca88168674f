"""What is said in a batch, and the numbers that it gets under the locks of its rooms."""

from collections.abc import Callable, Container
from datetime import datetime

from chatproject.errors import ChatError, InvalidInput, ManagersOnly, RoomNotFound
from chatproject.room_errors import MessageHeld
from messaging.store import statements, voices
from messaging.store.attaching import Attaching
from messaging.store.drafts import Draft, Stored
from messaging.store.mentions import (
    MentionRow,
    insert_mentions,
    mention_rows,
    of_those_present,
)
from messaging.store.objects import server_name
from messaging.store.places import Place, update_read_marks, update_said
from messaging.store.statements import Key, MessageRow, RoomNumbers, Statement
from messaging.wire.content import client_id_from_hex
from messaging.wire.marks import NO_MARKS, Marks, stored_marks
from messaging.wire.protocol import MessageObject
from messaging.wire.times import wire_time
from rooms.models import Room
from rooms.moderation import rights
from rooms.selectors import refusal_of_stranger


class Ledger:
    """Gives the drafts of a batch their numbers, under the locks of their rooms."""

    def __init__(
        self,
        *,
        rooms: dict[int, RoomNumbers],
        places: dict[tuple[int, int], Place],
        present: set[tuple[int, int]],
        known: dict[Key, MessageObject],
        assistant_names: dict[int, str],
        now: datetime,
        ruling: Callable[[Draft], ChatError | None] = lambda _draft: None,
        held: Container[Key] = (),
        binds: bool = True,
        files: Attaching | None = None,
    ) -> None:
        """`binds` False: nothing keeps any of these members from speaking. `files` None: no draft has any."""
        self._rooms, self._places, self._known = rooms, places, known
        self._now, self.created_at = now, wire_time(now)
        self._present, self._assistant_names = present, assistant_names
        self._ruling, self._held = ruling, held
        self._binds, self._files = binds, files
        self.rows: list[MessageRow] = []
        self._mentions: list[MentionRow] = []
        self.read_marks: dict[int, int] = {}  # seq by participant id
        self._paced: set[int] = set()  # participants who said something where slow mode has them wait

    def enter(self, draft: Draft) -> Stored | ChatError:
        room = self._rooms.get(draft.room_id)
        if room is None:
            return RoomNotFound()
        place = None
        if draft.sender_id is not None:
            place = self._places.get((draft.room_id, draft.sender_id))
            if place is None:
                return refusal_of_stranger(room_id=draft.room_id)
        if (known := self._known.get(draft.key)) is not None:
            return Stored(known, room.roster_version, duplicate=True)
        if draft.reply_to is not None and draft.reply_to > room.last_seq:
            return InvalidInput()
        if draft.everyone and not _may_call_everyone(draft, place):
            return ManagersOnly()
        bound = place if self._binds and place is not None and self._is_bound(draft, room, place) else None
        if bound is not None and (silence := self._silence(draft, room, bound)) is not None:
            return silence
        if draft.attachments and (lack := self._lack_of(draft)) is not None:
            return lack
        if (draft.verdict or draft.release) and (refusal := self._ruling(draft)) is not None:
            if isinstance(refusal, MessageHeld):  # said, as far as its author goes
                self._note_held(draft, room, bound)
            return refusal
        if bound is not None:
            self._note_said(draft, room, bound)
        return self._enter_new(draft, room, place)

    def _is_bound(self, draft: Draft, room: RoomNumbers, place: Place) -> bool:
        """Whether silence and slow mode may be meant for it: not for what was held, and was said therefore."""
        return voices.is_bound(place, room) and draft.release is None and draft.key not in self._held

    def _silence(self, draft: Draft, room: RoomNumbers, place: Place) -> ChatError | None:
        """Muted, ReadOnlyRoom or TooSoon, where the member may say nothing now."""
        try:
            voices.require_voice(place, room, is_admin=draft.is_admin, now=self._now)
            voices.require_pace(place, room, is_admin=draft.is_admin, now=self._now)
        except ChatError as refusal:
            return refusal.with_traceback(None)  # as in `changes`
        return None

    def _lack_of(self, draft: Draft) -> ChatError | None:
        """Why it cannot have its files, unless it was held with them."""
        assert self._files is not None
        return None if draft.key in self._held else self._files.refusal_of(draft)

    def _note_held(self, draft: Draft, room: RoomNumbers, bound: Place | None) -> None:
        if bound is not None:
            self._note_said(draft, room, bound)
        if self._files is not None and draft.key not in self._held:
            self._files.hold(draft)

    def _note_said(self, draft: Draft, room: RoomNumbers, place: Place) -> None:
        """From now on slow mode counts."""
        if draft.sender_id is not None and voices.is_paced(place, room, is_admin=draft.is_admin):
            self._places[draft.room_id, draft.sender_id] = place._replace(said_at=self._now)
            self._paced.add(place.participant_id)

    def _enter_new(self, draft: Draft, room: RoomNumbers, place: Place | None) -> Stored:
        room = RoomNumbers(
            room.last_seq + 1,
            room.version + 1,
            room.roster_version,
            room.slow_s,
            room.is_read_only,
            room.is_private,
        )
        self._rooms[draft.room_id] = room
        seq, version = room.last_seq, room.version
        marks = self._marks_of(draft, seq)
        self.rows.append(
            MessageRow(
                draft.room_id,
                seq,
                version,
                draft.kind,
                draft.sender_id,
                draft.contents,
                draft.client_id,
                draft.reply_to,
                stored_marks(marks),
            )
        )
        if place is not None:
            self.read_marks[place.participant_id] = seq
        assistant_name = self._assistant_names.get(draft.room_id, "")
        message = MessageObject(
            room_id=draft.room_id,
            seq=seq,
            version=version,
            kind=draft.kind,
            sender_id=draft.sender_id,
            nick_name=place.nickname if place else server_name(draft.kind, assistant_name),
            message=draft.contents,
            created_at=self.created_at,
            client_id=client_id_from_hex(draft.client_id),
            reply_to=draft.reply_to,
            edited_at=None,
            deleted_at=None,
            mentions=marks.mentions,
            everyone=marks.everyone,
            model=marks.model,
            assisted=marks.assisted,
            attachments=marks.attachments,
        )
        self._known[draft.key] = message
        return Stored(message, room.roster_version, duplicate=False, is_new=True)

    def _marks_of(self, draft: Draft, seq: int) -> Marks:
        """Also notes the rows of those whom the draft mentions."""
        if not (draft.mentions or draft.everyone or draft.attachments or draft.assisted or draft.model):
            return NO_MARKS
        mentions = of_those_present(
            draft.mentions, room_id=draft.room_id, author_id=draft.sender_id, present=self._present
        )
        self._mentions += mention_rows(room_id=draft.room_id, seq=seq, mentions=mentions, everyone=draft.everyone)
        files = self._files.attach(draft, seq) if self._files is not None and draft.attachments else ()
        return Marks(
            mentions=mentions,
            everyone=draft.everyone,
            attachments=files,
            model=draft.model,
            assisted=draft.assisted,
        )

    def writes(self) -> list[Statement]:
        """What stores the rows that were entered."""
        now = self._now
        said = [update_said(self._paced, now=now)] if self._paced else []
        if self._files is not None:
            said += self._files.writes()
        if not self.rows:
            return said
        rooms = {room_id: self._rooms[room_id] for room_id in sorted({row.room_id for row in self.rows})}
        writes = [
            statements.insert_messages(self.rows, now=now),
            statements.update_rooms(rooms, now=now),
            *said,
        ]
        if self.read_marks:
            writes.append(update_read_marks(self.read_marks))
        if self._mentions:
            writes.append(insert_mentions(self._mentions))
        return writes


def _may_call_everyone(draft: Draft, place: Place | None) -> bool:
    rank = rights.rank_of(place.role if place else None, is_admin=draft.is_admin)
    is_group_chat = Room.objects.filter(pk=draft.room_id, is_group_chat=True).exists()  # seldom asked
    return rights.may(rights.Act.CALL_EVERYONE, rank, is_group_chat=is_group_chat)
