"""Holds, from their order to their end, and what goes with them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput, MemberNotFound, RoomNotFound
from chatproject.transactions import in_one_transaction
from messaging.file_models import File
from messaging.personal.holds import number_of_file
from messaging.personal_models import HeldRecord, LegalHold
from rooms.models import Member, Room
from rooms.moderation import audit
from rooms.moderation.audit import REASON_MAX_CHARACTERS, Actor, Deed

RECORDS_AT_ONCE = 500  # 10 ms
LONGEST = timedelta(days=3_660)


def require_hold(
    *, member_id: int | None, room_id: int | None, reason: str, until: datetime, now: datetime
) -> str:
    """Returns the reason as it is kept. Raises InvalidInput where it could be no hold.

    Raises MemberNotFound and RoomNotFound: with a wrong number nothing would be kept, and nobody would notice.
    """
    reason = reason.strip()
    if (member_id is None) == (room_id is None):
        raise InvalidInput(_("A hold is of one member or of one room."))
    if not reason or len(reason) > REASON_MAX_CHARACTERS:
        raise InvalidInput(_("A hold says which law or order is behind it."))
    if not now < until <= now + LONGEST:
        raise InvalidInput(_("A hold ends, within ten years."))
    if member_id is not None and not Member.objects.filter(pk=member_id).exists():
        raise MemberNotFound
    if room_id is not None and not Room.objects.filter(pk=room_id).exists():
        raise RoomNotFound
    return reason


@in_one_transaction
def make_hold(
    *,
    member_id: int | None,
    room_id: int | None,
    reason: str,
    until: datetime,
    staff_id: int | None,
    now: datetime,
) -> LegalHold:
    """From now on what this member said, or what was said in this room, is copied before it goes.

    Logged for the whole site: a room's own log is read by its managers. Raises what `require_hold` does.
    """
    reason = require_hold(member_id=member_id, room_id=room_id, reason=reason, until=until, now=now)
    hold = LegalHold.objects.create(
        member_id=member_id, room_id=room_id, reason=reason, staff_id=staff_id, made_at=now, until=until
    )
    _log("hold_made", hold, staff_id=staff_id, now=now, until=until)
    return hold


@in_one_transaction
def lift_hold(*, hold_id: int, staff_id: int | None, now: datetime) -> bool:
    """End it before its time; what it kept is deleted within seconds. False where it has ended."""
    hold = LegalHold.objects.select_for_update().filter(pk=hold_id, lifted_at=None, until__gt=now).first()
    if hold is None:
        return False
    hold.lifted_at = now
    hold.save(update_fields=["lifted_at"])
    _log("hold_lifted", hold, staff_id=staff_id, now=now)
    return True


@in_one_transaction
def look_at(*, record_id: int, staff_id: int | None, now: datetime) -> HeldRecord | None:
    """The record, for staff who may; each look is logged before anything is seen."""
    record = HeldRecord.objects.select_related("hold").filter(pk=record_id).first()
    if record is not None:
        _log("held_record_seen", record.hold, staff_id=staff_id, now=now, record=record.pk)
    return record


def end_some_records(*, now: datetime) -> int:
    """Delete some of what ended holds kept; its files go from the store by themselves. Returns how many went.

    Where none ended, that is found without a transaction, and without a look through what others keep.
    """
    ended = LegalHold.objects.filter(Q(lifted_at__isnull=False) | Q(until__lte=now))
    hold_ids = list(
        ended.filter(Exists(HeldRecord.objects.filter(hold=OuterRef("pk")))).values_list("pk", flat=True)
    )
    return _end_some(hold_ids, now) if hold_ids else 0


@in_one_transaction
def _end_some(hold_ids: Sequence[int], now: datetime) -> int:
    by_index = HeldRecord.objects.filter(hold__in=hold_ids).order_by("hold_id", "room_id", "seq")
    records = list(by_index[:RECORDS_AT_ONCE])
    files = [number_of_file(one.contents) for one in records if one.kind == HeldRecord.Kind.FILE]
    HeldRecord.objects.filter(pk__in=[one.pk for one in records]).delete()
    File.objects.filter(pk__in=files, expires_at__gt=now, state=File.State.GONE).update(expires_at=now)
    return len(records)


def _log(
    act: str,
    hold: LegalHold,
    *,
    staff_id: int | None,
    now: datetime,
    until: datetime | None = None,
    record: int | None = None,
) -> None:
    details = {
        "hold": hold.pk,
        **({"room": hold.room_id} if hold.room_id else {}),
        **({"record": record} if record else {}),
    }
    deed = Deed(
        room_id=audit.SITE,
        act=act,
        by=Actor.staff(staff_id),
        at=now,
        member_id=hold.member_id,
        reason=hold.reason if act == "hold_made" else "",
        until=until,
        details=details,
    )
    audit.record(deed)
