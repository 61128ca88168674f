"""The writes: a batch of messages in one transaction. Tells nobody; that is `server`'s work."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from django.db import DatabaseError, IntegrityError

from chatproject.errors import ChatError
from chatproject.outgoing.subscriptions import Subscribed
from messaging.store import statements, voices
from messaging.store.act_statements import read_scenes
from messaging.store.acts import Act, EditAct, Later, Target
from messaging.store.attaching import Attaching, reads_of
from messaging.store.changes import Changes, Verdict
from messaging.store.concerning import marked, noticed_in, without_signals
from messaging.store.drafts import Draft, Kind, Stored
from messaging.store.ledger import Ledger
from messaging.store.mentions import read_present
from messaging.store.objects import messages_by_id
from messaging.store.one_trip import store_at_once
from messaging.store.places import Place, read_places
from messaging.store.recorded import raise_concerns, read_subscribed, recorded
from messaging.store.remembered import Remembered
from messaging.store.screened import Screened
from messaging.store.statements import RoomNumbers
from rooms.selectors import assistant_names

__all__ = ["Draft", "Kind", "Outcome", "Stored", "store_batch", "store_messages"]

Outcome = Stored | Later | ChatError


def store_messages(
    drafts: Sequence[Draft], *, now: datetime, subscribed: Subscribed | None = None
) -> list[Stored | ChatError]:
    """As `store_batch`, of what is said alone."""
    outcomes = store_batch(drafts, now=now, subscribed=subscribed)
    return [outcome for outcome in outcomes if not isinstance(outcome, Later)]


def store_batch(
    entries: Sequence[Draft | Act],
    *,
    now: datetime,
    subscribed: Subscribed | None = None,
    remembered: Remembered | None = None,
) -> list[Outcome]:
    """Store what is said and done in one transaction; return for each what it became or why it was refused.

    Order is that of `entries`: a room's seq and version follow it, those of what is said before those of what is
    done to messages. What is refused never fails its neighbours. `subscribed` are those who are told of it; None:
    that is not known, and read. What is `remembered` of the rooms makes a plain batch cheaper, and is renewed.
    Raises what the database raises; then nothing of the batch is stored, or its outcome is unknown after a lost
    connection: repeating the very same entries is right in both cases.
    """
    if remembered is None:
        remembered = Remembered()
    elif stored := store_at_once(entries, now=now, subscribed=subscribed, remembered=remembered):
        return list(stored)
    store = partial(_store, now=now, subscribed=subscribed, remembered=remembered)
    try:
        return store(entries, look_up=False)
    except IntegrityError:
        # Some client id is stored already. Looking up every time would cost every batch what few need.
        return store(entries, look_up=True)
    except DatabaseError as error:
        if (plain := without_signals(entries, error)) is None:
            raise
        return store(plain, look_up=True)


def _store(
    entries: Sequence[Draft | Act],
    *,
    now: datetime,
    look_up: bool,
    subscribed: Subscribed | None,
    remembered: Remembered,
) -> list[Outcome]:
    drafts = [entry for entry in entries if isinstance(entry, Draft)]
    acts = [entry for entry in entries if isinstance(entry, Act)]
    callers = {(draft.room_id, draft.sender_id) for draft in drafts} | {
        (act.room_id, act.member_id) for act in acts
    }
    file_reads = reads_of(drafts)
    named = {(entry.room_id, one) for entry in entries for one in _named_by(entry)}
    with statements.OneTransaction() as batch:
        rooms, places, *others = batch.begin(
            statements.lock_rooms({entry.room_id for entry in entries}),
            read_places({(room_id, who) for room_id, who in callers if who is not None}),
            *([read_subscribed()] if subscribed is None else []),
            *([read_present(named)] if named else []),
            *([read_scenes({act.room_id for act in acts})] if acts else []),
            *file_reads,
        )
        remembered.find_fallen(rooms)
        subscribed = others.pop(0) if subscribed is None else subscribed
        present = others.pop(0) if named else set()
        scenes = others.pop(0) if acts else {}
        files = Attaching(*others, now=now) if file_reads else None
        binds = voices.binds_anybody(rooms, places)
        # The unique key does not hold for rows without a sender; and who may say nothing now is told so only of
        # what is new: a repeat is answered as ever.
        found = statements.find_messages(
            draft.key
            for draft in drafts
            if look_up
            or draft.sender_id is None
            or draft.verdict
            or draft.attachments
            or (binds and _is_bound(draft, rooms, places))
        )
        messages = messages_by_id(found)
        screened = Screened(entries, now=now, files=files)
        ledger = Ledger(
            rooms=rooms,
            places=places,
            present=present,
            known={found[message_id]: message for message_id, message in messages.items()},
            assistant_names=assistant_names(room_ids={d.room_id for d in drafts if d.kind == "assistant"}),
            now=now,
            ruling=screened.rule,
            held=screened.held_keys,
            binds=binds,
            files=files,
        )
        said = iter([ledger.enter(draft) for draft in drafts])
        writes = ledger.writes()
        done: Iterator[Outcome] = iter(())
        changes = None
        if acts:
            if writes:
                statements.run(*writes)  # before: the acts may be about these
            changes = Changes(
                acts,
                numbers=rooms,
                places=places,
                present=present,
                scenes=scenes,
                now=now,
                require_sayable=screened.require_sayable,
            )
            verdicts, writes = changes.make()
            done = iter([_outcome_of(verdict, rooms, changes) for verdict in verdicts])
        outcomes = [next(said) if isinstance(entry, Draft) else next(done) for entry in entries]
        noticed = noticed_in(entries, outcomes)
        writes = screened.keep(outcomes, writes)
        writes += recorded(subscribed, said=ledger.rows, changes=changes, rooms=rooms, now=now)
        is_anything_new = bool(writes or noticed or acts)
        writes = raise_concerns(noticed.values(), subscribed, writes, now=now)
        if is_anything_new:
            batch.commit(*writes)
    remembered.learn(rooms, places)
    remembered.forget(callers - places.keys())
    return marked(outcomes, noticed)


def _is_bound(draft: Draft, rooms: Mapping[int, RoomNumbers], places: Mapping[tuple[int, int], Place]) -> bool:
    room, place = rooms.get(draft.room_id), places.get((draft.room_id, draft.sender_id or 0))
    return room is not None and place is not None and voices.is_bound(place, room)


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
        aside=changes.aside_of(verdict),
    )
