"""What legal holds save of messages, and of other words, that are about to go.

Whoever erases or deletes for good calls `keep_held` before, in the same transaction. Nothing is deleted here,
and nothing shown: the copies lie in a table of their own (개인정보 보호법 21조 3항), and end with their hold.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from messaging.file_models import File
from messaging.models import EarlierText, Message
from messaging.personal_models import HeldRecord, LegalHold

ROWS_AT_ONCE = 500  # of one INSERT

Kind = HeldRecord.Kind


def active_holds(now: datetime) -> QuerySet[LegalHold]:
    """Neither lifted nor over."""
    return LegalHold.objects.filter(lifted_at=None, until__gt=now)


def keep_held(*, messages: QuerySet[Message] | Collection[int], now: datetime) -> int:
    """Copy those of these messages, a queryset or their ids, that an active hold covers: what they say, what they
    said before, and which files they have. Returns how many those are. A repeat copies nothing twice.

    In the caller's transaction, where there is one; not inside of `messaging.store`'s batches. The files stay in
    the store as long as the hold: see `held_files`.
    """
    holds = list(active_holds(now))
    if not holds:
        return 0
    covering = _Covering(holds)
    there = messages if isinstance(messages, QuerySet) else Message.objects.filter(pk__in=messages)
    held = [one for one in there.order_by("room_id", "seq").iterator() if covering.of(one.sender_id, one.room_id)]
    for start in range(0, len(held), ROWS_AT_ONCE):
        _keep(held[start : start + ROWS_AT_ONCE], covering, now)
    return len(held)


def keep_of_deleted_room(*, message_ids: Collection[int], **_signal: Any) -> None:
    """The room goes with its messages: staff, its owner, or the last one out deletes it."""
    keep_held(messages=message_ids, now=timezone.now())


def keep_held_words(
    *, member_id: int, room_id: int | None, words: Mapping[str, Any], made_at: datetime, now: datetime
) -> int:
    """As `keep_held`, of what a member wrote that is no message: an objection, a report, a message that waited.
    `words` become JSON. Returns how many holds have it now that had not."""
    records = [
        HeldRecord(
            hold=hold,
            kind=Kind.OTHER,
            room_id=room_id,
            member_id=member_id,
            contents=_json(words),
            made_at=made_at,
            kept_at=now,
        )
        for hold in _Covering(active_holds(now)).of(member_id, room_id)
    ]
    return _insert_new(records)


def keep_files(*, files: QuerySet[File], now: datetime) -> None:
    """As `keep_held`, of those of these files that were sent, or wait for a manager with their messages."""
    covering = _Covering(active_holds(now))
    if not covering.holds:
        return
    records = [
        HeldRecord(
            hold=hold,
            kind=Kind.FILE,
            room_id=file.room_id,
            seq=file.seq,
            member_id=file.uploader_id,
            contents=_named(file),
            made_at=file.created_at,
            kept_at=now,
        )
        for file in files.filter(Q(is_held=True) | Q(seq__isnull=False), is_preview=False).order_by("pk")
        for hold in covering.of(file.uploader_id, file.room_id)
    ]
    _insert_new(records)


def held_files(*, files: Collection[tuple[int, int | None, int | None, int]], now: datetime) -> frozenset[int]:
    """Which of these files, each (room, seq, uploader, number), must stay in the store for a hold's sake: those
    that were sent by a member or in a room it covers, and those of which it has a record. What was uploaded and
    never sent is nothing said."""
    covering = _Covering(active_holds(now))
    if not covering.holds:
        return frozenset()
    sent = {
        file_id
        for room_id, seq, uploader_id, file_id in files
        if seq is not None and covering.of(uploader_id, room_id)
    }
    addresses = {(room_id, seq) for room_id, seq, _uploader_id, _file_id in files}
    kept = HeldRecord.objects.filter(hold__in=covering.holds, kind=Kind.FILE).filter(_any_of(addresses))
    recorded = {number_of_file(contents) for contents in kept.values_list("contents", flat=True)}
    return frozenset(sent | recorded & {file_id for *_address, file_id in files})


def number_of_file(contents: str) -> int:
    """The file that a record of the kind FILE is about."""
    return int(json.loads(contents)["file"])


class _Covering:
    """Which holds cover what a member said in a room."""

    def __init__(self, holds: Iterable[LegalHold]) -> None:
        self.holds = list(holds)
        self._of_member: dict[int, list[LegalHold]] = {}
        self._of_room: dict[int, list[LegalHold]] = {}
        for hold in self.holds:
            if hold.member_id is not None:
                self._of_member.setdefault(hold.member_id, []).append(hold)
            elif hold.room_id is not None:
                self._of_room.setdefault(hold.room_id, []).append(hold)

    def of(self, member_id: int | None, room_id: int | None) -> list[LegalHold]:
        """The assistant, and members who are gone, have no number."""
        return [*self._of_member.get(member_id or 0, ()), *self._of_room.get(room_id or 0, ())]


def _keep(held: Collection[Message], covering: _Covering, now: datetime) -> None:
    by_id = {message.pk: message for message in held}
    by_address = {(message.room_id, message.seq): message for message in held}
    records = [
        HeldRecord(
            hold=hold,
            kind=kind,
            room_id=message.room_id,
            seq=message.seq,
            member_id=message.sender_id,
            contents=contents,
            made_at=made_at,
            kept_at=now,
        )
        for kind, message, contents, made_at in _copies(by_id, by_address)
        for hold in covering.of(message.sender_id, message.room_id)
    ]
    _insert_new(records)


def _copies(
    by_id: Mapping[int, Message], by_address: Mapping[tuple[int, int], Message]
) -> Iterator[tuple[HeldRecord.Kind, Message, str, datetime]]:
    for message in by_id.values():
        yield Kind.MESSAGE, message, _json(_said(message)), message.created_at
    for earlier in EarlierText.objects.filter(message__in=by_id).order_by("pk"):
        said = {"text": earlier.contents, "replaced": earlier.replaced_at.isoformat()}
        yield Kind.EARLIER_TEXT, by_id[earlier.message_id], _json(said), earlier.written_at
    for file in File.objects.filter(_any_of(by_address), is_preview=False).order_by("pk"):
        yield Kind.FILE, by_address[file.room_id, file.seq or 0], _named(file), file.created_at


def _named(file: File) -> str:
    said = {"file": file.pk, "name": file.name, "type": file.media_type, "size": file.size, "alt": file.alt}
    return _json(said)


def _said(message: Message) -> dict[str, Any]:
    times = {"edited": message.edited_at, "deleted": message.deleted_at, "hidden": message.hidden_at}
    return {
        "by": message.kind,
        "text": message.contents,
        **({"answers": message.reply_to} if message.reply_to else {}),
        **{name: moment.isoformat() for name, moment in times.items() if moment},
    }


def _insert_new(records: Collection[HeldRecord]) -> int:
    """Those of which the hold has no equal one."""
    held = HeldRecord.objects.filter(hold__in={one.hold_id for one in records})
    addresses = {(one.room_id, one.seq) for one in records}
    known = set(held.filter(_any_of(addresses)).values_list("hold_id", "kind", "room_id", "seq", "contents"))
    new = [one for one in records if (one.hold_id, one.kind, one.room_id, one.seq, one.contents) not in known]
    HeldRecord.objects.bulk_create(new, batch_size=ROWS_AT_ONCE)
    return len(new)


def _any_of(addresses: Iterable[tuple[int | None, int | None]]) -> Q:
    """Of these messages, each (room, seq)."""
    seqs: dict[int | None, set[int | None]] = {}
    for room_id, seq in addresses:
        seqs.setdefault(room_id, set()).add(seq)
    found = Q(pk__in=[])
    for room_id, some in seqs.items():
        known = {seq for seq in some if seq is not None}
        in_room = Q(room_id=room_id) if room_id is not None else Q(room_id__isnull=True)
        found |= in_room & (Q(seq__in=known) | Q(seq__isnull=True) if None in some else Q(seq__in=known))
    return found


def _json(said: Mapping[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, sort_keys=True)
