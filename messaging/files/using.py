"""How much room files take, where and by whom, against what they may take: for the admin's page of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Sum
from django.db.models.functions import Greatest

from chatproject.days import day_of
from messaging.file_models import File, FilesAnnounced
from messaging.files.uploads.quotas import bytes_used
from rooms.models import Member, Room

SHOWN = 20  # of rooms and of members, those with the most


class Used(NamedTuple):
    """By a room, or a member today. `files` 0: not counted."""

    number: int
    name: str
    size: int
    files: int = 0


@dataclass(frozen=True, slots=True)
class Use:
    """Bytes; a limit of 0 is none."""

    site: int
    site_most: int
    room_most: int
    member_most: int
    states: list[tuple[str, int]]
    rooms: list[Used]
    members: list[Used]


def use_of_files(*, now: datetime) -> Use:
    """Read through an index of all files: half a second where there are a million."""
    counted = dict(File.objects.values_list("state").annotate(Count("pk")).order_by())
    return Use(
        site=bytes_used(),
        site_most=settings.FILES.site_bytes,
        room_most=settings.FILES.room_bytes,
        member_most=settings.FILES.member_day_bytes,
        states=[(str(state.label), counted.get(state.value, 0)) for state in File.State],
        rooms=_largest_rooms(),
        members=_busiest_members(now),
    )


def _largest_rooms() -> list[Used]:
    kept = File.objects.exclude(state__in=(File.State.REFUSED, File.State.GONE)).values("room_id")
    largest = kept.annotate(used=Sum(Greatest("size", "kept_size")), files=Count("pk")).order_by("-used")[:SHOWN]
    rows = list(largest.values_list("room_id", "used", "files"))
    rooms = Room.objects.in_bulk([room_id for room_id, _used, _files in rows])
    return [
        Used(room_id, str(rooms[room_id]) if room_id in rooms else "-", int(used), files)
        for room_id, used, files in rows
    ]


def _busiest_members(now: datetime) -> list[Used]:
    today = FilesAnnounced.objects.filter(day=day_of(now), size__gt=0).order_by("-size")[:SHOWN]
    rows = list(today.values_list("member_id", "size"))
    members = Member.objects.in_bulk([member_id for member_id, _size in rows])
    return [
        Used(member_id, members[member_id].nickname if member_id in members else "-", size)
        for member_id, size in rows
    ]
