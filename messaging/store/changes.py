"""The acts of a batch in its transaction: reads what their rules need, applies them, writes what changed.

All that a batch does to one message is one change, and takes one version.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from django.conf import settings

from chatproject.errors import ChatError, NotInRoom, RoomNotFound
from messaging.store import act_statements, change_reads, erasing, statements
from messaging.store.acts import (
    Act,
    DeleteAct,
    HideAct,
    Later,
    PinAct,
    RoomScene,
    Rules,
    Target,
)
from messaging.store.change_writes import covers, writes_of
from messaging.store.drafts import Aside
from messaging.store.file_writes import file_writes
from messaging.store.hidings import write_hidings
from messaging.store.judging import Judge
from messaging.store.objects import message_object
from messaging.store.places import Place
from messaging.store.statements import RoomNumbers, Statement
from messaging.wire.marks import stored_marks
from messaging.wire.protocol import MessageObject
from rooms.moderation.sanctions import Told

Address = tuple[int, int]  # room, seq; or room, member
Verdict = Target | Later | ChatError  # what the act was done to, or why it was not


def rules() -> Rules:
    """Those that the settings say."""
    return Rules(
        edit_within=timedelta(hours=settings.EDIT_WITHIN_HOURS),
        delete_within=timedelta(hours=settings.DELETE_WITHIN_HOURS),
        reaction_keys=settings.REACTION_KEYS,
    )


class Changes:
    """The acts of one batch. What changes takes its version from `numbers`, those of the locked rooms."""

    def __init__(
        self,
        acts: Sequence[Act],
        *,
        numbers: dict[int, RoomNumbers],
        places: Mapping[Address, Place],
        present: Iterable[Address],
        scenes: Mapping[int, act_statements.SceneRow],
        now: datetime,
        require_sayable: Callable[[Act], None] = lambda _act: None,
    ) -> None:
        self._acts, self._numbers, self._now = acts, numbers, now
        self._require_sayable = require_sayable
        self._scenes = {room_id: RoomScene(room_id=room_id, **row._asdict()) for room_id, row in scenes.items()}
        self._targets: dict[Address, Target] = {}
        self._judge = Judge(rules=rules(), rooms=self._scenes, targets=self._targets, numbers=numbers, now=now)
        self._messages: dict[int, MessageObject] = {}
        self._others: list[Target] = []
        self._told: dict[Address, list[Told]] = {}
        self.changed: list[Target] = []  # once made, as they are then
        self.told: list[Told] = []  # in their order, what whose messages they are is told of hidings
        self._seat(places, present)

    def _seat(self, places: Mapping[Address, Place], present: Iterable[Address]) -> None:
        for room_id, member_id in (*places, *present):
            if room_id in self._scenes:
                self._scenes[room_id].members.add(member_id)
        for (room_id, member_id), place in places.items():
            if room_id in self._scenes:
                self._scenes[room_id].places[member_id] = place

    def _read(self) -> None:
        """What the rules need."""
        self._targets |= change_reads.read_targets(self._acts, self._scenes)
        change_reads.read_reactors(self._acts, self._targets)
        change_reads.read_authors(self._acts, self._targets, self._scenes)
        change_reads.read_what_hides(self._acts, self._targets)
        self._files = change_reads.read_files(self._acts, self._targets)

    # --- what the acts do

    def make(self) -> tuple[list[Verdict], list[Statement]]:
        """Apply the acts in their order; returns what became of each, and what stores it."""
        self._read()
        verdicts = [self._apply(act) for act in self._acts]
        self._write_reactions()
        logged = self._write_hidings()
        self.changed = [target for target in self._targets.values() if target.is_changed]
        for target in self.changed:
            self._give_version(target)
        acted_on = {id(verdict) for verdict in verdicts}
        self._others = [target for target in self.changed if id(target) not in acted_on]
        return verdicts, [*logged, *self._writes(self.changed), *self._file_writes()]

    def message_of(self, target: Target) -> MessageObject:
        """The message as the acts left it, one object for all that were about it."""
        if target.message_id not in self._messages:
            self._messages[target.message_id] = message_object(target.row)
        return self._messages[target.message_id]

    def take_others(self, room_id: int) -> tuple[MessageObject, ...]:
        """The room's messages that changed without an act on them, once."""
        others = [target for target in self._others if target.row.room_id == room_id]
        self._others = [target for target in self._others if target.row.room_id != room_id]
        return tuple(map(self.message_of, others))

    def aside_of(self, target: Target) -> Aside | None:
        """What the message's author is to be told of it, once, and when what hides it ends."""
        told = tuple(self._told.pop((target.row.room_id, target.row.seq), ()))
        ends_at = min((one.until for one in target.hidings if one.until is not None), default=None)
        return Aside(told, ends_at) if told or ends_at else None

    def _apply(self, act: Act) -> Verdict:
        try:
            self._require_admission(act)
            self._require_sayable(act)
            return self._judge.apply(act)
        except ChatError as error:
            return error.with_traceback(None)  # else it holds the list that holds it

    def _require_admission(self, act: Act) -> None:
        room = self._scenes.get(act.room_id)
        if room is None:
            raise RoomNotFound
        if act.member_id is None or act.member_id in room.members:
            return
        if not room.is_group_chat:
            raise RoomNotFound  # to a stranger there is no such room
        if not (act.is_admin and isinstance(act, DeleteAct | HideAct | PinAct)):
            raise NotInRoom

    def _give_version(self, target: Target) -> None:
        room_id = target.row.room_id
        numbers = self._numbers[room_id]
        self._numbers[room_id] = numbers = numbers._replace(version=numbers.version + 1)
        target.row = target.row._replace(version=numbers.version, marks=stored_marks(target.marks))

    def _write_reactions(self) -> None:
        """A digest is counted anew each time, so that it is right whatever it was before."""
        on, off, reacted = [], [], []
        for target in self._targets.values():
            on += [one for one, is_on in target.toggled.items() if is_on and one not in target.reactors]
            off += [one for one, is_on in target.toggled.items() if not is_on and one in target.reactors]
            if target.toggled or target.forgotten:
                reacted.append(target)
        if not reacted:
            return
        *_written, digests = statements.run(
            *([act_statements.delete_reactions(off)] if off else []),
            *erasing.forget_reactions(reacted),
            *([act_statements.insert_reactions(on, now=self._now)] if on else []),
            act_statements.read_digests([target.message_id for target in reacted]),
        )
        for target in reacted:
            told = digests.get(target.message_id, ())
            target.marks = msgspec.structs.replace(target.marks, reactions=told)

    def _write_hidings(self) -> list[Statement]:
        """What is left to write behind them: the log."""
        steps, deeds = self._judge.hider.steps, self._judge.deeds
        if not (steps or deeds):
            return []
        logged, self._told = write_hidings(steps, scenes=self._scenes, also=deeds, now=self._now)
        self.told = [one for told in self._told.values() for one in told]
        return logged

    def _file_writes(self) -> list[Statement]:
        """What the acts leave of files: see `file_writes`."""
        terms = {room_id: scene.keeps_files for room_id, scene in self._scenes.items()}
        return file_writes(self._acts, self._targets, read=self._files, terms=terms, now=self._now)

    def _writes(self, changed: Sequence[Target]) -> list[Statement]:
        """What stores the changes, but for the reactions."""
        if not changed:
            return []
        rows = {target.message_id: (target.row.version, target.row.marks) for target in changed}
        room_ids = sorted({target.row.room_id for target in changed})
        rooms = {
            room_id: (self._numbers[room_id].version, self._scenes[room_id].pinned_seq) for room_id in room_ids
        }
        texts = [target.message_id for target in changed if target.has_another_text]
        return [
            act_statements.update_marks(rows, now=self._now),
            *(statement for target in changed for statement in writes_of(target)),
            *erasing.empty_texts(changed, now=self._now),
            *covers(changed),
            *([act_statements.mark_stale(texts)] if texts else []),
            *(act_statements.write_pinning(one, now=self._now) for one in self._judge.pinnings),
            act_statements.update_versions(rooms),
        ]
