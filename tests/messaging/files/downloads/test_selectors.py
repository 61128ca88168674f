"""Whom files are shown. Alice owns the garden, Bob is in it and sent pictures, Charlie is a stranger."""

from typing import Any

import pytest

from chatproject.errors import ChatError, InvalidInput
from messaging.file_models import File
from messaging.files.downloads.selectors import (
    LOOKED_AT_MOST,
    Before,
    files_by_id,
    files_page,
    one_file,
    seen_file,
)
from messaging.models import Message
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, caller, make_private_room
from tests.messaging.files.having import NOW, have_file
from tests.messaging.store.doing import role, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(room: Room) -> Room:
    role(room, owner=ALICE)
    say(room, "one", "two", "three", sender_id=BOB)
    return room


def told(room: Room, file: File, by: int, **claims: Any) -> str:
    """The code that the member meets, or "" where they get an address."""
    try:
        found = one_file(room_id=room.pk, file_id=file.pk, caller=caller(by, **claims), now=NOW)
    except ChatError as refusal:
        return refusal.code
    assert found["url"]
    return ""


def test_members_get_what_was_sent_and_strangers_nothing(garden: Room) -> None:
    file = have_file(garden, BOB, seq=1)
    assert (told(garden, file, ALICE), told(garden, file, BOB)) == ("", "")
    assert told(garden, file, CHARLIE) == "E-AU002"
    Participant.objects.filter(member_id=BOB).delete()
    assert told(garden, file, BOB) == "E-AU002"


def test_what_was_not_sent_is_its_uploaders_alone(garden: Room) -> None:
    file = have_file(garden, BOB)
    assert (told(garden, file, BOB), told(garden, file, ALICE)) == ("", "E-FI001")
    assert told(garden, file, ALICE, role="ADMIN") == "E-FI001"


def test_what_is_held_is_for_managers_too(garden: Room) -> None:
    file = have_file(garden, BOB, is_held=True)
    assert (told(garden, file, BOB), told(garden, file, ALICE)) == ("", "")
    role(garden, member=ALICE)
    assert told(garden, file, ALICE) == "E-FI001"


def test_what_is_hidden_is_for_managers_and_comes_back(garden: Room) -> None:
    file = have_file(garden, BOB, seq=1)
    Message.objects.filter(seq=1).update(hidden_at=NOW)
    assert (told(garden, file, BOB), told(garden, file, ALICE)) == ("E-FI001", "")
    assert told(garden, file, CHARLIE, role="ADMIN") == ""
    Message.objects.filter(seq=1).update(hidden_at=None)
    assert told(garden, file, BOB) == ""


def test_what_is_deleted_is_nobodys(garden: Room) -> None:
    file = have_file(garden, BOB, seq=1)
    Message.objects.filter(seq=1).update(deleted_at=NOW)
    assert [told(garden, file, who) for who in (ALICE, BOB)] == ["E-FI001", "E-FI001"]


def test_a_file_is_its_rooms(garden: Room) -> None:
    other = make_private_room(*(place.member for place in garden.participants.all()))
    file = have_file(garden, BOB, seq=1)
    assert told(other, file, BOB) == "E-FI001"
    assert told(other, file, CHARLIE, role="ADMIN") == "E-R001"


def test_several_are_asked_for_at_once_by_few_queries(garden: Room, django_assert_max_num_queries: Any) -> None:
    files = [have_file(garden, BOB, seq=seq) for seq in (1, 2, 3, 3)] + [have_file(garden, ALICE)]
    numbers = [file.pk for file in files]
    with django_assert_max_num_queries(4):
        found = files_by_id(room_id=garden.pk, file_ids=[*numbers, 999], caller=caller(BOB), now=NOW)
    assert [file["fileId"] for file in found] == numbers[:4]
    assert found[0]["nickName"] == "Bob"
    assert found[0]["expiresAt"] == "2027-11-22T09:00:30.000000Z"


def page(room: Room, **asked: Any) -> tuple[list[int], str | None]:
    usual: dict[str, Any] = {"before": None, "limit": 50, "kind": None}
    found = files_page(room_id=room.pk, member_id=BOB, now=NOW, **usual | asked)
    return [file["fileId"] for file in found.files], found.next


def test_the_newest_first_page_by_page_without_what_is_gone(
    garden: Room, django_assert_max_num_queries: Any
) -> None:
    old, hidden, new, newest = (have_file(garden, BOB, seq=seq).pk for seq in (1, 2, 3, 3))
    have_file(garden, BOB, seq=3, state=File.State.GONE)
    have_file(garden, BOB, seq=3, is_preview=True)
    have_file(garden, BOB)
    Message.objects.filter(seq=2).update(hidden_at=NOW)
    with django_assert_max_num_queries(4):
        first, following = page(garden, limit=2)
    assert first == [newest, new]
    assert following is not None
    assert page(garden, limit=50, before=Before.parse(following)) == ([old], None)
    assert hidden not in page(garden)[0]


def test_pictures_among_many_logs_are_found_by_looking_on(garden: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.files.downloads.selectors.LOOKED_AT_MOST", 2)
    assert LOOKED_AT_MOST == 1_000
    picture = have_file(garden, BOB, seq=1).pk
    logs = [have_file(garden, BOB, seq=seq, media_type="text/plain").pk for seq in (2, 3)]
    found, following = page(garden, kind="picture")
    assert (found, following) == ([], f"2-{logs[0]}")
    assert following is not None
    assert page(garden, kind="picture", before=Before.parse(following)) == ([picture], None)
    assert page(garden, kind="file")[0] == logs[::-1]


@pytest.mark.parametrize("text", ["1", "a-b", "1-2-3", "-1-2", "１-2", f"{2**63}-1", "9" * 50 + "-1", "1-"])
def test_a_place_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        Before.parse(text)


def test_whoever_gives_it_away_knows_what_stands_now(garden: Room) -> None:
    file = have_file(garden, BOB, seq=1)
    seen = seen_file(file.pk)
    assert seen is not None
    assert (seen.key, seen.place) == (file.key, "said")
    Message.objects.filter(seq=1).update(hidden_at=NOW)
    assert seen_file(file.pk) == seen._replace(place="hidden")
    File.objects.update(state=File.State.GONE)
    assert seen_file(file.pk) is None
