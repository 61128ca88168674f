"""Addresses at which files are got: signed, good for four to five minutes, and the same for all of a minute, so
that browsers keep what they have got.

Who has one gets the file: they are given only to who may see it, and what the file's message is by then is looked
at again where we answer ourselves. A bucket's addresses are good until they end.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, NamedTuple, cast

from django.conf import settings
from django.core.files.storage import storages
from django.core.signing import BadSignature, Signer

from chatproject.file_errors import AddressEnded, FileStoreUnavailable
from messaging.file_models import File
from messaging.files.downloads.presenting import disposition, is_picture, shown_type
from messaging.files.storage.naming import PICTURE_SIZES, Size, kept_name

PATH = "/v1/files/"
GOOD_FOR = timedelta(minutes=5)
LONGEST = 200  # characters of what is signed; ours have some 70
KEPT_IN_MEMORY = 4_096  # of a bucket: making one takes half a millisecond
_SALT = "where a file is got"

# whose eyes an address is for: everybody's in the room, its uploader's before it is sent, of who looks after the
# room and may see what is hidden or held, of staff who look at what was reported
Sight = Literal["room", "own", "managers", "staff"]
_SIGHTS: dict[str, Sight] = {"r": "room", "o": "own", "m": "managers", "s": "staff"}
_LETTERS = {sight: letter for letter, sight in _SIGHTS.items()}


class Address(NamedTuple):
    """What a signed address of ours says."""

    file_id: int
    size: Size
    sight: Sight


@dataclass(frozen=True, slots=True)
class Addresses:
    """Of a file, and of its smaller pictures by their longer side."""

    url: str
    previews: dict[str, str] = field(default_factory=dict)


def addresses_of(file: File, *, now: datetime, sight: Sight = "room") -> Addresses | None:
    """None where there is nothing to get: it is not ready, or not any more."""
    if file.state != File.State.READY:
        return None
    sizes = PICTURE_SIZES if is_picture(file.media_type) and not file.is_preview else ()
    return Addresses(
        address_of(file, now=now, sight=sight),
        {size: address_of(file, size, now=now, sight=sight) for size in sizes},
    )


def address_of(file: File, size: Size = "", *, now: datetime, sight: Sight = "room") -> str:
    """Where a browser gets it: a path of ours, below FILES_ORIGIN where one is set, or the bucket's address.

    Raises FileStoreUnavailable where a bucket has no key to sign with.
    """
    minute = int(now.timestamp()) // 60
    if settings.FILES.is_s3:
        name, kind = kept_name(file.key, size), shown_type(file.media_type, size)
        shown_as = disposition(file.name, file.media_type, size)
        return _in_bucket(_bucket_of(storages["default"]), name, kind, shown_as, minute)
    signed = _signed(Address(file.pk, size, sight), ends_at=minute + _minutes(GOOD_FOR))
    return f"{settings.FILES.origin}{PATH}{signed}"


def read_address(signed: str, *, now: datetime) -> Address:
    """Raises AddressEnded, also for what we never signed."""
    try:
        if len(signed) > LONGEST:
            raise BadSignature  # noqa: TRY301
        file_id, size, letter, end = _signer().unsign(signed).split(".")
    except BadSignature:
        raise AddressEnded from None
    if datetime.fromtimestamp(int(end) * 60, UTC) <= now:
        raise AddressEnded
    return Address(int(file_id), cast("Size", size), _SIGHTS[letter])


def origin_of_files() -> str:
    """Where browsers get files, if not where they get everything: for a page's Content-Security-Policy."""
    if not settings.FILES.is_s3:
        return str(settings.FILES.origin)
    try:
        address = _in_bucket(_bucket_of(storages["default"]), "any", "", "", 0)
    except FileStoreUnavailable:  # no key to sign with: nobody gets any
        return ""
    return "/".join(address.split("/", 3)[:3])


def _signed(address: Address, *, ends_at: int) -> str:
    """`ends_at` in minutes since 1970."""
    said = f"{address.file_id}.{address.size}.{_LETTERS[address.sight]}.{ends_at}"
    return _signer().sign(said)


def _signer() -> Signer:
    return Signer(salt=_SALT, sep="~")


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60


@lru_cache(1)
def _bucket_of(storage: Any) -> Any:
    from messaging.files.storage.bucket import Bucket  # half a second, for those who have one

    return Bucket(storage)


@lru_cache(KEPT_IN_MEMORY)
def _in_bucket(bucket: Any, name: str, media_type: str, shown_as: str, minute: int) -> str:
    """Signing asks nobody. Good for five minutes from when it is made: for four at least later in the minute."""
    seconds = int(GOOD_FOR.total_seconds())
    address: str = bucket.address_of(name, media_type=media_type, disposition=shown_as, within_s=seconds)
    return address
