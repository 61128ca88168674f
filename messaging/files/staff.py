"""What staff do with files: look at what was reported, hidden or held, and take away. The audit log has both."""

from datetime import datetime

from django.db.models import Q

from chatproject.errors import NotAllowed
from chatproject.file_errors import NoSuchFile
from chatproject.transactions import in_one_transaction
from messaging.file_models import File
from messaging.files.downloads.addresses import Addresses, addresses_of
from messaging.files.downloads.selectors import place_of_file
from messaging.moderation_models import Case
from rooms.models import Room
from rooms.moderation import audit
from rooms.moderation.audit import Actor, Deed
from rooms.moderation.sanctions import clean_reason

State = File.State


def may_be_looked_at(file: File) -> bool:
    """Whether staff have a reason to: people's files are not theirs to browse."""
    if file.state != State.READY:
        return False
    return place_of_file(file) in ("held", "hidden") or _is_reported(file)


@in_one_transaction
def look_at(*, file_id: int, staff_id: int | None, now: datetime) -> Addresses:
    """Addresses to look at it. Raises NoSuchFile, NotAllowed, FileStoreUnavailable."""
    file = File.objects.filter(pk=file_id).first()
    addresses = None if file is None else addresses_of(file, now=now, sight="staff")
    if file is None or addresses is None:
        raise NoSuchFile
    if not may_be_looked_at(file):
        raise NotAllowed
    _log(file, "file_seen", staff_id=staff_id, now=now)
    return addresses


@in_one_transaction
def take_away(*, file_id: int, staff_id: int | None, reason: str, now: datetime) -> File:
    """Nobody gets it any more; what lies in the store goes within a minute. Its message is to be told: FilesAct.

    Raises NoSuchFile, also for what is gone, and InvalidInput without a reason.
    """
    reason = clean_reason(reason)
    room_id = File.objects.filter(pk=file_id).values_list("room_id", flat=True).first()
    _lock_room(room_id or 0)  # before the file, as who sends it does
    file = File.objects.select_for_update().filter(pk=file_id).exclude(state=State.GONE).first()
    if file is None:
        raise NoSuchFile
    file.state, file.expires_at, file.is_untold = State.GONE, now, file.seq is not None
    file.save(update_fields=["state", "expires_at", "is_untold"])
    _log(file, "file_taken", staff_id=staff_id, now=now, reason=reason)
    return file


def _is_reported(file: File) -> bool:
    """By a case about its message, decided or not, or by an open one about its uploader or the room."""
    about_message = Q(seq=file.seq) if file.seq is not None else Q(pk__in=())
    about_others = Q(seq=None, open_key__isnull=False) & (Q(member_id=None) | Q(member_id=file.uploader_id))
    return Case.objects.filter(about_message | about_others, room_id=file.room_id).exists()


def _log(file: File, act: str, *, staff_id: int | None, now: datetime, reason: str = "") -> None:
    """In the chain of its room, under its lock, or where the room is gone in the site's."""
    is_there = _lock_room(file.room_id)
    audit.record(
        Deed(
            room_id=file.room_id if is_there else audit.SITE,
            act=act,
            by=Actor.staff(staff_id),
            at=now,
            member_id=file.uploader_id,
            seq=file.seq,
            reason=reason,
            details={"file": file.pk},
        )
    )


def _lock_room(room_id: int) -> bool:
    """Whether there is one."""
    return Room.objects.select_for_update().filter(pk=room_id).first() is not None
