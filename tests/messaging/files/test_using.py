"""What files take, and where."""

from dataclasses import replace
from typing import Any

import pytest

from messaging.file_models import File, FilesAnnounced
from messaging.files.using import Used, use_of_files
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, make_private_room
from tests.messaging.files.having import NOW, have_file

pytestmark = pytest.mark.django_db


def test_the_largest_rooms_and_the_busiest_members(room: Room, alice: Member, bob: Member, settings: Any) -> None:
    settings.FILES = replace(settings.FILES, site_bytes=10_000, room_bytes=0)
    pair = make_private_room(alice, bob)
    for place in (room, room, pair):
        have_file(place, BOB, seq=1)
    have_file(999_999, BOB, seq=1, size=5_000)
    have_file(room, BOB, seq=1, state=File.State.GONE)
    FilesAnnounced.objects.create(member_id=BOB, day=NOW.date(), size=700)
    FilesAnnounced.objects.create(member_id=ALICE, day="2026-11-01", size=900)
    use = use_of_files(now=NOW)
    assert use.rooms == [
        Used(999_999, "-", 5_000, 1),
        Used(room.pk, "Garden", 3_000, 2),
        Used(pair.pk, str(pair), 1_500, 1),
    ]
    assert use.members == [Used(BOB, "Bob", 700)]
    assert (use.site, use.site_most, use.room_most) == (9_500, 10_000, 0)
    assert [count for _state, count in use.states] == [0, 0, 4, 0, 1]
