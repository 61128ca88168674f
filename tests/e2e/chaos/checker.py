"""Holds what clients saw against what is stored, in the manner of Jepsen: every broken promise is named. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from tests.e2e.chaos.journal import Acknowledged, Heard, Journal, Message, Store

SHOWN_FAULTS = 5  # of each kind


class Fault(StrEnum):
    LOST = "acknowledged, but not stored so"
    UNANSWERED = "said and repeated, but never acknowledged"
    CONTRADICTED = "acknowledged again with other numbers"
    PHANTOM = "heard, but not stored so; or stored, but said by nobody"
    DUPLICATED = "stored or heard twice"
    TORN = "the numbers of a room are not 1, 2, 3 …"
    GAP = "left out between two that were heard"
    OUT_OF_ORDER = "heard after a later one"
    UNDELIVERED = "not heard by a subscribed member at the end"
    OVERHEARD = "heard after leaving the room, or without a subscription"


@dataclass(frozen=True)
class Verdict:
    """The faults by kind, a sentence each; and what there was to find them in."""

    faults: dict[Fault, list[str]]
    said: int
    acknowledged: int
    stored: int
    heard: int
    recovered: int  # of those heard: by `since` or from the history

    def __str__(self) -> str:
        counts = (
            f"{self.said} said, {self.acknowledged} acknowledged, {self.stored} stored, "
            f"{self.heard} heard, {self.recovered} of them recovered"
        )
        lines = [
            f"{len(sentences)} {fault.name}: {'; '.join(sentences[:SHOWN_FAULTS])}"
            for fault, sentences in self.faults.items()
        ]
        return "\n".join([counts, *(lines or ["no fault"])])


def check(journals: Sequence[Journal], store: Store) -> Verdict:
    """Every kind of fault is looked for in every journal; nothing is forgiven."""
    found: dict[Fault, list[str]] = {}
    for fault, sentence in _Check(journals, store).all():
        found.setdefault(fault, []).append(sentence)
    everything = [heard for journal in journals for room in journal.heard.values() for heard in room]
    return Verdict(
        faults=found,
        said=sum(len(journal.said) for journal in journals),
        acknowledged=len({(a.room_id, a.client_id) for journal in journals for a in journal.acknowledged}),
        stored=len(store.messages),
        heard=len(everything),
        recovered=sum(heard.recovered for heard in everything),
    )


Finding = tuple[Fault, str]
Key = tuple[int, int, str]  # room, sender, client id


def _key(message: Message) -> Key:
    return message.room_id, message.sender_id, message.client_id


class _Check:
    def __init__(self, journals: Sequence[Journal], store: Store) -> None:
        self._journals, self._store = journals, store
        self._messages = set(store.messages)
        self._by_key = {_key(message): message for message in store.messages}
        self._rooms: defaultdict[int, list[Message]] = defaultdict(list)
        for message in store.messages:
            self._rooms[message.room_id].append(message)

    def all(self) -> Iterator[Finding]:
        yield from self._stored_wrongly()
        for journal in self._journals:
            yield from self._answered_wrongly(journal)
            for room_id in journal.began:
                yield from self._heard_wrongly(journal, room_id)
            for heard in journal.uncalled:
                yield Fault.OVERHEARD, f"{journal.name} heard {heard.message} without a subscription"

    # --- the store by itself

    def _stored_wrongly(self) -> Iterator[Finding]:
        said = {(s.room_id, j.member_id, s.client_id) for j in self._journals for s in j.said}
        for key, count in Counter(map(_key, self._store.messages)).items():
            if count > 1:
                yield Fault.DUPLICATED, f"{key} is stored {count} times"
            if key not in said:
                yield Fault.PHANTOM, f"{key} is stored, nobody said it"
        for room_id, last_seq in self._store.last_seqs.items():
            messages = self._rooms[room_id]
            whole = list(range(1, last_seq + 1))
            if sorted(m.seq for m in messages) != whole or sorted(m.version for m in messages) != whole:
                yield Fault.TORN, f"room {room_id} counts {last_seq} and holds {len(messages)} messages"

    # --- what a client was answered

    def _answered_wrongly(self, journal: Journal) -> Iterator[Finding]:
        first: dict[Key, Acknowledged] = {}
        for ack in journal.acknowledged:
            key = (ack.room_id, journal.member_id, ack.client_id)
            before = first.setdefault(key, ack)
            if (before.seq, before.version) != (ack.seq, ack.version):
                yield Fault.CONTRADICTED, f"{key} is no. {before.seq}, then no. {ack.seq}"
        for key, ack in first.items():
            stored = self._by_key.get(key)
            if stored is None or (stored.seq, stored.version) != (ack.seq, ack.version):
                yield Fault.LOST, f"{key} was acknowledged as no. {ack.seq}, stored is {stored}"
        for said in journal.said:
            if (said.room_id, journal.member_id, said.client_id) not in first:
                yield Fault.UNANSWERED, f"{journal.name} never heard what became of {said}"

    # --- what a client heard of a room

    def _heard_wrongly(self, journal: Journal, room_id: int) -> Iterator[Finding]:
        heard = journal.heard.get(room_id, [])
        who = f"{journal.name} in room {room_id}"
        versions = [h.message.version for h in heard]
        yield from ((Fault.PHANTOM, f"{who} heard {h.message}") for h in heard if h.message not in self._messages)
        for version, count in Counter([journal.began[room_id], *versions]).items():
            if count > 1:
                yield Fault.DUPLICATED, f"{who} got version {version} {count} times"
        for before, after in pairwise([journal.began[room_id], *versions]):
            if after < before:
                yield Fault.OUT_OF_ORDER, f"{who} got version {after} after {before}"
        yield from self._left_out(journal, room_id, set(versions), who)
        yield from self._overheard(journal, room_id, heard, who)

    def _left_out(self, journal: Journal, room_id: int, versions: set[int], who: str) -> Iterator[Finding]:
        newest = max(versions, default=journal.began[room_id])
        for message in self._rooms[room_id]:
            if message.version <= journal.began[room_id] or message.version in versions:
                continue
            if message.version < newest:
                yield Fault.GAP, f"{who} misses version {message.version}, heard {newest}"
            elif room_id not in journal.departed:
                yield Fault.UNDELIVERED, f"{who} ends at version {newest}, misses {message.version}"

    def _overheard(self, journal: Journal, room_id: int, heard: Iterable[Heard], who: str) -> Iterator[Finding]:
        departure = journal.departed.get(room_id)
        if departure is not None:
            for h in heard:
                if h.message.version > departure.version:
                    late_s = h.at - departure.at
                    yield Fault.OVERHEARD, f"{who} heard {h.message}, {late_s:.1f} s after leaving"
