"""The log of what managers, staff, the main server, the filter, the assistant and the clock did: never changed.

Each room has a chain of its own, and the site has one (`SITE`): an entry's digest is made of the one before it
and of all that the entry says, so that whoever changes, takes out or puts in a line by hand breaks the chain
behind it. A missing end does not show: for that, ends kept elsewhere are compared (`check_audit_log --expect`).
Old entries go, see `pruning`: then an entry of the same chain says where it begins.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet

from chatproject.errors import StoreUnavailable
from chatproject.transactions import in_one_transaction
from rooms.audit_models import AuditEntry

PRUNED = "log_pruned"  # its details: up to which number, and with which digest, entries before it went
SITE = 0  # stands for a room where the whole site is meant
REASON_MAX_CHARACTERS = 500
RACES_MOST = 10  # for the first entry of the site's chain: who is second takes the next number
ROWS_AT_ONCE = 1_000


class Actor(NamedTuple):
    """Who acted: a member by their number, staff by their account's, the main server by its key's, the others
    without one."""

    kind: str
    actor_id: int | None = None

    @classmethod
    def member(cls, member_id: int) -> "Actor":
        return cls(AuditEntry.Actor.MEMBER, member_id)

    @classmethod
    def staff(cls, staff_id: int | None) -> "Actor":
        """Without a number where a command was typed: nobody is signed in there."""
        return cls(AuditEntry.Actor.STAFF, staff_id)

    @classmethod
    def main_server(cls, key_id: int) -> "Actor":
        return cls(AuditEntry.Actor.SERVER, key_id)


FILTER = Actor(AuditEntry.Actor.FILTER)
ASSISTANT = Actor(AuditEntry.Actor.ASSISTANT)
CLOCK = Actor(AuditEntry.Actor.CLOCK)  # an end that came


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is to be logged. `act` is a key of `wording.ACTS`; `member_id`: whom it met; `details` become JSON."""

    room_id: int
    act: str
    by: Actor
    at: datetime
    member_id: int | None = None
    seq: int | None = None
    reason: str = ""
    until: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


class Head(NamedTuple):
    """The end of a chain."""

    number: int
    digest: str


NOTHING_YET = Head(0, "")


class AuditRow(NamedTuple):
    """A row to be inserted, by the columns of chat_audit_log."""

    room_id: int
    number: int
    at: datetime
    act: str
    actor_kind: str
    actor_id: int | None
    member_id: int | None
    seq: int | None
    reason: str
    until: datetime | None
    details: str
    digest: str


# --- writing -----------------------------------------------------------------------------------


def audit_rows(heads: Mapping[int, Head], deeds: Iterable[Deed]) -> list[AuditRow]:
    """The rows that log these deeds in their order. Pure.

    `heads` are the ends of the rooms' chains, read under the rooms' locks; a room left out has no entry yet.
    """
    ends = dict(heads)
    rows = []
    for deed in deeds:
        end = ends.get(deed.room_id, NOTHING_YET)
        row = AuditRow(
            room_id=deed.room_id,
            number=end.number + 1,
            at=deed.at,
            act=deed.act,
            actor_kind=str(deed.by.kind),
            actor_id=deed.by.actor_id,
            member_id=deed.member_id,
            seq=deed.seq,
            reason=deed.reason[:REASON_MAX_CHARACTERS],
            until=deed.until,
            details=json.dumps(deed.details, ensure_ascii=False, sort_keys=True) if deed.details else "",
            digest="",
        )
        row = row._replace(digest=digest_of(row, after=end.digest))
        ends[deed.room_id] = Head(row.number, row.digest)
        rows.append(row)
    return rows


def digest_of(row: AuditRow, *, after: str) -> str:
    """SHA-256, in hexadecimal, of the digest before it and of all that the row says but its own digest. Pure."""
    said = [_as_written(value) for value in row[:-1]]
    return hashlib.sha256(json.dumps([after, *said], ensure_ascii=False).encode()).hexdigest()


def _as_written(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


@in_one_transaction
def record(*deeds: Deed) -> None:
    """Log deeds in the transaction in which they are done, under the lock of their room's row.

    Not within the batch of `messaging.store`, which writes `audit_rows` by statements of its own.
    """
    for _race in range(RACES_MOST):
        try:
            with transaction.atomic():
                _append(deeds)
        except IntegrityError:  # another one took the number, which only happens to the site's chain
            continue
        return
    raise StoreUnavailable(retry_after=1.0)


def _append(deeds: Sequence[Deed]) -> None:
    if any(deed.room_id == SITE for deed in deeds):
        _lock_site()
    heads = read_heads({deed.room_id for deed in deeds})
    AuditEntry.objects.bulk_create(AuditEntry(**row._asdict()) for row in audit_rows(heads, deeds))


def _lock_site() -> None:
    """Its chain has no room's row to lock: its first entry is that. Until there is one, `record` tries again."""
    first = AuditEntry.objects.filter(room_id=SITE).order_by("number").values_list("pk", flat=True).first()
    if first is not None:
        list(AuditEntry.objects.select_for_update().filter(pk=first).values_list("pk"))


# --- reading -----------------------------------------------------------------------------------


def read_heads(room_ids: Iterable[int]) -> dict[int, Head]:
    """The ends of these chains; a room without an entry is left out."""
    heads = {}
    for room_id in room_ids:  # mostly one; each is one look into an index
        newest = AuditEntry.objects.filter(room_id=room_id).order_by("-number")
        if (found := newest.values_list("number", "digest").first()) is not None:
            heads[room_id] = Head(*found)
    return heads


def all_heads() -> dict[int, Head]:
    """The ends of all chains, by room."""
    lengths = AuditEntry.objects.values("room_id").annotate(length=Max("number")).order_by("room_id")
    return read_heads([chain["room_id"] for chain in lengths])


def entries_of(*, room_id: int, before: int | None, limit: int, but: Q | None = None) -> QuerySet[AuditEntry]:
    """The room's newest entries, or those with a lower number than `before`; without those that `but` finds."""
    entries = AuditEntry.objects.filter(room_id=room_id)
    if before is not None:
        entries = entries.filter(number__lt=before)
    if but is not None:
        entries = entries.exclude(but)
    return entries.order_by("-number")[:limit]


class Break(NamedTuple):
    """Where a chain does not hold."""

    room_id: int
    number: int
    why: str


def breaks() -> Iterator[Break]:
    """The first place of each chain that was not written by this module, room by room. Reads the whole log."""
    for room_id in all_heads():
        yield from _first_break(room_id)


def beginning_of(room_id: int) -> Head:
    """The last entry before those that the chain has yet, as the chain itself says."""
    newest = AuditEntry.objects.filter(room_id=room_id, act=PRUNED).order_by("-number")
    details = newest.values_list("details", flat=True).first()
    if details is None:
        return NOTHING_YET
    said = json.loads(details)
    return Head(said["to"], said["digest"])


def _first_break(room_id: int) -> Iterator[Break]:
    end = beginning_of(room_id)
    if AuditEntry.objects.filter(room_id=room_id, number__lte=end.number).exists():
        yield Break(room_id, end.number, "it is said to be too old, and is there")
        return
    while rows := _rows_behind(room_id, end.number):
        for row in rows:
            if row.number != end.number + 1:
                yield Break(room_id, end.number + 1, "it is missing")
                return
            if row.digest != digest_of(row, after=end.digest):
                yield Break(room_id, row.number, "it was changed, or what is before it")
                return
            end = Head(row.number, row.digest)


def _rows_behind(room_id: int, number: int) -> list[AuditRow]:
    entries = AuditEntry.objects.filter(room_id=room_id, number__gt=number).order_by("number")
    return [AuditRow(*row) for row in entries.values_list(*AuditRow._fields)[:ROWS_AT_ONCE]]


def is_kept(room_id: int, head: Head) -> bool:
    """Whether the chain still has that entry as it was when its digest was noted, or says that it was too old."""
    beginning = beginning_of(room_id)
    if head.number <= beginning.number:
        return head.number < beginning.number or head.digest == beginning.digest
    return AuditEntry.objects.filter(room_id=room_id, number=head.number, digest=head.digest).exists()
