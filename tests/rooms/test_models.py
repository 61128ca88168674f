import pytest
from django.db import IntegrityError

from rooms.deleted_models import DeletedPlace, DeletedRoom
from rooms.invite_models import Invite
from rooms.models import Member, Participant, Room
from tests.factories import make_group_room, make_member, make_private_room


def test_nobody_is_twice_in_a_room(alice: Member) -> None:
    room = make_group_room("Garden", alice)
    with pytest.raises(IntegrityError):
        Participant.objects.create(room=room, member=alice)


def test_two_rooms_never_have_one_name(db: None) -> None:
    make_group_room("Garden")
    with pytest.raises(IntegrityError):
        make_group_room("Garden")


def test_two_members_never_have_one_nickname(alice: Member) -> None:
    with pytest.raises(IntegrityError):
        make_member(8, alice.nickname)


def test_a_pair_never_has_two_rooms(alice: Member, bob: Member) -> None:
    make_private_room(alice, bob)
    with pytest.raises(IntegrityError):
        Room.objects.create(is_group_chat=False, pair_key="3:7")


def test_any_number_of_rooms_belongs_to_no_pair(db: None) -> None:
    make_group_room("Garden")
    make_group_room("Kitchen")
    assert Room.objects.filter(pair_key=None).count() == 2


@pytest.mark.parametrize(
    ("one", "other"), [("tea", "Tea"), ("resume", "résumé"), ("🍣🍣", "🍺🍺"), ("가나", "까나")]
)
def test_names_that_differ_at_all_are_different_names(db: None, one: str, other: str) -> None:
    make_group_room(one)
    make_group_room(other)
    assert Room.objects.get(name=one) != Room.objects.get(name=other)
    make_member(1, one)
    make_member(2, other)
    assert Member.objects.get(nickname=other).member_id == 2


def test_rows_call_themselves_by_their_names(alice: Member) -> None:
    room = make_group_room("Garden", alice)
    assert (str(alice), str(room)) == ("Alice", "Garden")
    assert str(room.participants.get()) == f"{alice.member_id} · {room.room_id}"


def test_what_is_kept_of_rooms_calls_itself_something(alice: Member) -> None:
    room = make_group_room("Garden", alice)
    gone = DeletedRoom(room_id=7, name="Kitchen")
    assert str(gone) == "Kitchen"
    assert str(DeletedPlace(room=gone, member=alice)) == f"{alice.member_id} · 7"
    assert str(Invite(room=room, made_by=alice)) == f"{alice.member_id} · {room.room_id}"
