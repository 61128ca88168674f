"""What becomes of the rows of files that have come to their end. Bob sends, Alice owns the garden."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from messaging.file_models import File
from messaging.files.ending.ends import Ending, end_due, finish
from messaging.files.ending.straying import mend_some
from messaging.models import Message
from messaging.moderation_models import Case
from messaging.store.file_terms import FOREVER
from rooms.deleting import delete_room
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.files.having import NOW, have_file
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
YEAR = 366 * DAY


@pytest.fixture
def garden(room: Room) -> Room:
    say(room, "one", "two", sender_id=BOB)
    return room


def ended(*, after: timedelta) -> tuple[set[int], set[int]]:
    """The numbers of what is removed and of what has expired by then; their ends are finished."""
    now = NOW + after
    ending = end_due(now=now)
    finish(ending, now=now)
    return set(ending.removed), set(ending.expired)


@pytest.mark.parametrize("state", [File.State.COMING, File.State.CHECKING, File.State.READY, File.State.REFUSED])
def test_what_was_not_sent_within_a_day_goes_with_its_row(garden: Room, state: str) -> None:
    file = have_file(garden, BOB, state=state)
    assert ended(after=DAY - timedelta(seconds=1)) == (set(), set())
    assert ended(after=DAY) == ({file.pk}, set())
    assert not File.objects.exists()


def test_what_expires_is_gone_and_its_message_says_so(garden: Room) -> None:
    file = have_file(garden, BOB, seq=1)
    ending = end_due(now=NOW + YEAR)
    assert ending.messages == {(garden.pk, 1)}
    assert ending.expired == {file.pk: file.key}
    file.refresh_from_db()
    assert (file.state, file.is_untold, file.kept_size) == ("gone", True, 1_500)
    finish(ending, now=NOW + YEAR)
    file.refresh_from_db()
    assert (file.state, file.kept_size, file.expires_at) == ("gone", 0, FOREVER)
    assert ended(after=2 * YEAR) == (set(), set())


def test_a_store_that_was_away_meanwhile_is_asked_again_and_nobody_told_twice(garden: Room) -> None:
    sent, unsent = have_file(garden, BOB, seq=1), have_file(garden, BOB)
    end_due(now=NOW + YEAR)
    again = end_due(now=NOW + YEAR)
    assert (again.expired, again.removed, again.messages) == (
        {sent.pk: sent.key},
        {unsent.pk: unsent.key},
        frozenset(),
    )


def test_of_a_deleted_message_files_go_with_their_rows_those_that_were_gone_before_too(garden: Room) -> None:
    files = [have_file(garden, BOB, seq=1), have_file(garden, BOB, seq=1, state=File.State.GONE)]
    Message.objects.filter(seq=1).update(deleted_at=NOW)
    File.objects.update(expires_at=NOW)
    assert ended(after=timedelta()) == ({file.pk for file in files}, set())


def test_what_waits_for_a_manager_waits_however_long(garden: Room) -> None:
    file = have_file(garden, BOB, is_held=True)
    assert ended(after=YEAR) == (set(), set())
    file.refresh_from_db()
    assert (file.state, file.expires_at > NOW + YEAR) == ("ready", True)


@pytest.mark.parametrize(
    ("seq", "member_id", "kept"),
    [(1, BOB, {1, 4}), (12, BOB, {12}), (None, BOB, {1, 4, 12}), (None, ALICE, set()), (None, None, {1, 4, 12})],
)
def test_evidence_is_kept_while_its_case_is_open(
    garden: Room, seq: int | None, member_id: int | None, kept: set[int]
) -> None:
    """A message with its neighbours, what the member said, or what was said in the room, but nothing since."""
    say(garden, *["more"] * 11, sender_id=BOB)
    Message.objects.filter(seq=1).update(deleted_at=NOW)
    for number in (1, 4, 12):
        have_file(garden, BOB, seq=number)
    since = have_file(garden, BOB, seq=2, created_at=NOW + timedelta(seconds=2), expires_at=NOW)
    case = {"room_id": garden.pk, "seq": seq, "member_id": member_id, "due_at": NOW}
    Case.objects.create(**case, open_key="x", opened_at=NOW + timedelta(seconds=1))
    ended(after=YEAR)
    left = File.objects.exclude(pk=since.pk).exclude(state=File.State.GONE)
    assert set(left.values_list("seq", flat=True)) == kept
    Case.objects.update(open_key=None)
    ended(after=YEAR + timedelta(minutes=2))
    assert not File.objects.exclude(state=File.State.GONE).exists()


def test_what_staff_took_away_goes_whatever_is_open(garden: Room) -> None:
    file = have_file(garden, BOB, seq=1, state=File.State.GONE, expires_at=NOW)
    case = {"room_id": garden.pk, "seq": 1, "open_key": "x"}
    Case.objects.create(**case, opened_at=NOW + timedelta(seconds=1), due_at=NOW)
    assert ended(after=timedelta()) == (set(), {file.pk})


def test_what_is_being_checked_is_left_to_who_does(garden: Room) -> None:
    until = NOW + DAY + timedelta(seconds=30)
    file = have_file(garden, BOB, state=File.State.CHECKING, holder="a process", held_until=until)
    assert ended(after=DAY) == (set(), set())
    assert ended(after=DAY + timedelta(minutes=2)) == ({file.pk}, set())


def test_what_waits_for_a_scanner_that_is_away_goes_with_its_message(garden: Room) -> None:
    """Nobody looks at it; it is only put off, again and again."""
    file = have_file(garden, BOB, seq=1, state=File.State.CHECKING, held_until=NOW + timedelta(minutes=1))
    Message.objects.filter(seq=1).update(deleted_at=NOW)
    File.objects.update(expires_at=NOW)
    assert ended(after=timedelta()) == ({file.pk}, set())


def test_where_a_form_can_be_posted_again_what_came_by_it_goes_too(garden: Room, settings: Any) -> None:
    settings.FILES = dataclasses.replace(settings.FILES, is_s3=True)
    file, old = have_file(garden, BOB, state=File.State.GONE, expires_at=NOW), have_file(garden, BOB, seq=9)
    File.objects.filter(pk=old.pk).update(created_at=NOW - YEAR, expires_at=NOW)
    first, soon = end_due(now=NOW), NOW + timedelta(minutes=5)
    assert set(finish(first, now=NOW).removed) == {old.pk}
    finish(first, now=NOW)  # by another process in the same moment
    mend_some(after=0, now=soon)
    assert end_due(now=soon).removed == {}
    assert end_due(now=NOW + timedelta(minutes=15)).removed == {file.pk: file.key}
    assert ended(after=timedelta(minutes=15)) == ({file.pk}, set())
    assert not File.objects.exists()


@pytest.mark.parametrize("sent", [{"seq": 1}, {"is_held": True}, {"seq": 1, "expires_at": NOW + YEAR}])
def test_who_sends_it_at_the_last_moment_has_sent_it(
    garden: Room, sent: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = have_file(garden, BOB)
    from messaging.files.ending import ends

    say_gone = ends._say_gone

    def sent_just_before(*asked: Any) -> None:
        File.objects.update(**sent)
        say_gone(*asked)

    monkeypatch.setattr(ends, "_say_gone", sent_just_before)
    assert ended(after=DAY) == (set(), set())
    file.refresh_from_db()
    assert file.state == "ready"


@pytest.mark.parametrize(("keeps", "expires"), [(0, False), (7, True), (None, True), (3_000, False)])
def test_a_room_keeps_files_as_it_says(garden: Room, keeps: int | None, expires: bool) -> None:
    """Their rows still say something else, from before the room's rule was changed."""
    Room.objects.update(keeps_files=keeps)
    file = have_file(garden, BOB, seq=1, expires_at=NOW + DAY)
    assert ended(after=YEAR) == (set(), {file.pk} if expires else set())


def test_what_a_room_took_along_goes_too(garden: Room) -> None:
    file = have_file(999_999, BOB, seq=1, expires_at=NOW)
    assert ended(after=timedelta()) == ({file.pk}, set())


def test_the_picture_of_a_page_goes_with_its_row_and_its_message_is_told(garden: Room) -> None:
    file = have_file(garden, None, seq=1, is_preview=True, expires_at=NOW)
    ending = end_due(now=NOW)
    assert (set(ending.removed), ending.messages) == ({file.pk}, frozenset({(garden.pk, 1)}))


def test_in_parts_nothing_is_lost() -> None:
    ending = Ending({1: "a", 2: "b"}, {3: "c"}, frozenset({(1, 1)}))
    parts = list(ending.parts(2))
    assert [(part.removed, part.expired) for part in parts] == [({1: "a", 2: "b"}, {}), ({}, {3: "c"})]


def test_what_waits_for_a_manager_goes_with_its_room(garden: Room) -> None:
    file = have_file(garden, BOB, is_held=True)
    delete_room(room_id=garden.pk)
    mend_some(after=0, now=NOW)
    assert ended(after=timedelta(0)) == ({file.pk}, set())
    assert not File.objects.exists()
