"""Who decides about the assistant: the room's maker and ADMINs for a room, each member for their own words."""

import pytest
from django.utils import timezone

from assistant.models import RoomSettings, Switch
from assistant.preferences import (
    is_readable,
    require_assistant,
    room_assistant,
    set_readable,
    set_room_assistant,
    show_room_assistant,
    unreadable_members,
)
from chatproject.errors import (
    AssistantNotForMember,
    AssistantUnavailable,
    InvalidInput,
    ManagersOnly,
    MemberNotFound,
    NotInRoom,
    RoomNotFound,
)
from chatproject.room_errors import RankTooLow
from rooms.audit_models import AuditEntry
from rooms.models import Member, MemberAge, Room
from rooms.services import add_participant, create_group_room
from tests.factories import ALICE, BOB, CHARLIE, caller, give_role

UNKNOWN = 999_999


@pytest.fixture
def garden(alice: Member, bob: Member, charlie: Member) -> Room:
    """Alice made it, Bob is in it, Charlie is not."""
    room = create_group_room(caller=caller(ALICE), name="Garden")
    add_participant(room_id=room.room_id, member_id=BOB)
    return room


def choose(room: Room, by: int = ALICE, /, **chosen: str) -> None:
    usual = {"mode": "on_call", "name": "", "persona": ""}
    set_room_assistant(caller=caller(by), room_id=room.room_id, **(usual | chosen))


# --- rooms -------------------------------------------------------------------------------------


def test_a_room_where_nobody_chose_has_the_usual_assistant(garden: Room) -> None:
    found = room_assistant(room_id=garden.room_id)

    assert (found.mode, found.name, found.persona, found.is_stopped) == ("on_call", "도우미", "", False)
    assert found.room_name == "Garden"
    assert not RoomSettings.objects.exists()


def test_who_made_the_room_sets_all_three(garden: Room) -> None:
    choose(garden, mode="drafts", name=" 코코 ", persona=" 고민 상담을 해요.\n천천히 들어요. ")
    found = room_assistant(room_id=garden.room_id)

    assert (found.mode, found.name, found.persona) == ("drafts", "코코", "고민 상담을 해요.\n천천히 들어요.")
    assert list(AuditEntry.objects.values_list("act", "actor_id")) == [("assistant", ALICE)]


def test_no_model_reads_what_an_owner_under_14_wrote_and_they_may_still_turn_it_off(garden: Room) -> None:
    choose(garden, name="코코", persona="천천히 들어요.")
    MemberAge.objects.create(member_id=ALICE, is_under14=True, said_at=timezone.now())
    for words in ({"persona": "나는 열두 살이야."}, {"name": "다롱", "persona": "천천히 들어요."}):
        with pytest.raises(AssistantNotForMember):
            choose(garden, **words)
    choose(garden, mode="off", name="코코", persona="천천히 들어요.")
    assert room_assistant(room_id=garden.room_id).mode == "off"
    choose(garden)
    assert room_assistant(room_id=garden.room_id).persona == ""


def test_the_usual_name_is_no_name_of_the_rooms_own(garden: Room) -> None:
    choose(garden, name="코코")
    choose(garden, name="도우미")
    garden.refresh_from_db()

    assert garden.assistant_name == ""


def test_bob_sees_what_alice_set_and_may_not_set_it(garden: Room) -> None:
    choose(garden, persona="개발 이야기를 해요.")
    shown, may_set = show_room_assistant(caller=caller(BOB), room_id=garden.room_id)

    assert (shown.persona, may_set) == ("개발 이야기를 해요.", False)
    assert show_room_assistant(caller=caller(ALICE), room_id=garden.room_id)[1] is True
    with pytest.raises(ManagersOnly):
        choose(garden, BOB, persona="Bob was here")
    give_role(garden, BOB, "manager")
    with pytest.raises(RankTooLow):
        choose(garden, BOB, persona="Bob was here")
    assert room_assistant(room_id=garden.room_id) == shown


def test_charlie_neither_sees_nor_sets_it_unless_he_is_an_admin(garden: Room) -> None:
    with pytest.raises(NotInRoom):
        show_room_assistant(caller=caller(CHARLIE), room_id=garden.room_id)
    with pytest.raises(NotInRoom):
        choose(garden, CHARLIE)

    admin = caller(CHARLIE, role="ADMIN")
    set_room_assistant(caller=admin, room_id=garden.room_id, mode="off", name="", persona="")
    assert show_room_assistant(caller=admin, room_id=garden.room_id)[0].mode == "off"


def test_nobody_sees_or_sets_it_where_there_is_no_room_or_no_member(garden: Room) -> None:
    for role in ("USER", "ADMIN"):
        with pytest.raises(RoomNotFound):
            show_room_assistant(caller=caller(ALICE, role=role), room_id=UNKNOWN)
        with pytest.raises(RoomNotFound):
            set_room_assistant(caller=caller(ALICE, role=role), room_id=UNKNOWN, mode="off", name="", persona="")
    with pytest.raises(MemberNotFound):
        show_room_assistant(caller=caller(99), room_id=garden.room_id)
    with pytest.raises(RoomNotFound):
        room_assistant(room_id=UNKNOWN)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "loud"},
        {"mode": ""},
        {"name": "코"},
        {"name": "가" * 21},
        {"name": "코\n코"},
        {"name": "코\u2028코"},
        {"name": "코\u202e코"},
        {"name": "\u3164\u3164"},
        {"name": "\ud83d\ud83d"},
        *({"name": f"코{character}코"} for character in "[](){}<>@#❲›"),
        {"persona": "가" * 501},
        {"persona": "a\0b"},
        {"persona": "\ud83d"},
    ],
)
def test_what_no_assistant_can_be_is_refused_and_changes_nothing(garden: Room, wrong: dict[str, str]) -> None:
    choose(garden, name="코코")
    before = room_assistant(room_id=garden.room_id)
    with pytest.raises(InvalidInput):
        choose(garden, **wrong)

    assert room_assistant(room_id=garden.room_id) == before


@pytest.mark.parametrize("name", ["코코", "Dr. Code", "도우미 🤖", "가" * 20])
def test_names_of_many_kinds_are_fine(garden: Room, name: str) -> None:
    choose(garden, name=name, persona="가" * 500)

    assert room_assistant(room_id=garden.room_id).name == name


# --- what it may do ----------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "may"), [("on_call", ["answer", "draft"]), ("drafts", ["draft"]), ("off", [])])
def test_the_assistant_does_what_the_rooms_mode_allows(garden: Room, mode: str, may: list[str]) -> None:
    choose(garden, mode=mode)
    allowed = []
    for what in ("answer", "draft"):
        try:
            require_assistant(room_id=garden.room_id, to=what)
        except AssistantUnavailable:
            continue
        allowed.append(what)

    assert allowed == may


def test_the_admins_switches_stop_one_room_or_all(garden: Room) -> None:
    kitchen = create_group_room(caller=caller(ALICE), name="Kitchen")
    RoomSettings.objects.create(room=garden, is_stopped=True)
    with pytest.raises(AssistantUnavailable):
        require_assistant(room_id=garden.room_id, to="draft")
    require_assistant(room_id=kitchen.room_id, to="answer")

    Switch.objects.update_or_create(pk=1, defaults={"is_stopped": True})
    assert room_assistant(room_id=kitchen.room_id).is_stopped
    with pytest.raises(AssistantUnavailable):
        require_assistant(room_id=kitchen.room_id, to="answer")


def test_who_made_the_room_cannot_undo_the_admins_switch(garden: Room) -> None:
    RoomSettings.objects.create(room=garden, is_stopped=True)
    choose(garden, mode="on_call")

    assert room_assistant(room_id=garden.room_id).is_stopped


# --- members -----------------------------------------------------------------------------------


def test_members_are_readable_until_they_say_no_and_again_when_they_say_yes(garden: Room) -> None:
    assert is_readable(caller=caller(ALICE))
    for answer in (False, False, True):
        set_readable(caller=caller(ALICE), readable=answer)

        assert is_readable(caller=caller(ALICE)) is answer
        assert unreadable_members([ALICE, BOB]) == (set() if answer else {ALICE})


def test_consent_is_a_members(garden: Room) -> None:
    with pytest.raises(MemberNotFound):
        is_readable(caller=caller(99))
    set_readable(caller=caller(99, "Newcomer"), readable=False)

    assert unreadable_members([99, ALICE]) == {99}
