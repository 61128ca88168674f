"""How much may be sent: by a member on a day, in a room, and in all. Kept by the database, for all processes.

Each announcement counts as large as it says, before a byte of it is there; so a hundred at once run over nothing.
No lock here is one that storing a message takes.
"""

from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db.models import F, Sum
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from chatproject.days import day_of, seconds_left
from chatproject.file_errors import FileQuotaUsed, NoSpaceLeft
from chatproject.transactions import in_one_transaction
from messaging.file_models import File, FilesAnnounced, FileUse

SITE = 0  # as FileUse has it
BEFORE_ANY = datetime(1970, 1, 1, tzinfo=UTC)
# a room of 50,000 files is counted in a tenth of a second, a site of a million in one; who announces waits for it
ROOM_COUNTED_AGAIN_AFTER, SITE_COUNTED_AGAIN_AFTER = timedelta(minutes=1), timedelta(minutes=10)
FULL_COUNTED_SOONER = 10  # times: something may have gone

State = File.State


def prepare(*, member_id: int, room_id: int, size: int, now: datetime) -> None:
    """Have rows to count in, and up to date: committed, each by itself, before the transaction that counts.

    Two that found and made a row in one would hold shared locks on it, and deadlock over the exclusive one.
    """
    if settings.FILES.member_day_bytes:
        FilesAnnounced.objects.get_or_create(member_id=member_id, defaults={"day": date(1970, 1, 1)})
    for place, most, again_after in _places(room_id):
        use, _is_new = FileUse.objects.get_or_create(room_id=place, defaults={"counted_at": BEFORE_ANY})
        is_full = use.size + size > most
        if use.counted_at < now - (again_after / FULL_COUNTED_SOONER if is_full else again_after):
            _count_anew(place, counted_at=use.counted_at, now=now)


def count_announced(*, member_id: int, room_id: int, size: int, now: datetime) -> None:
    """Count an announcement within the caller's transaction, at its end; `prepare` was called before it.

    Raises FileQuotaUsed, with the seconds until the next day, and NoSpaceLeft.
    """
    if most := settings.FILES.member_day_bytes:
        today = day_of(now)
        announced = FilesAnnounced.objects.select_for_update().get(member_id=member_id)
        before = announced.size if announced.day == today else 0
        if before + size > most:
            raise FileQuotaUsed(retry_after=seconds_left(now))
        announced.day, announced.size = today, before + size
        announced.save(update_fields=["day", "size"])
    for place, most, _again_after in _places(room_id):  # the site's last: all wait for that one
        has_room = FileUse.objects.filter(room_id=place, size__lte=most - size)
        if size > most or not has_room.update(size=F("size") + size):
            raise NoSpaceLeft(_("There is no space left for files.") if place == SITE else None)


def give_back(*, member_id: int, size: int, announced_at: datetime) -> None:
    """What was announced then is not to come after all: if that is the day that counts, it counts no more."""
    day = day_of(announced_at)
    FilesAnnounced.objects.filter(member_id=member_id, day=day, size__gte=size).update(size=F("size") - size)


def bytes_used(room_id: int = SITE) -> int:
    """What files have together now, of that room or of all: those that are to come as announced, those that are
    there with their smaller pictures."""
    files = File.objects.exclude(state__in=(State.REFUSED, State.GONE))
    if room_id != SITE:
        files = files.filter(room_id=room_id)
    used: int | None = files.aggregate(used=Sum(Greatest("size", "kept_size")))["used"]
    return int(used or 0)


def has_space(*, room_id: int, size: int) -> bool:
    """Whether there is some for what nobody announces, the pictures of link previews: as it was counted last."""
    used = dict(FileUse.objects.filter(room_id__in=(room_id, SITE)).values_list("room_id", "size"))
    return all(used.get(place, 0) + size <= most for place, most, _again_after in _places(room_id))


@in_one_transaction
def _count_anew(place: int, *, counted_at: datetime, now: datetime) -> None:
    """Under the lock of the count, so that no announcement is lost. Once, whoever else comes here for it."""
    use = FileUse.objects.select_for_update().get(room_id=place)
    if use.counted_at == counted_at:
        use.size, use.counted_at = bytes_used(place), now
        use.save(update_fields=["size", "counted_at"])


def _places(room_id: int) -> list[tuple[int, int, timedelta]]:
    """What has a limit: the place, most bytes, and after what time it is counted anew."""
    rooms = (room_id, settings.FILES.room_bytes, ROOM_COUNTED_AGAIN_AFTER)
    site = (SITE, settings.FILES.site_bytes, SITE_COUNTED_AGAIN_AFTER)
    return [place for place in (rooms, site) if place[1]]
