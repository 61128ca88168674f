"""What a database that went backwards explains, and what of the time before is checked all the same. Pure.

What was acknowledged before the backup is in it. What was acknowledged between the backup and its return may be
lost there: messages are said again by those who said them, acts are not. Then all else holds as ever.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from tests.e2e.chaos.journal import NOBODY, Act, Heard, Journal, Message, Setback, Store

Key = tuple[int, int, str]  # room, sender, client id
Place = tuple[int, int]  # room, seq


def acts_that_count(journals: Sequence[Journal], store: Store, setback: Setback | None) -> Iterator[Act]:
    """All acts; of those of a past epoch the ones that may have met the message which has that number now."""
    then, now = _who_was_where(journals), {(m.room_id, m.seq): m.client_id for m in store.messages}
    for journal in journals:
        for act in journal.acts:
            if setback is None or act.epoch == journal.epoch:
                yield act
                continue
            place = (act.room_id, act.seq)
            is_late = bool(act.sent_at) and act.sent_at[-1] >= setback.swapped_at
            if is_late or then.get(place) == now.get(place):
                yield replace(act, is_in_doubt=act.is_in_doubt or act.answered_at >= setback.backup_at)


def _who_was_where(journals: Sequence[Journal]) -> dict[Place, str]:
    return {(h.message.room_id, h.message.seq): h.message.client_id for j in journals for h in j.past}


def past_faults(
    journals: Sequence[Journal], store: Store, said: Mapping[Key, object], setback: Setback
) -> Iterator[tuple[str, str]]:
    """The kind of each fault and a sentence: before the setback all was heard in order, once, the same by all, and
    said by somebody; and what was heard before the backup is stored in its place."""
    stored = {(m.room_id, m.seq): m.client_id for m in store.messages}
    first: dict[Place, Message] = {}
    for journal in journals:
        for heard in _before(journal.past, setback.swapped_at):
            message = heard.message
            who = f"{journal.name} in the past of room {message.room_id}"
            if message.sender_id != NOBODY and (message.room_id, message.sender_id, message.client_id) not in said:
                yield "PHANTOM", f"{who} heard {message}"
            other = first.setdefault((message.room_id, message.version), message)
            if other.client_id != message.client_id:
                yield "TWO_STATES", f"{who} heard {message}, somebody else {other}"
            if heard.at < setback.backup_at and stored.get((message.room_id, message.seq)) != message.client_id:
                yield "LOST", f"{who} heard {message} before the backup"
        yield from _disorder(journal, setback)


def _disorder(journal: Journal, setback: Setback) -> Iterator[tuple[str, str]]:
    newest: defaultdict[int, int] = defaultdict(int)
    for heard in _before(journal.past, setback.swapped_at):
        message = heard.message
        if message.version <= newest[message.room_id]:
            fault = "DUPLICATED" if message.version == newest[message.room_id] else "OUT_OF_ORDER"
            yield fault, f"{journal.name} heard {message} after version {newest[message.room_id]}"
        newest[message.room_id] = message.version


def _before(past: Iterable[Heard], moment: float) -> list[Heard]:
    return [heard for heard in past if heard.at < moment]


def lost_and_not_said_again(
    journal: Journal, by_key: Mapping[Key, Message], setback: Setback
) -> Iterator[tuple[Key, str]]:
    """Of what was acknowledged in a past epoch."""
    for ack in journal.acknowledged:
        if ack.epoch == journal.epoch:
            continue
        key = (ack.room_id, journal.member_id, ack.client_id)
        stored = by_key.get(key)
        if ack.at < setback.backup_at and (stored is None or stored.seq != ack.seq):
            yield key, f"acknowledged as no. {ack.seq} before the backup, stored is {stored}"
        elif stored is None and ack.client_id not in journal.dropped:
            yield key, f"acknowledged as no. {ack.seq}, lost, and never said again"
