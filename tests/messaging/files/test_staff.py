"""Staff look at files where they have a reason to, and take away; the audit log has both."""

from typing import Any

import pytest

from chatproject.errors import InvalidInput, NotAllowed
from chatproject.file_errors import NoSuchFile
from messaging.file_models import File
from messaging.files.staff import look_at, may_be_looked_at, take_away
from messaging.models import Message
from messaging.moderation_models import Case
from rooms.audit_models import AuditEntry
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.files.having import NOW, have_file
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db

MINA = 41  # an account of the admin


@pytest.fixture
def garden(room: Room) -> Room:
    say(room, "one", "two", sender_id=BOB)
    return room


def case(room: Room, **fields: Any) -> None:
    Case.objects.create(**{"room_id": room.pk, "opened_at": NOW, "due_at": NOW, "open_key": "x", **fields})


def look(file: File) -> bool:
    """Whether Mina gets an address."""
    try:
        return bool(look_at(file_id=file.pk, staff_id=MINA, now=NOW).url)
    except NotAllowed:
        return False


def test_what_is_nobodys_business_is_not_looked_at(garden: Room) -> None:
    files = [have_file(garden, BOB, seq=1), have_file(garden, BOB)]
    assert [look(file) for file in files] == [False, False]
    assert not AuditEntry.objects.exists()


def test_what_is_hidden_or_held_is_and_the_log_says_so(garden: Room) -> None:
    hidden, held = have_file(garden, BOB, seq=1), have_file(garden, BOB, is_held=True)
    Message.objects.filter(seq=1).update(hidden_at=NOW)
    assert [look(hidden), look(held)] == [True, True]
    entry = AuditEntry.objects.get(seq=1)
    assert (entry.act, entry.room_id, entry.actor_kind, entry.actor_id) == ("file_seen", garden.pk, "staff", MINA)
    assert (entry.member_id, entry.details) == (BOB, f'{{"file": {hidden.pk}}}')


@pytest.mark.parametrize(
    ("fields", "is_seen"),
    [
        ({"seq": 1}, True),
        ({"seq": 1, "open_key": None}, True),  # it is objected to, say
        ({"seq": 2}, False),
        ({"member_id": BOB}, True),
        ({"member_id": BOB, "open_key": None}, False),
        ({"member_id": ALICE}, False),
        ({}, True),  # the room
    ],
)
def test_what_was_reported_is_also_where_it_was_deleted(
    garden: Room, fields: dict[str, Any], is_seen: bool
) -> None:
    file = have_file(garden, BOB, seq=1)
    Message.objects.filter(seq=1).update(deleted_at=NOW)
    case(garden, **fields)
    assert look(file) is is_seen


def test_what_is_gone_or_not_ready_cannot_be_looked_at(garden: Room) -> None:
    case(garden, seq=1)
    for state in (File.State.GONE, File.State.CHECKING):
        file = have_file(garden, BOB, seq=1, state=state)
        assert not may_be_looked_at(file)
        with pytest.raises(NoSuchFile):
            look(file)


def test_what_is_taken_away_is_gone_at_once_and_due(garden: Room) -> None:
    file = have_file(garden, BOB, seq=1)
    take_away(file_id=file.pk, staff_id=MINA, reason=" 불법  촬영물 ", now=NOW)
    file.refresh_from_db()
    assert (file.state, file.expires_at, file.is_untold) == ("gone", NOW, True)
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.reason, entry.member_id, entry.seq) == ("file_taken", "불법 촬영물", BOB, 1)
    with pytest.raises(NoSuchFile):
        take_away(file_id=file.pk, staff_id=MINA, reason="again", now=NOW)


def test_nothing_is_taken_away_without_a_reason(garden: Room) -> None:
    file = have_file(garden, BOB, seq=1)
    with pytest.raises(InvalidInput):
        take_away(file_id=file.pk, staff_id=MINA, reason=" ", now=NOW)


def test_of_a_room_that_is_gone_the_sites_log_has_it(garden: Room) -> None:
    file = have_file(999_999, BOB, seq=1)
    take_away(file_id=file.pk, staff_id=MINA, reason="불법", now=NOW)
    assert AuditEntry.objects.get().room_id == 0
