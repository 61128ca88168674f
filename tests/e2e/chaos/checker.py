"""Holds what clients saw against what is stored, in the manner of Jepsen: every broken promise is named. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from tests.e2e.chaos.explaining import UNASKED, explain_message, explain_pin
from tests.e2e.chaos.journal import Acknowledged, Act, Heard, Journal, Message, OldJournal, Said, Setback, Store
from tests.e2e.chaos.setbacks import acts_that_count, lost_and_not_said_again, past_faults

SHOWN_FAULTS = 5  # of each kind


class Fault(StrEnum):
    LOST = "acknowledged, but not stored so"
    UNANSWERED = "said and repeated, but never acknowledged"
    CONTRADICTED = "acknowledged again with other numbers"
    LOST_ACT = "an edit, deletion, reaction, pin or hiding was acknowledged, but is not stored so"
    PHANTOM = "heard, but not stored so; or stored, but said or done by nobody"
    STALE_PICTURE = "shown otherwise than it is stored"
    TWO_STATES = "one version was heard in two ways"
    DUPLICATED = "stored or heard twice"
    TORN = "the numbers of a room are not 1, 2, 3 …, or its versions do not fit"
    GAP = "left out between two that were heard"
    OUT_OF_ORDER = "heard after a later one"
    UNDELIVERED = "not heard by a subscribed member at the end"
    OVERHEARD = "heard after leaving the room, or without a subscription"


@dataclass(frozen=True)
class Verdict:
    """The faults by kind, a sentence each; and what there was to find them in."""

    faults: dict[Fault, list[str]]
    said: int
    acted: int
    acknowledged: int
    stored: int
    heard: int
    recovered: int  # of those heard: by `since` or from the history

    def __str__(self) -> str:
        counts = (
            f"{self.said} said, {self.acknowledged} acknowledged, {self.stored} stored, "
            f"{self.acted} edits, deletions, reactions, pins and hidings done, "
            f"{self.heard} heard, {self.recovered} of them recovered"
        )
        lines = [
            f"{len(sentences)} {fault.name}: {'; '.join(sentences[:SHOWN_FAULTS])}"
            for fault, sentences in self.faults.items()
        ]
        return "\n".join([counts, *(lines or ["no fault"])])


def check(
    journals: Sequence[Journal], store: Store, old: Sequence[OldJournal] = (), setback: Setback | None = None
) -> Verdict:
    """Every kind of fault is looked for in every journal; nothing is forgiven but what a `setback` explains."""
    found: dict[Fault, list[str]] = {}
    for fault, sentence in _Check(journals, store, old, setback).all():
        found.setdefault(fault, []).append(sentence)
    everything = [heard for journal in journals for room in journal.heard.values() for heard in room]
    return Verdict(
        faults=found,
        said=sum(len(journal.said) for journal in journals),
        acted=sum(act.is_done for journal in journals for act in journal.acts),
        acknowledged=len({(a.room_id, a.client_id) for journal in journals for a in journal.acknowledged}),
        stored=len(store.messages),
        heard=len(everything),
        recovered=sum(heard.recovered for heard in everything),
    )


Finding = tuple[Fault, str]
Key = tuple[int, int, str]  # room, sender, client id
Place = tuple[int, int]  # room, seq


def _key(message: Message) -> Key:
    return message.room_id, message.sender_id, message.client_id


class _Check:
    def __init__(
        self, journals: Sequence[Journal], store: Store, old: Sequence[OldJournal], setback: Setback | None
    ) -> None:
        self._journals, self._store, self._old, self._setback = journals, store, old, setback
        self._by_key = {_key(message): message for message in store.messages}
        self._shown = {(m.room_id, m.seq): m.shown() for m in store.messages}
        self._rooms: defaultdict[int, list[Message]] = defaultdict(list)
        for message in self._shown.values():
            self._rooms[message.room_id].append(message)
        self._said: dict[Key, Said] = {(s.room_id, j.member_id, s.client_id): s for j in journals for s in j.said}
        self._acts: defaultdict[Place, list[Act]] = defaultdict(list)
        for act in acts_that_count(journals, store, setback):
            self._acts[act.room_id, act.seq].append(act)
        self._texts = self._find_texts()

    def _find_texts(self) -> dict[Place, set[str]]:
        """What each message may ever have said."""
        texts: dict[Place, set[str]] = {}
        for message in self._store.messages:
            place, said = (message.room_id, message.seq), self._said.get(_key(message))
            texts[place] = {act.text for act in self._acts[place] if act.kind == "edit"}
            is_gone_once = message.deleted_by or any(act.kind == "hide" for act in self._acts[place])
            texts[place] |= ({said.text} if said else set()) | ({""} if is_gone_once else set())
        return texts

    def all(self) -> Iterator[Finding]:
        yield from self._stored_wrongly()
        yield from self._done_wrongly()
        for journal in self._journals:
            yield from self._answered_wrongly(journal)
            for room_id in journal.began:
                yield from self._heard_wrongly(journal, room_id)
                yield from self._shown_wrongly(journal, room_id)
            for heard in journal.uncalled:
                yield Fault.OVERHEARD, f"{journal.name} heard {heard.message} without a subscription"
        yield from self._heard_in_two_ways()
        if self._setback is not None:
            for kind, what in past_faults(self._journals, self._store, self._said, self._setback):
                yield Fault[kind], what
        for old in self._old:
            yield from self._heard_wrongly_on_v1(old)

    # --- the store by itself

    def _stored_wrongly(self) -> Iterator[Finding]:
        for key, count in Counter(map(_key, self._store.messages)).items():
            if count > 1:
                yield Fault.DUPLICATED, f"{key} is stored {count} times"
            if key not in self._said:
                yield Fault.PHANTOM, f"{key} is stored, nobody said it"
        for room_id, last_seq in self._store.last_seqs.items():
            messages = self._rooms[room_id]
            if sorted(m.seq for m in messages) != list(range(1, last_seq + 1)):
                yield Fault.TORN, f"room {room_id} counts {last_seq} and holds {len(messages)} messages"
            versions = {m.version for m in messages}
            newest = max(versions, default=0)
            if len(versions) < len(messages) or newest != self._store.versions[room_id]:
                counted = f"{len(versions)} versions up to {newest}"
                yield (
                    Fault.TORN,
                    f"room {room_id} is at version {self._store.versions[room_id]}, and has {counted}",
                )

    def _done_wrongly(self) -> Iterator[Finding]:
        """What was done to messages, against what became of them."""
        for message in self._store.messages:
            said, acts = self._said.get(_key(message)), self._acts[message.room_id, message.seq]
            for complaint, what in explain_message(message, said, acts):
                fault = Fault.PHANTOM if complaint == UNASKED else Fault.LOST_ACT
                yield fault, f"no. {message.seq} in room {message.room_id}: {what}, {complaint}"
        for room_id, pinned in self._store.pinned.items():
            acts = [act for place, some in self._acts.items() if place[0] == room_id for act in some]
            moves = [act for act in acts if act.kind in ("pin", "delete") or (act.kind == "hide" and act.is_on)]
            for complaint, what in explain_pin(pinned, moves):
                fault = Fault.PHANTOM if complaint == UNASKED else Fault.LOST_ACT
                yield fault, f"room {room_id}: {what}, {complaint}"

    # --- what a client was answered

    def _answered_wrongly(self, journal: Journal) -> Iterator[Finding]:
        first: dict[Key, Acknowledged] = {}
        if self._setback is not None:
            for key, what in lost_and_not_said_again(journal, self._by_key, self._setback):
                yield Fault.LOST, f"{key} was {what}"
        for ack in (ack for ack in journal.acknowledged if ack.epoch == journal.epoch):
            key = (ack.room_id, journal.member_id, ack.client_id)
            before = first.setdefault(key, ack)
            if before.seq != ack.seq or before.version > ack.version:
                yield Fault.CONTRADICTED, f"{key} is no. {before.seq}, then no. {ack.seq}"
        for key, ack in first.items():
            stored = self._by_key.get(key)
            if stored is None or stored.seq != ack.seq or stored.version < ack.version:
                yield Fault.LOST, f"{key} was acknowledged as no. {ack.seq}, stored is {stored}"
        answered = {(ack.room_id, ack.client_id) for ack in journal.acknowledged}
        for said in journal.said:
            if (said.room_id, said.client_id) not in answered:
                yield Fault.UNANSWERED, f"{journal.name} never heard what became of {said}"
        for act in journal.acts:
            if act.code is None:
                yield Fault.UNANSWERED, f"{journal.name} never heard what became of {act}"

    # --- what a client heard of a room

    def _heard_wrongly(self, journal: Journal, room_id: int) -> Iterator[Finding]:
        heard = journal.heard.get(room_id, [])
        who = f"{journal.name} in room {room_id}"
        versions = [h.message.version for h in heard]
        for h in heard:
            yield from self._misheard(h.message, who)
        for version, count in Counter([journal.began[room_id], *versions]).items():
            if count > 1:
                yield Fault.DUPLICATED, f"{who} got version {version} {count} times"
        for before, after in pairwise([journal.began[room_id], *versions]):
            if after < before:
                yield Fault.OUT_OF_ORDER, f"{who} got version {after} after {before}"
        yield from self._left_out(journal, room_id, set(versions), who)
        yield from self._overheard(journal, room_id, heard, who)

    def _misheard(self, message: Message, who: str) -> Iterator[Finding]:
        place = (message.room_id, message.seq)
        stored = self._shown.get(place)
        if stored is None or stored.version < message.version or message.text not in self._texts[place]:
            yield Fault.PHANTOM, f"{who} heard {message}"
        elif stored.version == message.version and not _is_same(message, stored):
            yield Fault.STALE_PICTURE, f"{who} heard {message}, stored is {stored}"

    def _left_out(self, journal: Journal, room_id: int, versions: set[int], who: str) -> Iterator[Finding]:
        """Of what changed twice only the last is owed: who was away gets nothing else."""
        newest = max(versions, default=journal.began[room_id])
        for message in self._rooms[room_id]:
            if message.version <= journal.began[room_id] or message.version in versions:
                continue
            if message.version < newest:
                yield Fault.GAP, f"{who} misses version {message.version}, heard {newest}"
            elif room_id not in journal.departed:
                yield Fault.UNDELIVERED, f"{who} ends at version {newest}, misses {message.version}"

    def _shown_wrongly(self, journal: Journal, room_id: int) -> Iterator[Finding]:
        """At the end, of those who are still in the room."""
        if room_id in journal.departed:
            return
        who = f"{journal.name} in room {room_id}"
        if (shown := journal.shown.get(room_id)) is not None:
            for stored in self._rooms[room_id]:
                if stored.version > journal.began[room_id] and shown.get(stored.seq) != stored:
                    yield Fault.STALE_PICTURE, f"{who} shows {shown.get(stored.seq)}, stored is {stored}"
        if room_id in journal.pinned and journal.pinned[room_id] != self._store.pinned[room_id]:
            pins = f"{journal.pinned[room_id]}, stored is {self._store.pinned[room_id]}"
            yield Fault.STALE_PICTURE, f"{who} shows as pinned {pins}"

    def _overheard(self, journal: Journal, room_id: int, heard: Iterable[Heard], who: str) -> Iterator[Finding]:
        departure = journal.departed.get(room_id)
        if departure is not None:
            for h in heard:
                if h.message.version > departure.version:
                    late_s = h.at - departure.at
                    yield Fault.OVERHEARD, f"{who} heard {h.message}, {late_s:.1f} s after leaving"

    def _heard_in_two_ways(self) -> Iterator[Finding]:
        """Of states that were overtaken since: the last ones are held against the store."""
        first: dict[Place, Message] = {}
        for journal in self._journals:
            for message in (h.message for room in journal.heard.values() for h in room):
                stored = self._shown.get((message.room_id, message.seq))
                if stored is None or stored.version <= message.version:
                    continue
                other = first.setdefault((message.room_id, message.version), message)
                if not _is_same(message, other):
                    yield Fault.TWO_STATES, f"{journal.name} heard {message}, somebody else {other}"

    # --- what a v1 socket heard: new messages only, each once; those that changed before in the order of that

    def _heard_wrongly_on_v1(self, old: OldJournal) -> Iterator[Finding]:
        who = f"{old.name} in room {old.room_id}"
        for seq, text in (heard for visit in old.visits for heard in visit):
            if text not in self._texts.get((old.room_id, seq), ()):
                yield Fault.PHANTOM, f"{who} heard no. {seq} as {text[:60]!r}"
        seqs = Counter(seq for visit in old.visits for seq, _text in visit)
        yield from ((Fault.DUPLICATED, f"{who} heard no. {seq} {n} times") for seq, n in seqs.items() if n > 1)
        for visit in filter(None, old.visits):
            heard = {seq for seq, _text in visit}
            left_out = set(range(min(heard), max(heard))) - heard
            yield from ((Fault.GAP, f"{who} heard no. {max(heard)}, and never no. {seq}") for seq in left_out)
        last_seq = self._store.last_seqs[old.room_id]
        if old.is_open and old.visits[-1] and last_seq not in seqs:
            yield Fault.UNDELIVERED, f"{who} never heard the last one, no. {last_seq}"


def _is_same(one: Message, other: Message) -> bool:
    if one.reactions is None or other.reactions is None:
        return one._replace(reactions=None) == other._replace(reactions=None)
    return one == other
