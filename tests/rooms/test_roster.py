"""Who is in a room, page by page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatproject.errors import NotInRoom, RoomNotFound
from rooms.models import Member, Participant, Room
from rooms.roster import ROWS_AT_ONCE, Place, members_page
from tests.factories import ALICE, BOB, CHARLIE, give_role, make_group_room, make_private_room

pytestmark = pytest.mark.django_db
CROWD = 2_500


@pytest.fixture
def garden(alice: Member, bob: Member) -> Room:
    room = make_group_room("Garden", alice, bob)
    Room.objects.filter(pk=room.pk).update(creator=bob, last_seq=9)  # which decides nothing any more
    give_role(room, ALICE)
    Participant.objects.filter(member=bob).update(read_seq=7, joined_seq=4)
    return room


def put_in(room: Room, names: list[str]) -> list[int]:
    ids = [1_000 + number for number in range(len(names))]
    members = [Member(member_id=number, nickname=name) for number, name in zip(ids, names, strict=True)]
    Member.objects.bulk_create(members)
    Participant.objects.bulk_create(Participant(room=room, member=member) for member in members)
    return ids


def ids_of(room: Room, **query: object) -> list[int]:
    page = members_page(room_id=room.pk, member_id=ALICE, **query)  # type: ignore[arg-type]
    return [place.member_id for place in page.members]


def test_alice_sees_who_is_there_how_far_they_read_and_herself(garden: Room) -> None:
    page = members_page(room_id=garden.pk, member_id=ALICE)
    alice = Place(ALICE, "Alice", "owner", read_seq=0, joined_seq=0)
    assert page.members == [Place(BOB, "Bob", "member", read_seq=7, joined_seq=4), alice]
    assert (page.me, page.member_count, page.next_after) == (alice, 2, None)


def test_a_private_room_is_nobodys(alice: Member, bob: Member) -> None:
    room = make_private_room(alice, bob)
    Room.objects.filter(pk=room.pk).update(creator=alice)
    page = members_page(room_id=room.pk, member_id=ALICE)
    assert [place.role for place in page.members] == ["member", "member"]


def test_pages_follow_each_other_and_who_comes_or_goes_meanwhile_moves_nobody(garden: Room) -> None:
    crowd = put_in(garden, [f"member {number}" for number in range(10)])
    first = members_page(room_id=garden.pk, member_id=ALICE, limit=5)
    Participant.objects.filter(member_id__in=[BOB, crowd[7]]).delete()
    Participant.objects.create(room=garden, member=Member.objects.create(member_id=1, nickname="Newcomer"))
    assert first.next_after is not None
    second = members_page(room_id=garden.pk, member_id=ALICE, after=first.next_after, limit=5)
    assert ids_of(garden, after=second.next_after or 0, limit=5) == crowd[9:]
    told = [place.member_id for place in first.members + second.members]
    assert told == [BOB, ALICE, *crowd[:7], crowd[8]]
    assert ids_of(garden, after=crowd[9]) == []


def test_the_last_page_that_is_full_knows_that_it_is_the_last(garden: Room) -> None:
    assert members_page(room_id=garden.pk, member_id=ALICE, limit=2).next_after is None
    assert members_page(room_id=garden.pk, member_id=ALICE, limit=1).next_after == BOB


def test_a_nickname_is_found_in_a_crowd_by_how_it_begins(garden: Room) -> None:
    names = [f"회원 {number}" for number in range(CROWD)]
    names[10] = names[0].replace("회원", "지은")
    names[-1] = "지우"
    crowd = put_in(garden, names)
    with CaptureQueriesContext(connection) as queries:
        assert ids_of(garden, prefix="징") == [crowd[10], crowd[-1]]
    assert len(queries) <= 4 + -(-CROWD // ROWS_AT_ONCE)
    assert ids_of(garden, prefix="ㅈㅇ", limit=1) == [crowd[10]]
    page = members_page(room_id=garden.pk, member_id=ALICE, prefix="ㅈㅇ", limit=1)
    assert (page.next_after, page.member_count) == (crowd[10], CROWD + 2)
    assert ids_of(garden, prefix="bo") == [BOB]
    assert ids_of(garden, prefix="%") == []


def test_a_stranger_sees_nobody(garden: Room, charlie: Member, alice: Member, bob: Member) -> None:
    private = make_private_room(alice, bob)
    with pytest.raises(NotInRoom):
        members_page(room_id=garden.pk, member_id=CHARLIE)
    for room_id in (private.pk, 999_999):
        with pytest.raises(RoomNotFound):
            members_page(room_id=room_id, member_id=CHARLIE)
