"""What becomes of a file's row: while it comes, when it is there, when it is given up."""

from datetime import timedelta

import pytest

from chatproject.errors import NotInRoom
from chatproject.file_errors import AddressEnded, FileSent, NoSuchFile
from messaging.file_models import File
from messaging.files.uploads import arriving
from rooms.models import Participant, Room
from tests.factories import ALICE
from tests.messaging.files.having import NOW, have_file


@pytest.fixture
def coming(room: Room) -> File:
    return have_file(room, ALICE, state="coming", kept_size=0)


def state_of(file: File) -> str:
    return File.objects.values_list("state", flat=True).get(pk=file.pk)


def test_what_arrives_is_to_be_checked(coming: File) -> None:
    file = arriving.begin(coming.pk, holder="one", now=NOW)
    arriving.require_held(file)
    arriving.arrive(file)

    assert state_of(file) == "checking"
    assert File.objects.get().holder == ""  # for who checks it


def test_of_two_uploads_the_later_one_counts(coming: File) -> None:
    first = arriving.begin(coming.pk, holder="one", now=NOW)
    second = arriving.begin(coming.pk, holder="another", now=NOW)
    with pytest.raises(AddressEnded):
        arriving.require_held(first)
    with pytest.raises(AddressEnded):
        arriving.arrive(first)
    arriving.arrive(second)
    with pytest.raises(FileSent):
        arriving.begin(coming.pk, holder="third", now=NOW)


def test_who_left_the_room_uploads_nothing_to_it(coming: File) -> None:
    Participant.objects.filter(member_id=ALICE).delete()
    with pytest.raises(NotInRoom):
        arriving.begin(coming.pk, holder="one", now=NOW)


def test_nothing_comes_that_is_not_there_or_nobodys(coming: File, room: Room) -> None:
    with pytest.raises(NoSuchFile):
        arriving.begin(coming.pk + 1, holder="one", now=NOW)
    File.objects.update(uploader_id=None)
    with pytest.raises(NoSuchFile):
        arriving.begin(coming.pk, holder="one", now=NOW)


def test_another_length_is_refused_once(coming: File) -> None:
    assert arriving.refuse_length(coming)
    assert not arriving.refuse_length(coming)
    assert File.objects.get().reason == "length"


def test_what_is_given_up_is_the_sweeps(coming: File) -> None:
    holding = arriving.begin(coming.pk, holder="one", now=NOW)
    assert arriving.is_wanted(holding)
    arriving.give_up(coming, now=NOW)

    assert (state_of(coming), File.objects.get().expires_at) == ("gone", NOW)
    assert not arriving.is_wanted(holding)
    with pytest.raises(AddressEnded):
        arriving.arrive(holding)


def test_what_was_sent_is_not_given_up(room: Room) -> None:
    for file in (have_file(room, ALICE, seq=1), have_file(room, ALICE, is_held=True)):
        with pytest.raises(FileSent):
            arriving.give_up(file, now=NOW)
    with pytest.raises(NoSuchFile):
        arriving.give_up(File(pk=999), now=NOW)


def test_a_description_may_change_and_what_was_sent_is_to_say_so(room: Room) -> None:
    unsent, sent = have_file(room, ALICE), have_file(room, ALICE, seq=1)
    assert not arriving.describe(unsent, "a cat", now=NOW).is_untold
    assert arriving.describe(sent, "a cat", now=NOW).is_untold
    assert {file.alt for file in File.objects.all()} == {"a cat"}


def test_what_goes_is_not_described_any_more(room: Room) -> None:
    gone, deleted = have_file(room, ALICE, seq=1, state="gone"), have_file(room, ALICE, seq=2, expires_at=NOW)
    for file in (gone, deleted):
        with pytest.raises(NoSuchFile):
            arriving.describe(file, "a cat", now=NOW + timedelta(seconds=1))
