"""What becomes of a file's row while its bytes come, when they are there, and when they are not to come after all.

A state changes only from what it is known to be. So of two who upload to one address, or cancel meanwhile, one is
refused, and whoever is refused takes away what they put there.
"""

from datetime import datetime

from django.db.models import Q

from chatproject.file_errors import AddressEnded, FileSent, NoSuchFile
from chatproject.transactions import in_one_transaction
from messaging.file_models import File
from messaging.files.changing import change_file
from messaging.files.uploads.quotas import give_back
from messaging.files.uploads.uploading import require_coming
from rooms.selectors import require_participant

State = File.State


def begin(file_id: int, *, holder: str, now: datetime) -> File:
    """The file that is to come, taken by the upload called `holder`; who began before has lost it.

    Raises NoSuchFile, FileSent, and NotInRoom or RoomNotFound where its member is in the room no more.
    """
    file = File.objects.filter(pk=file_id).first()
    if file is None or file.uploader_id is None:
        raise NoSuchFile
    require_coming(file, now=now)
    require_participant(room_id=file.room_id, member_id=file.uploader_id)
    if not change_file(file_id, Q(state=State.COMING), holder=holder):
        raise FileSent
    file.holder = holder
    return file


def require_held(file: File) -> None:
    """Raises AddressEnded where another upload has the file, or it is not to come any more."""
    if not File.objects.filter(pk=file.pk, state=State.COMING, holder=file.holder).exists():
        raise AddressEnded


def arrive(file: File) -> None:
    """All its bytes are there: it is to be checked. Raises AddressEnded as above."""
    is_held = Q(state=State.COMING, holder=file.holder)
    if not change_file(file.pk, is_held, state=State.CHECKING, holder="", held_until=None):
        raise AddressEnded
    file.state = State.CHECKING


def is_wanted(file: File) -> bool:
    """Whether what lies there of its upload is of use to anybody: to who uploads it now, or checks it."""
    return File.objects.filter(pk=file.pk, state__in=(State.COMING, State.CHECKING)).exists()


def refuse_length(file: File) -> bool:
    """What came is not what was announced. Whether it was still to come."""
    refused = {"state": State.REFUSED, "reason": File.Reason.LENGTH}
    return change_file(file.pk, Q(state=State.COMING), **refused)


@in_one_transaction
def give_up(file: File, *, now: datetime) -> None:
    """It is not to be sent: the sweep takes away what lies there of it. Raises NoSuchFile, FileSent."""
    locked = _lock(file)
    if locked.seq is not None or locked.is_held:
        raise FileSent
    if locked.state == State.COMING and locked.uploader_id is not None:
        give_back(member_id=locked.uploader_id, size=locked.size, announced_at=locked.created_at)
    locked.state, locked.expires_at = State.GONE, now
    locked.save(update_fields=["state", "expires_at"])


@in_one_transaction
def describe(file: File, alt: str, *, now: datetime) -> File:
    """Give it another description; where it was sent already its message is to say so (FilesAct).

    Raises NoSuchFile.
    """
    locked = _lock(file)
    if locked.state == State.GONE or locked.expires_at <= now:
        raise NoSuchFile
    locked.alt, locked.is_untold = alt, locked.is_untold or locked.seq is not None
    locked.save(update_fields=["alt", "is_untold"])
    return locked


def _lock(file: File) -> File:
    locked = File.objects.select_for_update().filter(pk=file.pk).first()
    if locked is None:
        raise NoSuchFile
    return locked
