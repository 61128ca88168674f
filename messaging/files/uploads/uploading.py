"""A member announces a file, and is told where its bytes go. Nothing of it is there before it is announced."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from chatproject.errors import InvalidInput
from chatproject.file_errors import AddressEnded, FileSent, FilesOff, FileTooLarge, KindRefused, NoSuchFile
from chatproject.transactions import in_one_transaction
from messaging.file_models import File
from messaging.files.downloads.addresses import PATH
from messaging.files.storage.naming import coming_name
from messaging.files.storage.places import Place
from messaging.files.uploads.kinds import kind_of
from messaging.files.uploads.labels import clean_alt, clean_name
from messaging.files.uploads.quotas import count_announced, prepare
from messaging.store.file_terms import UNSENT_KEPT
from messaging.store.selectors import require_speaker
from messaging.wire.times import wire_time
from rooms.selectors import require_participant

ADDRESS_GOOD_FOR = timedelta(minutes=5)  # to begin at: what has begun may take longer
_SIGNER = signing.Signer(salt="files.upload")

State = File.State


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a client says of a file that it is going to send. `media_type` as browsers have it, "" too."""

    name: str
    size: int
    media_type: str
    alt: str = ""

    def cleaned(self) -> "Announcement":
        """As it is kept. Raises InvalidInput, FileTooLarge, KindRefused."""
        name, alt = clean_name(self.name), clean_alt(self.alt)
        if self.size < 1:
            raise InvalidInput(_("The file is empty."))
        if self.size > settings.FILES.most_bytes:
            raise FileTooLarge
        kind = kind_of(name, self.media_type)
        if kind is None:
            raise KindRefused
        return Announcement(name, self.size, kind.media_type, alt)


def require_files_on() -> None:
    if not settings.FILES.is_on:
        raise FilesOff


def announce(announced: Announcement, *, room_id: int, member_id: int, is_admin: bool, now: datetime) -> File:
    """A new file that is to come. `announced` is cleaned already.

    Raises RoomNotFound, NotInRoom, Muted, ReadOnlyRoom, FileQuotaUsed, NoSpaceLeft.
    """
    require_speaker(room_id=room_id, member_id=member_id, is_admin=is_admin, now=now)
    prepare(member_id=member_id, room_id=room_id, size=announced.size, now=now)
    return _announce(announced, room_id=room_id, member_id=member_id, now=now)


@in_one_transaction
def _announce(announced: Announcement, *, room_id: int, member_id: int, now: datetime) -> File:
    file = File.objects.create(
        room_id=room_id,
        uploader_id=member_id,
        name=announced.name,
        media_type=announced.media_type,
        size=announced.size,
        alt=announced.alt,
        key=uuid4().hex,
        created_at=now,
        expires_at=now + UNSENT_KEPT,
    )
    count_announced(member_id=member_id, room_id=room_id, size=announced.size, now=now)
    return file


def own_file(*, room_id: int, file_id: int, member_id: int) -> File:
    """What the member announced in that room, which they are in. Raises RoomNotFound, NotInRoom, NoSuchFile."""
    require_participant(room_id=room_id, member_id=member_id)
    file = File.objects.filter(pk=file_id, room_id=room_id, uploader_id=member_id, is_preview=False).first()
    if file is None:
        raise NoSuchFile
    return file


def own_answer(file: File) -> dict[str, Any]:
    """What its uploader is told of a file."""
    answer = {
        "fileId": file.pk,
        "name": file.name,
        "type": file.media_type,
        "size": file.size,
        "state": file.state,
        "alt": file.alt,
        "expiresAt": wire_time(file.expires_at),
    }
    return {**answer, "reason": file.reason} if file.reason else answer


# --- where its bytes go


def require_coming(file: File, *, now: datetime) -> None:
    """Raises FileSent where it has arrived, or was given up; NoSuchFile where it waited for too long."""
    if file.state != State.COMING:
        raise FileSent(_("The file has arrived already."))
    if file.expires_at <= now:
        raise NoSuchFile


def upload_to(file: File, place: Place, *, now: datetime) -> dict[str, Any]:
    """How a client sends the file's bytes: method, address, and the fields of a form where there is one.

    Good for ADDRESS_GOOD_FOR. Blocks: a bucket's credentials may have to be asked for.
    """
    within_s = int(ADDRESS_GOOD_FOR.total_seconds())
    if form := place.form_for(coming_name(file.key), size=file.size, within_s=within_s):
        return {"method": "POST", "url": form["url"], "fields": form["fields"]}
    return {"method": "PUT", "url": PATH + sign_upload(file.pk, good_until=now + ADDRESS_GOOD_FOR)}


def sign_upload(file_id: int, *, good_until: datetime) -> str:
    return _SIGNER.sign(f"{file_id}.{int(good_until.timestamp())}")


def read_upload(signed: str, *, now: datetime) -> int:
    """The number of the file that the address is for. Raises AddressEnded."""
    try:
        file_id, _dot, good_until = _SIGNER.unsign(signed).partition(".")
    except signing.BadSignature:
        raise AddressEnded from None
    if int(good_until) < now.timestamp():
        raise AddressEnded
    return int(file_id)
