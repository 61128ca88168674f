"""How far members have read: only forward, never beyond the newest message."""

import pytest

from chatproject.errors import NotInRoom, RoomNotFound
from messaging.store.read_marks import ReadMark, mark_read
from messaging.wire.protocol import READ_FRAMES_MAX_MEMBERS
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy_room(room: Room) -> Room:
    room.last_seq = 10
    room.save()
    return room


def read_seq(room: Room, member_id: int = BOB) -> int:
    return Participant.objects.get(room=room, member_id=member_id).read_seq


def test_bob_reads_up_to_a_message(busy_room: Room) -> None:
    assert mark_read(room_id=busy_room.pk, member_id=BOB, seq=4) == ReadMark(4, moved=True, is_told=True)
    assert read_seq(busy_room) == 4
    assert read_seq(busy_room, ALICE) == 0


def test_without_a_number_everything_is_read(busy_room: Room) -> None:
    assert mark_read(room_id=busy_room.pk, member_id=BOB).seq == 10
    assert read_seq(busy_room) == 10


def test_nobody_reads_what_is_not_said_yet(busy_room: Room) -> None:
    assert mark_read(room_id=busy_room.pk, member_id=BOB, seq=2**63 - 1).seq == 10
    assert read_seq(busy_room) == 10


@pytest.mark.parametrize("seq", [0, 3, 6])
def test_a_mark_never_moves_backwards_and_is_told_once(busy_room: Room, seq: int) -> None:
    mark_read(room_id=busy_room.pk, member_id=BOB, seq=6)
    assert mark_read(room_id=busy_room.pk, member_id=BOB, seq=seq) == ReadMark(6, moved=False, is_told=False)
    assert read_seq(busy_room) == 6


def test_in_a_large_room_single_marks_are_not_told(busy_room: Room, charlie: Member) -> None:
    crowd = [make_member(100 + number, f"member {number}") for number in range(READ_FRAMES_MAX_MEMBERS - 2)]
    Participant.objects.bulk_create(Participant(room=busy_room, member=member) for member in crowd)
    assert mark_read(room_id=busy_room.pk, member_id=BOB, seq=1).is_told
    Participant.objects.create(room=busy_room, member=charlie)
    assert mark_read(room_id=busy_room.pk, member_id=BOB, seq=2) == ReadMark(2, moved=True, is_told=False)


def test_a_stranger_marks_nothing(busy_room: Room) -> None:
    with pytest.raises(NotInRoom):
        mark_read(room_id=busy_room.pk, member_id=CHARLIE, seq=1)
    with pytest.raises(RoomNotFound):
        mark_read(room_id=999_999, member_id=BOB, seq=1)
    assert not Participant.objects.filter(member_id=CHARLIE).exists()


def test_a_mark_in_one_room_is_none_in_another(busy_room: Room, alice: Member, bob: Member) -> None:
    kitchen = make_group_room("Kitchen", alice, bob)
    mark_read(room_id=busy_room.pk, member_id=BOB)
    assert read_seq(kitchen) == 0
