"""The rules of each act on a message, applied under the room's lock to what `changes` has read. Pure."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from chatproject.errors import (
    ManagersOnly,
    MessageDeleted,
    MessageNotFound,
    NotYourMessage,
    TooLateToDelete,
    TooLateToEdit,
    TooManyReactions,
    UnknownReaction,
)
from chatproject.room_errors import MessageHidden, RankTooLow
from messaging.store.acts import (
    REACTIONS_TOLD_EVERY,
    Act,
    DeleteAct,
    EditAct,
    EraseAct,
    FilesAct,
    HideAct,
    Later,
    PinAct,
    Pinning,
    PreviewAct,
    ReactAct,
    RoomScene,
    Rules,
    Target,
)
from messaging.store.erasing import take_out
from messaging.store.file_rules import as_rows_say, of_another_text, require_something, show_preview
from messaging.store.hiding import Hider
from messaging.store.mentions import of_those_present
from messaging.store.places import Place
from messaging.store.statements import RoomNumbers
from messaging.store.voices import require_unmuted, require_voice
from messaging.wire.marks import REACTION_KEYS_MAX, Marks
from messaging.wire.times import wire_time
from rooms.moderation import rights
from rooms.moderation.audit import Actor, Deed
from rooms.moderation.rights import Rank


class Judge:
    """Applies acts to targets one after another; each is refused by raising, and then changes nothing."""

    def __init__(
        self,
        *,
        rules: Rules,
        rooms: Mapping[int, RoomScene],
        targets: Mapping[tuple[int, int], Target],
        numbers: Mapping[int, RoomNumbers],
        now: datetime,
    ) -> None:
        self._rules, self._rooms, self._targets, self._now = rules, rooms, targets, now
        self._numbers = numbers
        self.pinnings: list[Pinning] = []
        self.deeds: list[Deed] = []  # to be logged
        self.hider = Hider(now=now)

    def apply(self, act: Act) -> Target | Later:
        """Raises the refusals of the act's rules."""
        room, target = self._rooms[act.room_id], self._targets.get((act.room_id, act.seq))
        if target is None:
            raise MessageNotFound
        match act:
            case EditAct():
                self._edit(act, room, target)
            case DeleteAct():
                self._delete(act, room, target)
            case PinAct():
                self._pin(act, room, target)
            case ReactAct():
                return self._react(act, room, target)
            case HideAct():
                self.hider.apply(act, room, target)
                if target.is_hidden and room.pinned_seq == target.row.seq:
                    self._unpin(act, room)
            case FilesAct():
                target.marks = as_rows_say(target.marks, target.files)
            case PreviewAct():
                show_preview(act, target)
            case EraseAct():
                take_out(act, target, now=self._now)
                if target.is_erased and room.pinned_seq == target.row.seq:
                    self._unpin(act, room)
            case _:
                raise AssertionError(type(act))
        return target

    # --- edit

    def _edit(self, act: EditAct, room: RoomScene, target: Target) -> None:
        if target.row.kind != "member" or target.row.sender_id is None or target.row.sender_id != act.member_id:
            raise NotYourMessage
        if target.row.deleted_at is not None:
            raise MessageDeleted
        if target.is_hidden:
            raise MessageHidden
        if act.everyone and not _may(rights.Act.CALL_EVERYONE, act, room):
            raise ManagersOnly
        require_something(act.contents, target.marks)
        marks = of_another_text(target.marks, act.contents)
        if act.mentions is not None:
            mentions = of_those_present(
                act.mentions,
                room_id=room.room_id,
                author_id=act.member_id,
                present={(room.room_id, member_id) for member_id in room.members},
            )
            marks = msgspec.structs.replace(marks, mentions=mentions)
        if act.everyone is not None:
            marks = msgspec.structs.replace(marks, everyone=act.everyone)
        if act.assisted:
            marks = msgspec.structs.replace(marks, assisted=True)
        if (act.contents, marks) == (target.row.contents, target.marks):
            return  # a repeat, also when it is late by now
        if (place := _place_of(act, room)) is not None:
            require_voice(place, self._numbers[room.room_id], is_admin=act.is_admin, now=self._now)
        if self._is_older(target, self._rules.edit_within):
            raise TooLateToEdit
        target.row = target.row._replace(contents=act.contents, edited_at=self._now)
        target.marks = marks

    def _is_older(self, target: Target, span: timedelta) -> bool:
        return self._now - target.row.created_at >= span

    # --- delete

    def _delete(self, act: DeleteAct, room: RoomScene, target: Target) -> None:
        is_own = target.row.sender_id is not None and target.row.sender_id == act.member_id
        is_managed = act.member_id is None or _may(
            rights.Act.DELETE, act, room, target=Rank.NONE if is_own else _rank_of_author(target, room)
        )
        if not (is_own or is_managed):
            raise RankTooLow if _may(rights.Act.DELETE, act, room) else NotYourMessage
        if target.row.deleted_at is not None:
            return
        if not is_managed and self._is_older(target, self._rules.delete_within):
            raise TooLateToDelete
        if room.pinned_seq == target.row.seq:
            self._unpin(act, room)
        if not is_own:
            self.deeds.append(self._deed("delete", act, target))
        target.row = target.row._replace(deleted_at=self._now)
        target.marks = Marks(deleted_by="author" if is_own else "moderator", model=target.marks.model)
        target.toggled.clear()

    def _deed(self, act: str, by: Act, target: Target) -> Deed:
        actor = Actor.staff(by.staff_id) if by.member_id is None else Actor.member(by.member_id)
        room_id, row = by.room_id, target.row
        return Deed(room_id=room_id, act=act, by=actor, at=self._now, member_id=row.sender_id, seq=row.seq)

    # --- react

    def _react(self, act: ReactAct, room: RoomScene, target: Target) -> Target | Later:
        if act.key not in self._rules.reaction_keys:
            raise UnknownReaction
        if target.row.deleted_at is not None:
            raise MessageDeleted
        if target.is_hidden:
            raise MessageHidden
        assert act.member_id is not None
        reaction = (target.message_id, act.key, act.member_id)
        is_on = target.toggled.get(reaction, reaction in target.reactors)
        if is_on == act.on and not target.is_paced:
            return target
        if act.on and (place := _place_of(act, room)) is not None:
            require_unmuted(place, now=self._now)  # one's own may be taken back all the same
        if act.on and self._has_enough_keys(target, act.key):
            raise TooManyReactions
        if wait_s := self._pace(target):
            return Later(wait_s)
        target.toggled[reaction] = act.on
        return target

    def _has_enough_keys(self, target: Target, key: str) -> bool:
        counts = Counter({reaction.key: reaction.count for reaction in target.marks.reactions})
        for reaction, on in target.toggled.items():
            counts[reaction[1]] += on - (reaction in target.reactors)
        keys = {one for one, count in counts.items() if count > 0}
        return key not in keys and len(keys) >= REACTION_KEYS_MAX

    def _pace(self, target: Target) -> float:
        """How long a reaction has to wait, in seconds. The clocks of two processes may differ a little."""
        since = self._now - target.updated_at
        if target.updated_at > target.row.created_at and abs(since) < REACTIONS_TOLD_EVERY:
            target.is_paced = True
            return (REACTIONS_TOLD_EVERY - since).total_seconds()
        return 0.0

    # --- pin

    def _pin(self, act: PinAct, room: RoomScene, target: Target) -> None:
        rights.require(rights.Act.PIN, room.rank_of(act), is_group_chat=room.is_group_chat)
        if act.on == (room.pinned_seq == target.row.seq):
            return
        if not act.on:
            self._unpin(act, room)
            self._log_pin(act, room, target)
            return
        if target.row.deleted_at is not None:
            raise MessageDeleted
        if target.is_hidden:
            raise MessageHidden
        self._log_pin(act, room, target)
        if room.pinned_seq is not None:
            self._unpin(act, room)
        room.pinned_seq = target.row.seq
        self.pinnings.append(Pinning(room.room_id, target.row.seq, act.member_id, on=True))
        target.marks = msgspec.structs.replace(target.marks, pinned_at=wire_time(self._now))

    def _log_pin(self, act: PinAct, room: RoomScene, target: Target) -> None:
        """In a private room both pin: that is nobody's managing."""
        if room.is_group_chat:
            self.deeds.append(self._deed("pin" if act.on else "unpin", act, target))

    def _unpin(self, act: Act, room: RoomScene) -> None:
        assert room.pinned_seq is not None
        self.pinnings.append(Pinning(room.room_id, room.pinned_seq, act.member_id, on=False))
        if (pinned := self._targets.get((room.room_id, room.pinned_seq))) is not None:
            pinned.marks = msgspec.structs.replace(pinned.marks, pinned_at=None)
        room.pinned_seq = None


def _may(right: rights.Act, act: Act, room: RoomScene, *, target: Rank = Rank.NONE) -> bool:
    """Whether who acts may do that, to a target of that rank."""
    return rights.may(right, room.rank_of(act), target=target, is_group_chat=room.is_group_chat)


def _rank_of_author(target: Target, room: RoomScene) -> Rank:
    """Of the assistant, a notice, or who is gone: none."""
    return Rank.NONE if target.row.sender_id is None else room.author_ranks[target.row.sender_id]


def _place_of(act: Act, room: RoomScene) -> Place | None:
    """Of who acts; None where the act is not a member's."""
    return None if act.member_id is None else room.places.get(act.member_id)
