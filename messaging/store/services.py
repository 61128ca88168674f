"""The writes: a batch of messages in one transaction. Tells nobody; that is `server`'s work."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import IntegrityError

from chatproject.errors import ChatError, InvalidInput, ManagersOnly, RoomNotFound
from messaging.store import statements
from messaging.store.act_statements import read_scenes
from messaging.store.acts import Act, EditAct, Later, Target
from messaging.store.changes import Changes, Verdict
from messaging.store.mentions import (
    MentionRow,
    insert_mentions,
    may_call_everyone,
    mention_rows,
    of_those_present,
    read_present,
)
from messaging.store.objects import messages_by_id, server_name
from messaging.store.statements import Key, MessageRow, RoomNumbers, Statement
from messaging.wire.content import client_id_from_hex
from messaging.wire.marks import NO_MARKS, Marks, stored_marks
from messaging.wire.protocol import MessageObject
from messaging.wire.times import wire_time
from rooms.selectors import assistant_names, refusal_of_stranger

Kind = Literal["member", "assistant", "notice"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that is not stored yet. `sender_id` None: the server itself speaks, as `kind` says."""

    room_id: int
    sender_id: int | None
    contents: str
    client_id: str  # 32 hexadecimal digits; what makes a repeat harmless
    kind: Kind = "member"
    reply_to: int | None = None
    mentions: tuple[int, ...] = ()  # whoever of them is not in the room is dropped
    everyone: bool = False  # for managers
    is_admin: bool = False  # the sender's token says so

    @property
    def key(self) -> Key:
        return self.room_id, self.sender_id, self.client_id


@dataclass(frozen=True, slots=True)
class Stored:
    """A committed message and the membership it was stored under. `duplicate`: nothing was stored by this call."""

    message: MessageObject
    roster_version: int
    duplicate: bool
    also: tuple[MessageObject, ...] = ()  # what else it changed: the message whose pin another one's ended


Outcome = Stored | Later | ChatError


def store_messages(drafts: Sequence[Draft], *, now: datetime) -> list[Stored | ChatError]:
    """As `store_batch`, of what is said alone."""
    return [outcome for outcome in store_batch(drafts, now=now) if not isinstance(outcome, Later)]


def store_batch(entries: Sequence[Draft | Act], *, now: datetime) -> list[Outcome]:
    """Store what is said and done in one transaction; return for each what it became or why it was refused.

    Order is that of `entries`: a room's seq and version follow it, those of what is said before those of what is
    done to messages. What is refused never fails its neighbours.
    Raises what the database raises; then nothing of the batch is stored, or its outcome is unknown after a lost
    connection: repeating the very same entries is right in both cases.
    """
    try:
        return _store(entries, now=now, look_up=False)
    except IntegrityError:
        # Some client id is stored already. Looking up every time would cost every batch what few need.
        return _store(entries, now=now, look_up=True)


def _store(entries: Sequence[Draft | Act], *, now: datetime, look_up: bool) -> list[Outcome]:
    drafts = [entry for entry in entries if isinstance(entry, Draft)]
    acts = [entry for entry in entries if isinstance(entry, Act)]
    callers = {(draft.room_id, draft.sender_id) for draft in drafts} | {
        (act.room_id, act.member_id) for act in acts
    }
    named = {(entry.room_id, one) for entry in entries for one in _named_by(entry)}
    with statements.OneTransaction() as batch:
        rooms, places, *others = batch.begin(
            statements.lock_rooms({entry.room_id for entry in entries}),
            statements.read_places({(room_id, who) for room_id, who in callers if who is not None}),
            *([read_present(named)] if named else []),
            *([read_scenes({act.room_id for act in acts})] if acts else []),
        )
        present = others.pop(0) if named else set()
        # The unique key does not hold for rows without a sender, so these are always looked up.
        found = statements.find_messages(draft.key for draft in drafts if look_up or draft.sender_id is None)
        messages = messages_by_id(found)
        ledger = _Ledger(
            rooms=rooms,
            places=places,
            present=present,
            known={found[message_id]: message for message_id, message in messages.items()},
            assistant_names=assistant_names(room_ids={d.room_id for d in drafts if d.kind == "assistant"}),
            created_at=wire_time(now),
        )
        said = iter([ledger.enter(draft) for draft in drafts])
        writes = ledger.writes(now)
        done: Iterator[Outcome] = iter(())
        if acts:
            if writes:
                statements.run(*writes)  # before: the acts may be about these
            changes = Changes(acts, numbers=rooms, places=[*places, *present], scenes=others.pop(), now=now)
            verdicts, writes = changes.make()
            done = iter([_outcome_of(verdict, rooms, changes) for verdict in verdicts])
        if writes or acts:
            batch.commit(*writes)
    return [next(said) if isinstance(entry, Draft) else next(done) for entry in entries]


def _named_by(entry: Draft | Act) -> tuple[int, ...]:
    return (entry.mentions or ()) if isinstance(entry, Draft | EditAct) else ()


def _outcome_of(verdict: Verdict, rooms: Mapping[int, RoomNumbers], changes: Changes) -> Outcome:
    if not isinstance(verdict, Target):
        return verdict
    room_id = verdict.row.room_id
    return Stored(
        message=changes.message_of(verdict),
        roster_version=rooms[room_id].roster_version,
        duplicate=not verdict.is_changed,
        also=changes.take_others(room_id),
    )


class _Ledger:
    """Gives the drafts of a batch their numbers, under the locks of their rooms."""

    def __init__(
        self,
        *,
        rooms: dict[int, RoomNumbers],
        places: dict[tuple[int, int], statements.Place],
        present: set[tuple[int, int]],
        known: dict[Key, MessageObject],
        assistant_names: dict[int, str],
        created_at: str,
    ) -> None:
        self._rooms, self._places, self._known, self._created_at = rooms, places, known, created_at
        self._present, self._assistant_names = present, assistant_names
        self.rows: list[MessageRow] = []
        self._mentions: list[MentionRow] = []
        self._read_marks: dict[int, int] = {}  # seq by participant id

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
        if draft.everyone and not may_call_everyone(
            room_id=draft.room_id, member_id=draft.sender_id, is_admin=draft.is_admin
        ):
            return ManagersOnly()
        return self._enter_new(draft, room, place)

    def _enter_new(self, draft: Draft, room: RoomNumbers, place: statements.Place | None) -> Stored:
        room = RoomNumbers(room.last_seq + 1, room.version + 1, room.roster_version)
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
            self._read_marks[place.participant_id] = seq
        assistant_name = self._assistant_names.get(draft.room_id, "")
        message = MessageObject(
            room_id=draft.room_id,
            seq=seq,
            version=version,
            kind=draft.kind,
            sender_id=draft.sender_id,
            nick_name=place.nickname if place else server_name(draft.kind, assistant_name),
            message=draft.contents,
            created_at=self._created_at,
            client_id=client_id_from_hex(draft.client_id),
            reply_to=draft.reply_to,
            edited_at=None,
            deleted_at=None,
            mentions=marks.mentions,
            everyone=marks.everyone,
        )
        self._known[draft.key] = message
        return Stored(message, room.roster_version, duplicate=False)

    def _marks_of(self, draft: Draft, seq: int) -> Marks:
        """Also notes the rows of those whom the draft mentions."""
        if not draft.mentions and not draft.everyone:
            return NO_MARKS
        mentions = of_those_present(
            draft.mentions, room_id=draft.room_id, author_id=draft.sender_id, present=self._present
        )
        self._mentions += mention_rows(room_id=draft.room_id, seq=seq, mentions=mentions, everyone=draft.everyone)
        return Marks(mentions=mentions, everyone=draft.everyone)

    def writes(self, now: datetime) -> list[Statement]:
        """What stores the rows that were entered."""
        if not self.rows:
            return []
        rooms = {room_id: self._rooms[room_id] for room_id in sorted({row.room_id for row in self.rows})}
        writes = [statements.insert_messages(self.rows, now=now), statements.update_rooms(rooms, now=now)]
        if self._read_marks:
            writes.append(statements.update_read_marks(self._read_marks))
        if self._mentions:
            writes.append(insert_mentions(self._mentions))
        return writes
