"""What nobody wrote an end for is found: what went by SQL, and what a room keeps for another time now."""

from datetime import timedelta

import pytest

from messaging.file_models import File
from messaging.files.ending import straying
from messaging.files.ending.straying import mend_some
from messaging.models import Message
from messaging.store.file_terms import FOREVER
from rooms.models import Room
from tests.factories import BOB
from tests.messaging.files.having import NOW, have_file
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def garden(room: Room) -> Room:
    say(room, "one", "two", sender_id=BOB)
    return room


def ends() -> dict[int, object]:
    return dict(File.objects.values_list("pk", "expires_at"))


def test_what_is_as_it_should_be_stays(garden: Room) -> None:
    have_file(garden, BOB, seq=1)
    have_file(garden, BOB, seq=1, expires_at=NOW + 365 * DAY + timedelta(hours=23))  # sent later than announced
    have_file(garden, BOB)
    have_file(garden, BOB, is_held=True)
    have_file(garden, BOB, seq=1, state=File.State.GONE, expires_at=FOREVER)
    before = ends()
    assert mend_some(after=0, now=LATER)[0] is None
    assert ends() == before


def test_files_of_messages_and_rooms_that_are_gone_are_due_at_once(garden: Room) -> None:
    lost = [
        have_file(garden, BOB, seq=1),
        have_file(garden, BOB, seq=1, state=File.State.GONE, expires_at=FOREVER),
        have_file(garden, BOB, seq=99),
        have_file(999_999, BOB, seq=1),
        have_file(999_999, BOB, is_held=True),
        have_file(garden, None, is_held=True),
    ]
    kept = have_file(garden, BOB, seq=2)
    Message.objects.filter(seq=1).update(deleted_at=NOW)
    mend_some(after=0, now=LATER)
    assert ends() == {file.pk: LATER for file in lost} | {kept.pk: kept.expires_at}


def test_what_was_not_sent_ends_a_day_later_whatever_its_row_says(garden: Room) -> None:
    file = have_file(garden, BOB, expires_at=NOW + 365 * DAY)
    mend_some(after=0, now=NOW + DAY)
    assert ends() == {file.pk: NOW + 365 * DAY}
    now = NOW + DAY + timedelta(seconds=1)
    mend_some(after=0, now=now)
    assert ends() == {file.pk: now}


@pytest.mark.parametrize(
    ("keeps", "end"), [(0, FOREVER), (7, NOW + 7 * DAY), (3_000, NOW + 3_000 * DAY), (None, NOW + 365 * DAY)]
)
def test_a_rooms_new_rule_counts_for_what_is_there(garden: Room, keeps: int | None, end: object) -> None:
    Room.objects.update(keeps_files=keeps)
    have_file(garden, BOB, seq=1, expires_at=NOW + 90 * DAY)
    have_file(garden, BOB, seq=1, expires_at=FOREVER)
    mend_some(after=0, now=LATER)
    assert set(ends().values()) == {end}


def test_a_shorter_time_that_is_over_already_ends_them_now(garden: Room) -> None:
    Room.objects.update(keeps_files=7)
    have_file(garden, BOB, seq=1)
    mend_some(after=0, now=NOW + 8 * DAY)
    assert set(ends().values()) == {NOW + 8 * DAY}


def test_a_pictures_page_has_its_own_end(garden: Room) -> None:
    file = have_file(garden, None, seq=1, is_preview=True, expires_at=NOW + 2 * DAY)
    mend_some(after=0, now=LATER)
    assert ends() == {file.pk: NOW + 2 * DAY}


def test_some_at_a_time_all_are_looked_at(garden: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(straying, "ROWS_AT_ONCE", 2)
    files = [have_file(garden, BOB, seq=99).pk for _one in range(5)]
    after, looked_at = 0, []
    while (following := mend_some(after=after, now=LATER)[0]) is not None:
        after = following
        looked_at.append(after)
    assert looked_at == [files[1], files[3]]
    assert set(ends().values()) == {LATER}


def test_what_there_is_in_figures(garden: Room) -> None:
    for state in ("ready", "ready", "gone"):
        have_file(garden, BOB, seq=1, state=state)
    _last, some = mend_some(after=0, now=LATER)
    found = some.and_more(straying.NO_FILES)
    assert found.counts == {"coming": 0, "checking": 0, "ready": 2, "refused": 0, "gone": 1}
    assert found.kept_bytes == 4_500
