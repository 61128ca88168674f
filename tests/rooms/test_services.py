"""What happens to members, rooms and rosters. What happens when many do it at once is in test_races."""

import unicodedata

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from chatproject.errors import InvalidInput, MemberNotFound, NotGroupRoom, RoomNameTaken, RoomNotFound
from chatproject.tokens import Role
from messaging.models import Message
from messaging.store.standings import KnownMember
from rooms import services
from rooms.models import Member, Participant, Room
from rooms.services import RosterChange
from tests.factories import ALICE, BOB, CHARLIE, caller, make_group_room, make_member, make_private_room

UNKNOWN = 2**63 - 1


def member_ids_in(room: Room) -> set[int]:
    return set(room.participants.values_list("member_id", flat=True))


# --- members -----------------------------------------------------------------------------------


def test_a_stranger_without_a_nickname_claim_is_no_member(db: None) -> None:
    with pytest.raises(MemberNotFound):
        services.mirror_member(caller=caller(ALICE))


def test_a_nickname_claim_makes_the_member(db: None) -> None:
    services.mirror_member(caller=caller(ALICE, "Alice", "ADMIN"))
    alice = Member.objects.get(member_id=ALICE)
    assert (alice.nickname, alice.role) == ("Alice", "ADMIN")


def test_a_member_who_did_not_change_is_only_read(alice: Member, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert services.mirror_member(caller=caller(ALICE, "Alice")) == alice


@pytest.mark.parametrize(
    ("nickname", "role", "is_mirrored"),
    [("Alice", "USER", True), (None, "USER", True), ("Alicia", "USER", False), (None, "ADMIN", False)],
)
def test_a_row_is_as_the_token_says_or_it_is_written(
    alice: Member, nickname: str | None, role: Role, is_mirrored: bool
) -> None:
    claims = caller(ALICE, nickname, role)
    assert services.is_mirrored(KnownMember(alice.nickname, alice.role), claims) is is_mirrored
    assert (services.mirror_member(caller=claims).updated_at == alice.updated_at) is is_mirrored


def test_a_token_without_a_nickname_changes_no_nickname(alice: Member) -> None:
    assert services.mirror_member(caller=caller(ALICE, role="ADMIN")).nickname == "Alice"
    assert Member.objects.get(member_id=ALICE).role == "ADMIN"


def test_a_new_nickname_and_role_are_taken_over(alice: Member) -> None:
    services.mirror_member(caller=caller(ALICE, "Alicia", "ADMIN"))
    stored = Member.objects.get(member_id=ALICE)
    assert (stored.nickname, stored.role) == ("Alicia", "ADMIN")
    assert stored.updated_at > alice.updated_at


def test_a_taken_nickname_gets_the_members_number(alice: Member) -> None:
    assert services.mirror_member(caller=caller(8, "Alice")).nickname == "Alice#8"


def test_the_number_is_not_written_again_each_time(alice: Member) -> None:
    first = services.mirror_member(caller=caller(8, "Alice"))
    assert services.mirror_member(caller=caller(8, "Alice")).updated_at == first.updated_at


def test_the_number_goes_when_the_nickname_becomes_free(alice: Member) -> None:
    services.mirror_member(caller=caller(8, "Alice"))
    services.mirror_member(caller=caller(ALICE, "Alicia"))
    assert services.mirror_member(caller=caller(8, "Alice")).nickname == "Alice"


def test_nobody_is_kept_out_by_one_who_took_their_numbered_nickname(alice: Member) -> None:
    make_member(9, "Alice#8")
    assert services.mirror_member(caller=caller(8, "Alice")).nickname == "Alice#8#2"


def test_the_longest_nickname_and_number_fit(db: None) -> None:
    longest = "x" * 20
    for member_id in (1, UNKNOWN):
        services.mirror_member(caller=caller(member_id, longest))
    assert Member.objects.get(member_id=UNKNOWN).nickname == f"{longest}#{UNKNOWN}"


def test_nobody_is_called_as_the_assistant_is(db: None, settings: Settings) -> None:
    settings.ASSISTANT_NAME = "도우미"
    for member_id, nickname in ((ALICE, "도우미"), (BOB, "도 우 미")):
        services.mirror_member(caller=caller(member_id, nickname))
        assert Member.objects.get(member_id=member_id).nickname == f"{nickname}#{member_id}"
    services.mirror_member(caller=caller(CHARLIE, "도우미2"))
    assert Member.objects.get(member_id=CHARLIE).nickname == "도우미2"


# --- group rooms -------------------------------------------------------------------------------


def test_alice_opens_a_room_and_is_in_it(alice: Member) -> None:
    room = services.create_group_room(caller=caller(ALICE), name=" Garden ")
    assert (room.name, room.is_group_chat, room.pair_key) == ("Garden", True, None)
    assert member_ids_in(room) == {ALICE}


def test_opening_a_room_makes_its_owner_a_member(db: None) -> None:
    room = services.create_group_room(caller=caller(ALICE, "Alice"), name="Garden")
    assert member_ids_in(room) == {ALICE}


def test_a_room_name_is_taken_once_however_it_is_composed(alice: Member) -> None:
    decomposed = unicodedata.normalize("NFD", "고민상담방")
    Room.objects.create(name=decomposed)  # as the replaced server kept it
    with pytest.raises(RoomNameTaken):
        services.create_group_room(caller=caller(ALICE), name="고민상담방")


def test_a_room_name_is_taken_once(alice: Member, bob: Member) -> None:
    services.create_group_room(caller=caller(ALICE), name="Garden")
    with pytest.raises(RoomNameTaken):
        services.create_group_room(caller=caller(BOB), name="Garden ")
    assert Room.objects.count() == 1


def test_a_refused_name_makes_no_room(alice: Member) -> None:
    with pytest.raises(InvalidInput):
        services.create_group_room(caller=caller(ALICE), name="x")
    assert not Room.objects.exists()


def test_an_administrator_opens_a_room_for_others_each_once(alice: Member, bob: Member) -> None:
    room = services.open_group_room(name="Garden", member_ids=[ALICE, BOB, ALICE])
    assert member_ids_in(room) == {ALICE, BOB}


def test_a_room_for_an_unknown_member_is_not_opened(alice: Member) -> None:
    with pytest.raises(MemberNotFound):
        services.open_group_room(name="Garden", member_ids=[ALICE, UNKNOWN])
    assert not Room.objects.exists()


def test_bob_joins_and_the_roster_moves(alice: Member, bob: Member) -> None:
    room = make_group_room("Garden", alice)
    change = services.join_group_room(caller=caller(BOB), room_id=room.room_id, now=timezone.now())
    assert change == RosterChange(room.room_id, BOB, "Bob", roster_version=2)
    assert member_ids_in(room) == {ALICE, BOB}
    room.refresh_from_db()
    assert room.roster_version == 2


def test_joining_twice_changes_nothing(alice: Member) -> None:
    room = make_group_room("Garden", alice)
    assert services.join_group_room(caller=caller(ALICE), room_id=room.room_id, now=timezone.now()) is None
    room.refresh_from_db()
    assert room.roster_version == 1


def test_who_joins_has_read_what_was_said_before(alice: Member, bob: Member) -> None:
    room = make_group_room("Garden", alice)
    Room.objects.update(last_seq=41, version=50)
    services.join_group_room(caller=caller(BOB), room_id=room.room_id, now=timezone.now())
    place = Participant.objects.get(member=bob)
    assert (place.read_seq, place.joined_seq) == (41, 41)


def test_bob_leaves_and_the_roster_moves(alice: Member, bob: Member) -> None:
    room = make_group_room("Garden", alice, bob)
    change = services.leave_group_room(caller=caller(BOB), room_id=room.room_id)
    assert change == RosterChange(room.room_id, BOB, "Bob", roster_version=3)
    assert member_ids_in(room) == {ALICE}
    room.refresh_from_db()
    assert room.roster_version == 3


def test_the_last_one_out_deletes_the_room_with_everything(alice: Member) -> None:
    room = make_group_room("Garden", alice)
    Message.objects.create(
        room=room,
        sender=alice,
        seq=1,
        version=1,
        contents="bye",
        created_at=alice.created_at,
        updated_at=alice.created_at,
    )
    services.leave_group_room(caller=caller(ALICE), room_id=room.room_id)
    assert not Room.objects.exists()
    assert not Message.objects.exists()
    assert Member.objects.filter(member_id=ALICE).exists()


def test_charlie_cannot_leave_where_he_is_not(alice: Member, charlie: Member) -> None:
    room = make_group_room("Garden", alice)
    with pytest.raises(MemberNotFound):
        services.leave_group_room(caller=caller(CHARLIE), room_id=room.room_id)


def test_an_unknown_room_is_neither_joined_nor_left(alice: Member) -> None:
    with pytest.raises(RoomNotFound):
        services.join_group_room(caller=caller(ALICE), room_id=UNKNOWN, now=timezone.now())
    with pytest.raises(RoomNotFound):
        services.leave_group_room(caller=caller(ALICE), room_id=UNKNOWN)


def test_a_private_room_is_neither_joined_nor_left(alice: Member, bob: Member, charlie: Member) -> None:
    room = make_private_room(alice, bob)
    with pytest.raises(NotGroupRoom):
        services.join_group_room(caller=caller(BOB), room_id=room.room_id, now=timezone.now())
    with pytest.raises(NotGroupRoom):
        services.leave_group_room(caller=caller(ALICE), room_id=room.room_id)
    with pytest.raises(NotGroupRoom):
        services.remove_participant(room_id=room.room_id, member_id=ALICE)
    assert member_ids_in(room) == {ALICE, BOB}


def test_to_charlie_a_private_room_is_no_room_at_all(alice: Member, bob: Member, charlie: Member) -> None:
    room = make_private_room(alice, bob)
    with pytest.raises(RoomNotFound):
        services.join_group_room(caller=caller(CHARLIE), room_id=room.room_id, now=timezone.now())
    with pytest.raises(RoomNotFound):
        services.leave_group_room(caller=caller(CHARLIE), room_id=room.room_id)


def test_a_moderator_removes_bob_once(alice: Member, bob: Member) -> None:
    room = make_group_room("Garden", alice, bob)
    change = services.remove_participant(room_id=room.room_id, member_id=BOB)
    assert change == RosterChange(room.room_id, BOB, "Bob", roster_version=3, was_removed=True)
    assert services.remove_participant(room_id=room.room_id, member_id=BOB) is None


def test_an_unknown_member_is_not_put_into_a_room(alice: Member) -> None:
    room = make_group_room("Garden", alice)
    with pytest.raises(MemberNotFound):
        services.add_participant(room_id=room.room_id, member_id=UNKNOWN)
