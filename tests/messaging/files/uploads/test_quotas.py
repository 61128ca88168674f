"""How much may be sent by a member on a day, in a room and in all; and that nobody runs over it, even at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from chatproject.file_errors import FileQuotaUsed, NoSpaceLeft
from messaging.file_models import File, FilesAnnounced
from messaging.files.uploads import arriving
from messaging.files.uploads.quotas import bytes_used
from messaging.files.uploads.uploading import Announcement, announce
from rooms.models import Member, Room
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB, make_group_room
from tests.messaging.files.having import have_file

EVENING = datetime.fromisoformat("2026-11-22T23:00:00+09:00")
TOMORROW = EVENING + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.FILES = replace(settings.FILES, member_day_bytes=0, room_bytes=0, site_bytes=0)


def limit(settings: Any, **bytes_: int) -> None:
    settings.FILES = replace(settings.FILES, **bytes_)


def send(room: Room, *, by: int = ALICE, size: int = 100, now: datetime = EVENING) -> File:
    announced = Announcement("cat.jpg", size, "image/jpeg")
    return announce(announced, room_id=room.pk, member_id=by, is_admin=False, now=now)


def test_a_member_sends_so_much_a_day_and_then_tomorrow(room: Room, settings: Any) -> None:
    limit(settings, member_day_bytes=300)
    send(room, size=200)
    with pytest.raises(FileQuotaUsed) as refusal:
        send(room, size=101)
    assert refusal.value.retry_after == 3_600
    send(room, size=100)
    send(room, by=BOB, size=300)
    send(room, size=300, now=TOMORROW)


def test_what_was_given_up_before_it_came_was_not_sent(room: Room, settings: Any) -> None:
    limit(settings, member_day_bytes=300)
    file = send(room, size=300)
    arriving.give_up(file, now=EVENING)
    file = send(room, size=300)
    File.objects.filter(pk=file.pk).update(state="checking")
    arriving.give_up(file, now=EVENING)  # its bytes were taken in and looked at
    with pytest.raises(FileQuotaUsed):
        send(room, size=1)


def test_yesterdays_file_that_is_given_up_today_gives_nothing_back(room: Room, settings: Any) -> None:
    limit(settings, member_day_bytes=300)
    file = send(room, size=300)
    send(room, size=300, now=TOMORROW)
    arriving.give_up(file, now=TOMORROW)
    assert FilesAnnounced.objects.get().size == 300


def test_a_room_takes_so_much_until_something_goes(room: Room, alice: Member, settings: Any) -> None:
    limit(settings, room_bytes=300)
    file = send(room, size=300)
    with pytest.raises(NoSpaceLeft):
        send(room, size=1)
    send(make_group_room("Other", alice), size=300)

    File.objects.filter(pk=file.pk).update(state="gone")
    with pytest.raises(NoSpaceLeft):  # not looked at again at once: whoever asks all the time counts nothing
        send(room, size=1, now=EVENING + timedelta(seconds=5))
    send(room, size=300, now=EVENING + timedelta(seconds=11))


def test_a_site_takes_so_much(room: Room, alice: Member, settings: Any) -> None:
    limit(settings, site_bytes=1_000)
    have_file(make_group_room("Other", alice), ALICE, seq=1, size=500, kept_size=700)  # with its smaller pictures
    have_file(room, ALICE, seq=2, size=5_000, kept_size=0, state="refused")
    send(room, size=300)
    with pytest.raises(NoSpaceLeft):
        send(room, size=1)


def test_a_file_larger_than_all_there_is_is_refused(room: Room, settings: Any) -> None:
    for name in ("member_day_bytes", "room_bytes", "site_bytes"):
        _no_limits_again = dict.fromkeys(("member_day_bytes", "room_bytes", "site_bytes"), 0)
        limit(settings, **_no_limits_again | {name: 10})
        with pytest.raises((FileQuotaUsed, NoSpaceLeft)):
            send(room, size=11)
    assert not File.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["member_day_bytes", "room_bytes", "site_bytes"])
def test_a_hundred_at_once_run_over_nothing(name: str, room: Room, settings: Any, all_at_once: AllAtOnce) -> None:
    limit(settings, **{name: 1_000})
    now = datetime.now(UTC)

    outcomes = []
    for _ in range(5):
        outcomes += all_at_once(*[partial(send, room, size=100, now=now)] * 20)

    assert sum(isinstance(outcome, File) for outcome in outcomes) == 10
    refused = FileQuotaUsed if name == "member_day_bytes" else NoSpaceLeft
    assert {type(outcome) for outcome in outcomes} == {File, refused}
    assert bytes_used(room.pk) == 1_000
