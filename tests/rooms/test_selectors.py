import unicodedata

import pytest
from pytest_django import DjangoAssertNumQueries

from chatproject.errors import MemberNotFound, NotInRoom, RoomNotFound
from rooms import selectors
from rooms.models import Member, Participant, Room
from rooms.services import create_group_room
from tests.factories import ALICE, BOB, CHARLIE, caller, make_group_room, make_private_room

UNKNOWN = 2**63 - 1


def names_on_page(page: int) -> tuple[list[str], bool]:
    rooms, has_next = selectors.group_rooms_page(page=page)
    return [str(room.name) for room in rooms], has_next


def test_the_newest_five_group_rooms_come_first(db: None) -> None:
    for number in range(1, 8):
        make_group_room(f"Room {number}")
    assert names_on_page(0) == (["Room 7", "Room 6", "Room 5", "Room 4", "Room 3"], True)
    assert names_on_page(1) == (["Room 2", "Room 1"], False)
    assert names_on_page(2) == ([], False)


def test_a_full_last_page_has_no_next(db: None) -> None:
    for number in range(1, 6):
        make_group_room(f"Room {number}")
    assert names_on_page(0)[1] is False


def test_private_rooms_are_on_no_page(alice: Member, bob: Member) -> None:
    make_private_room(alice, bob)
    assert names_on_page(0) == ([], False)


def test_a_page_is_one_query(db: None, django_assert_num_queries: object) -> None:
    make_group_room("Garden")
    with django_assert_num_queries(1):  # type: ignore[operator]
        selectors.group_rooms_page(page=0)


def test_a_group_room_is_found_by_its_name(db: None) -> None:
    garden = make_group_room("Garden")
    assert selectors.group_room_named(name="Garden") == garden


def test_a_group_room_is_found_however_its_name_is_composed(db: None) -> None:
    decomposed = unicodedata.normalize("NFD", "고민상담방")
    kept = make_group_room(decomposed)  # as the replaced server kept it
    assert selectors.group_room_named(name="고민상담방") == selectors.group_room_named(name=decomposed) == kept
    usual = make_group_room("고민상담방")
    assert selectors.group_room_named(name="고민상담방") == usual
    assert selectors.group_room_named(name=decomposed) == kept


def test_a_group_room_is_found_with_and_without_spaces_around_its_name(db: None) -> None:
    garden, kept = make_group_room("Garden"), make_group_room("  정원")  # the latter by an earlier `migrate`
    assert selectors.group_room_named(name=" Garden ") == garden
    assert selectors.group_room_named(name="  정원") == kept
    late = make_group_room("연못 ")
    assert selectors.group_room_named(name="연못 ") == late


def test_another_case_is_another_name(db: None) -> None:
    make_group_room("Garden")
    with pytest.raises(RoomNotFound):
        selectors.group_room_named(name="garden")


def test_a_private_room_is_not_found_by_its_name(alice: Member, bob: Member) -> None:
    make_private_room(alice, bob)
    for name in ("Alice-Bob", "Bob-Alice", "None", ""):
        with pytest.raises(RoomNotFound):
            selectors.group_room_named(name=name)


def test_alice_has_her_place_and_its_room_in_one_query(alice: Member, django_assert_num_queries: object) -> None:
    room = make_group_room("Garden", alice)
    with django_assert_num_queries(1):  # type: ignore[operator]
        place = selectors.require_participant(room_id=room.room_id, member_id=ALICE)
        assert place.room.name == "Garden"


def test_charlie_has_no_place_in_alices_room(alice: Member, charlie: Member) -> None:
    room = make_group_room("Garden", alice)
    with pytest.raises(NotInRoom):
        selectors.require_participant(room_id=room.room_id, member_id=charlie.member_id)


def test_to_charlie_a_private_room_of_others_is_not_there(alice: Member, bob: Member, charlie: Member) -> None:
    room = make_private_room(alice, bob)
    with pytest.raises(RoomNotFound):
        selectors.require_participant(room_id=room.room_id, member_id=CHARLIE)
    with pytest.raises(RoomNotFound):
        selectors.require_visible_room(room_id=room.room_id, member_id=CHARLIE)


def test_a_private_room_is_called_by_whoever_is_in_it(
    alice: Member, bob: Member, charlie: Member, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rooms = [make_private_room(bob, alice), make_private_room(alice, charlie)]
    Member.objects.filter(member_id=ALICE).update(nickname="앨리스")
    Participant.objects.filter(member=charlie).delete()
    with django_assert_num_queries(1):
        names = selectors.private_room_names(room_ids=[room.room_id for room in rooms])
    assert list(names.values()) == ["Bob-앨리스", "앨리스-탈퇴한 사용자"]
    with django_assert_num_queries(0):
        assert selectors.private_room_names(room_ids=[]) == {}


@pytest.mark.parametrize("blank", ["", " "])
def test_who_has_no_nickname_has_a_number(alice: Member, bob: Member, blank: str) -> None:
    room = make_private_room(bob, alice)
    Member.objects.filter(member_id=BOB).update(nickname=blank)

    assert selectors.private_room_names(room_ids=[room.room_id]) == {room.room_id: f"회원#{BOB}-Alice"}
    assert selectors.require_member(member_id=BOB).nickname == f"회원#{BOB}"


def test_nobody_has_a_place_in_a_room_that_is_not_there(alice: Member) -> None:
    with pytest.raises(RoomNotFound):
        selectors.require_participant(room_id=UNKNOWN, member_id=ALICE)


def test_a_member_is_known_or_not(alice: Member) -> None:
    assert selectors.require_member(member_id=ALICE) == alice
    with pytest.raises(MemberNotFound):
        selectors.require_member(member_id=UNKNOWN)


def test_a_room_outlives_who_made_it(alice: Member) -> None:
    garden = create_group_room(caller=caller(ALICE), name="Garden")
    Participant.objects.filter(member=alice).delete()
    alice.delete()

    garden.refresh_from_db()
    assert garden.creator_id is None


def test_assistants_have_the_names_that_their_rooms_gave_them(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    garden, kitchen = make_group_room("Garden"), make_group_room("Kitchen")
    Room.objects.filter(name="Garden").update(assistant_name="코코")

    ids = [garden.room_id, kitchen.room_id, UNKNOWN]
    assert selectors.assistant_names(room_ids=ids) == {garden.room_id: "코코", kitchen.room_id: ""}
    with django_assert_num_queries(0):
        assert selectors.assistant_names(room_ids=[]) == {}


def test_members_are_found_by_their_numbers(alice: Member, bob: Member) -> None:
    assert selectors.members_by_id([ALICE, BOB, UNKNOWN]) == {ALICE: alice, BOB: bob}


def test_in_a_private_room_there_is_one_other() -> None:
    assert selectors.other_of_pair("3:7", member_id=BOB) == ALICE
    assert selectors.other_of_pair("3:7", member_id=ALICE) == BOB
    assert selectors.other_of_pair("3:7", member_id=CHARLIE) is None  # of an odd room with three
    assert selectors.other_of_pair(None, member_id=BOB) is None
