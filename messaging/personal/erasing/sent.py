"""The files that the member sent, or was about to: nobody gets them any more, and their objects are taken away."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from messaging.file_models import File
from messaging.files.ending.ends import TAKEN_AWAY_AGAIN
from messaging.personal.erasing.parts import Erased, Part, Phase
from messaging.personal.erasing.progress import counted
from messaging.personal.holds import held_files, keep_files

FILES_AT_ONCE = 25  # as the sweeper
BUSY_FOR = timedelta(hours=1)  # longer than any check, or the end of an upload, takes
NAMELESS = {"uploader": None, "name": "", "alt": "", "is_held": False}


def _files(member_id: int) -> QuerySet[File]:
    return File.objects.filter(uploader_id=member_id)


@counted
def _take(erased: Erased) -> Part | None:
    """One that a hold covers stays where it lies, without its name, until the hold ends."""
    rows = _files(erased.member_id).order_by("pk").values_list("pk", "room_id", "seq", "key")[:FILES_AT_ONCE]
    found = list(rows)
    if not found:
        return None
    keep_files(files=File.objects.filter(pk__in=[pk for pk, *_rest in found]), now=erased.now)
    held = held_files(
        files=[(room_id, seq, erased.member_id, pk) for pk, room_id, seq, _key in found], now=erased.now
    )
    gone = {pk: key for pk, _room_id, _seq, key in found if pk not in held}
    File.objects.filter(pk__in=held).update(**NAMELESS, expires_at=erased.now)
    File.objects.filter(pk__in=gone).update(
        **NAMELESS, state=File.State.GONE, seq=None, is_untold=False, expires_at=erased.now
    )
    _forget_names([*held, *gone])
    busy = _leave_busy(gone, erased.now)
    return Part(files={pk: key for pk, key in gone.items() if pk not in busy})


def _leave_busy(gone: Collection[int], now: datetime) -> frozenset[int]:
    """Those that somebody checks or uploads: whoever does finds it gone, and takes away what they put there. Where
    they die over it the sweeper does, which finds it by the row. Behind the update, so that nobody takes one."""
    held = File.objects.filter(pk__in=gone).exclude(holder="")
    busy = frozenset(held.values_list("pk", flat=True))
    File.objects.filter(pk__in=busy).update(holder=TAKEN_AWAY_AGAIN, held_until=None, expires_at=now + BUSY_FOR)
    return busy


def _forget_names(file_ids: Collection[int]) -> None:
    """Of what staff did with them in the admin."""
    kind = ContentType.objects.get_for_model(File)
    LogEntry.objects.filter(content_type=kind, object_id__in=[str(one) for one in file_ids]).update(object_repr="")


FILES = Phase("files", _take, lambda member_id: _files(member_id).count())
