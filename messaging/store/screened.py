"""What becomes of texts in which the filter or a flood was found: decided, kept and logged with their batch.

Under the locks of the rooms, so that a role and a decision about what is held count as they are. Of a batch in
which nothing was found nothing is read or written. Reads are the ORM's; writes are statements: see `statements`.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from chatproject.errors import ChatError, ManagersOnly, TooManyRequests
from chatproject.room_errors import AlreadyDecided, MessageHeld, MessageRefused
from messaging.moderation.screening import Verdict
from messaging.moderation_models import HeldMessage
from messaging.store.acts import Act, EditAct, Later
from messaging.store.attaching import Attaching
from messaging.store.drafts import Draft, Release, Stored
from messaging.store.held_statements import log_deeds, mark_released, store_held
from messaging.store.statements import Key, Statement, run
from rooms.models import Member, Participant
from rooms.moderation.audit import FILTER, Deed, audit_rows, read_heads
from rooms.moderation.ranks import rank_in
from rooms.moderation.rights import Act as Right
from rooms.moderation.rights import may, rank_of

HELD_MOST = 20  # of one member in a room, waiting


class _Standing(NamedTuple):
    """Of who speaks, in a room. `may_speak_past`: what others would be held for."""

    is_group_chat: bool
    may_speak_past: bool
    is_counselling: bool

    def lets_go(self, entry: Draft | EditAct) -> bool:
        """Whether people are to hear of it at once, so that it does not wait for one."""
        return self.is_counselling and entry.signal is not None and entry.signal.source == "words"


class _Held(NamedTuple):
    held_id: int
    state: str


class Screened:
    """Of one batch, within its transaction."""

    def __init__(self, entries: Sequence[Draft | Act], *, now: datetime, files: Attaching | None = None) -> None:
        """`files` None: no draft has any."""
        self._entries, self._now, self._files = entries, now, files
        drafts = [entry for entry in entries if isinstance(entry, Draft)]
        caught = [draft for draft in drafts if draft.verdict is not None and draft.sender_id is not None]
        edits = [entry for entry in entries if isinstance(entry, EditAct) and entry.verdict is not None]
        speakers = {(one.room_id, one.sender_id) for one in caught} | {
            (one.room_id, one.member_id) for one in edits
        }
        self._standings = _read_standings(speakers)
        self._held = _read_held(caught)
        self._waiting = _count_waiting(caught)
        self._releases = {draft.release.held_id for draft in drafts if draft.release is not None}
        self._states = _read_states(self._releases)
        self._new: dict[Key, tuple[Draft, MessageHeld]] = {}
        self._refused: list[Deed] = []

    @property
    def held_keys(self) -> Container[Key]:
        """Of those drafts that were held before."""
        return self._held.keys()

    # --- what is decided

    def rule(self, draft: Draft) -> ChatError | None:
        """Why the draft does not go into the log now; None lets it go."""
        if draft.release is not None:
            state = self._states.get(draft.release.held_id)
            if not _may_release(draft.release, draft.room_id):
                return ManagersOnly()
            return None if state == HeldMessage.State.WAITING else AlreadyDecided()
        verdict = draft.verdict
        if verdict is None or draft.sender_id is None or verdict.action == "flag":
            return None
        standing = self._standings[draft.room_id, draft.sender_id]
        if verdict.action == "hold" and standing.lets_go(draft):
            return None
        if verdict.action == "hold" and standing.is_group_chat:
            may_speak = standing.may_speak_past or draft.is_admin
            return None if may_speak else self._hold(draft)
        if verdict.action == "hold" and verdict.why == "flood":
            return TooManyRequests()  # nobody is there who could let it go
        return self._refuse(draft.room_id, draft.sender_id, verdict)

    def require_sayable(self, act: Act) -> None:
        """Raises MessageRefused, also for what would be held: a changed text has no place to wait."""
        if not isinstance(act, EditAct) or act.verdict is None or act.member_id is None:
            return
        if act.verdict.action == "flag":
            return
        standing = self._standings.get((act.room_id, act.member_id))
        if act.verdict.action == "hold" and standing is not None and standing.lets_go(act):
            return
        may_speak = act.is_admin or (standing is not None and standing.is_group_chat and standing.may_speak_past)
        if act.verdict.action == "block" or not may_speak:
            raise self._refuse(act.room_id, act.member_id, act.verdict)

    def _hold(self, draft: Draft) -> ChatError:
        if (known := self._held.get(draft.key)) is not None:
            return MessageRefused() if known.state == HeldMessage.State.REJECTED else MessageHeld(known.held_id)
        if draft.key in self._new:
            return self._new[draft.key][1]
        place = draft.room_id, draft.sender_id
        if self._waiting.get(place, 0) >= HELD_MOST:
            return TooManyRequests()
        self._waiting[place] = self._waiting.get(place, 0) + 1
        held = MessageHeld()
        self._new[draft.key] = draft, held
        return held

    def _refuse(self, room_id: int, member_id: int, verdict: Verdict) -> MessageRefused:
        if verdict.is_news:
            self._refused.append(self._deed("filter_block", room_id, member_id, verdict))
        return MessageRefused()

    # --- what is kept of it

    def keep(self, outcomes: Sequence[Stored | Later | ChatError], writes: list[Statement]) -> list[Statement]:
        """Store what is held, which gives it its numbers; returns what is left to be written with the batch, of
        `writes` too."""
        if self._new:
            _, ids = run(*store_held([draft for draft, _held in self._new.values()], self._files, now=self._now))
            for key, (_draft, held) in self._new.items():
                held.held_id = ids[key]
        deeds = [*self._refused, *(self._held_deed(*one) for one in self._new.values())]
        for entry, outcome in zip(self._entries, outcomes, strict=True):
            if isinstance(entry, Draft) and isinstance(outcome, Stored):
                if entry.release is not None:
                    writes.append(mark_released(entry.release, outcome.message.seq, now=self._now))
                    deeds.append(self._release_deed(entry, entry.release, outcome.message.seq))
                elif entry.by is not None and not outcome.duplicate:
                    deed = Deed(room_id=entry.room_id, act="notice", by=entry.by, at=self._now)
                    deeds.append(replace(deed, seq=outcome.message.seq))
                elif entry.verdict is not None and entry.verdict.action == "flag" and not outcome.duplicate:
                    deed = self._deed("filter_flag", entry.room_id, entry.sender_id, entry.verdict)
                    deeds.append(replace(deed, seq=outcome.message.seq))
        if not deeds:
            return writes
        if writes:
            run(*writes)  # first: they may log, too
        return [log_deeds(audit_rows(read_heads({deed.room_id for deed in deeds}), deeds))]

    def _deed(self, act: str, room_id: int, member_id: int | None, verdict: Verdict, **details: object) -> Deed:
        """The log names the rule: nothing of the text, which its author may have erased, and the log stays."""
        found = {"rule": verdict.rule_id, "why": verdict.why, **details}
        return Deed(room_id=room_id, act=act, by=FILTER, at=self._now, member_id=member_id, details=found)

    def _held_deed(self, draft: Draft, held: MessageHeld) -> Deed:
        assert draft.verdict is not None
        return self._deed("hold", draft.room_id, draft.sender_id, draft.verdict, held=held.held_id)

    def _release_deed(self, draft: Draft, release: Release, seq: int) -> Deed:
        return Deed(
            room_id=draft.room_id,
            act="release",
            by=release.by,
            at=self._now,
            member_id=draft.sender_id,
            seq=seq,
            reason=release.reason,
            details={"held": release.held_id},
        )


def _read_standings(speakers: Iterable[tuple[int, int | None]]) -> dict[tuple[int, int | None], _Standing]:
    wanted = Q()
    for room_id, member_id in speakers:
        wanted |= Q(room_id=room_id, member_id=member_id)
    if not wanted:
        return {}
    places = Participant.objects.filter(wanted).values_list(
        "room_id", "member_id", "role", "member__role", "room__is_group_chat", "room__is_counselling"
    )
    return {
        (room_id, member_id): _Standing(
            is_group,
            may(Right.SPEAK_PAST_RULES, rank_of(role, is_admin=site_role == Member.Role.ADMIN)),
            is_counselling,
        )
        for room_id, member_id, role, site_role, is_group, is_counselling in places
    }


def _read_held(caught: Iterable[Draft]) -> dict[Key, _Held]:
    """What is held of these already."""
    wanted = Q()
    for draft in caught:
        wanted |= Q(room_id=draft.room_id, sender_id=draft.sender_id, client_id=draft.client_id)
    if not wanted:
        return {}
    rows = HeldMessage.objects.filter(wanted).values_list("room_id", "sender_id", "client_id", "held_id", "state")
    return {(row[0], row[1], row[2]): _Held(row[3], row[4]) for row in rows}


def _count_waiting(caught: Iterable[Draft]) -> dict[tuple[int, int | None], int]:
    counts = {}
    for place in {
        (draft.room_id, draft.sender_id) for draft in caught if draft.verdict and draft.verdict.action == "hold"
    }:
        waiting = HeldMessage.objects.filter(room_id=place[0], sender_id=place[1], state=HeldMessage.State.WAITING)
        counts[place] = waiting.count()
    return counts


def _may_release(release: Release, room_id: int) -> bool:
    """Whether who lets it go may do so still. Seldom asked."""
    member_id = release.by.actor_id
    if release.by.kind != "member" or release.is_admin or member_id is None:
        return True
    return may(Right.DECIDE_HELD, rank_in(room_id=room_id, member_id=member_id))


def _read_states(held_ids: set[int]) -> dict[int, str]:
    if not held_ids:
        return {}
    return dict(HeldMessage.objects.filter(pk__in=held_ids).values_list("held_id", "state"))
