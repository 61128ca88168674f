"""The files that the member sent, or was about to: nobody gets them any more, and their objects are taken away."""

from collections.abc import Collection

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from messaging.file_models import File
from messaging.personal.erasing.parts import Erased, Part, Phase
from messaging.personal.erasing.progress import counted
from messaging.personal.holds import held_files, keep_waiting_files

FILES_AT_ONCE = 25  # as the sweeper
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
    keep_waiting_files(files=File.objects.filter(pk__in=[pk for pk, *_rest in found]), now=erased.now)
    held = held_files(
        files=[(room_id, seq, erased.member_id, pk) for pk, room_id, seq, _key in found], now=erased.now
    )
    gone = {pk: key for pk, _room_id, _seq, key in found if pk not in held}
    File.objects.filter(pk__in=held).update(**NAMELESS, expires_at=erased.now)
    File.objects.filter(pk__in=gone).update(
        **NAMELESS, state=File.State.GONE, seq=None, is_untold=False, expires_at=erased.now
    )
    _forget_names([*held, *gone])
    return Part(files=gone)


def _forget_names(file_ids: Collection[int]) -> None:
    """Of what staff did with them in the admin."""
    kind = ContentType.objects.get_for_model(File)
    LogEntry.objects.filter(content_type=kind, object_id__in=[str(one) for one in file_ids]).update(object_repr="")


FILES = Phase("files", _take, lambda member_id: _files(member_id).count())
