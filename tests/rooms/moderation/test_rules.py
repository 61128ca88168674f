import json

import pytest
from django.utils import timezone

from chatproject.errors import InvalidInput, ManagersOnly, NotGroupRoom, NotInRoom, RoomNameTaken, RoomNotFound
from chatproject.room_errors import RankTooLow
from chatproject.tokens import Caller
from rooms.audit_models import AuditEntry
from rooms.models import Member, Participant, Room
from rooms.moderation import rules
from rooms.moderation.ranks import Acting, staff
from rooms.moderation.rules import AS_SITE, Personal, Rules
from tests.factories import ALICE, BOB, CHARLIE, caller, make_group_room, make_private_room
from tests.rooms.moderation.cast import DORA, EVE

pytestmark = pytest.mark.django_db


def set_rules(room: Room, wanted: Rules, *, by: Caller | Acting) -> int | None:
    return rules.set_rules(room_id=room.pk, rules=wanted, by=by, now=timezone.now())


def show(room: Room, who: Caller) -> rules.ShownRoom:
    return rules.show_room(room=room, caller=who, now=timezone.now())


def code_of(room: Room) -> str:
    room.refresh_from_db()
    return room.join_code


def test_managers_set_the_rules_and_what_is_left_out_stays(garden: Room) -> None:
    version = garden.roster_version
    assert set_rules(garden, Rules(slow_s=30), by=caller(BOB)) == version + 1
    assert set_rules(garden, Rules(is_read_only=True), by=caller(ALICE)) == version + 2
    garden.refresh_from_db()
    assert (garden.slow_s, garden.is_read_only, garden.joining) == (30, True, "open")
    first, second = AuditEntry.objects.filter(room_id=garden.pk, act="rules").order_by("number")
    assert (first.actor_id, json.loads(first.details)) == (BOB, {"slow_s": ["0", "30"]})
    assert json.loads(second.details) == {"is_read_only": ["False", "True"]}


def test_what_is_so_already_changes_nothing(garden: Room) -> None:
    for wanted in (Rules(), Rules(slow_s=0, is_read_only=False, joining="open")):
        assert set_rules(garden, wanted, by=caller(BOB)) is None
    assert not AuditEntry.objects.exists()


def test_members_strangers_and_private_rooms_set_none(garden: Room, alice: Member, bob: Member) -> None:
    private = make_private_room(alice, bob)
    refused = (
        (garden, CHARLIE, ManagersOnly),
        (garden, DORA, NotInRoom),
        (private, ALICE, NotGroupRoom),
        (private, CHARLIE, RoomNotFound),
        (Room(pk=99), ALICE, RoomNotFound),
    )
    for room, who, error in refused:
        with pytest.raises(error):
            set_rules(room, Rules(slow_s=30), by=caller(who))
    set_rules(garden, Rules(slow_s=30), by=caller(EVE, role="ADMIN"))


def test_managers_say_what_the_room_is_about_and_its_owner_what_it_is_called(garden: Room) -> None:
    assert set_rules(garden, Rules(description=" 꽃과\n나무 "), by=caller(BOB)) is not None
    with pytest.raises(RankTooLow):
        set_rules(garden, Rules(name="Kitchen"), by=caller(BOB))
    assert set_rules(garden, Rules(name="Kitchen", slow_s=30), by=caller(ALICE)) is not None
    garden.refresh_from_db()
    assert (garden.name, garden.description, garden.slow_s) == ("Kitchen", "꽃과\n나무", 30)
    assert set_rules(garden, Rules(name=" Kitchen "), by=caller(BOB)) is None
    acts = AuditEntry.objects.filter(room_id=garden.pk).order_by("number").values_list("act", "details")
    assert [(act, sorted(json.loads(details))) for act, details in acts] == [
        ("rules", ["description"]),
        ("room_renamed", ["name"]),
        ("rules", ["slow_s"]),
    ]
    assert set_rules(garden, Rules(description=""), by=caller(BOB)) is not None


def test_a_name_that_is_taken_or_none_changes_nothing(garden: Room) -> None:
    make_group_room("Kitchen")
    for wanted, error in (
        (Rules(name="Kitchen", slow_s=30), RoomNameTaken),
        (Rules(name="x"), InvalidInput),
        (Rules(description="x" * 201), InvalidInput),
        (Rules(description="a\x00"), InvalidInput),
    ):
        with pytest.raises(error):
            set_rules(garden, wanted, by=caller(ALICE))
    garden.refresh_from_db()
    assert (garden.name, garden.slow_s, garden.description) == ("Garden", 0, "")


def test_staff_alone_say_what_is_a_counselling_room(garden: Room) -> None:
    with pytest.raises(RankTooLow):
        set_rules(garden, Rules(is_counselling=True), by=caller(ALICE))
    assert set_rules(garden, Rules(is_counselling=True), by=staff(4)) is not None
    with pytest.raises(RankTooLow):
        set_rules(garden, Rules(keeps_files=0), by=caller(ALICE))
    with pytest.raises(InvalidInput):
        set_rules(garden, Rules(keeps_files=36_501), by=staff(4))
    assert set_rules(garden, Rules(keeps_files=7), by=staff(4)) is not None
    assert set_rules(garden, Rules(keeps_files=7), by=staff(4)) is None
    assert set_rules(garden, Rules(keeps_files=AS_SITE), by=staff(4)) is not None


def test_what_no_rule_may_be_is_refused(garden: Room) -> None:
    for wanted in (Rules(slow_s=3_601), Rules(slow_s=-1), Rules(joining="never")):
        with pytest.raises(InvalidInput):
            set_rules(garden, wanted, by=caller(ALICE))


def test_a_room_that_is_closed_gets_a_code_and_keeps_it(garden: Room) -> None:
    assert code_of(garden) == ""
    set_rules(garden, Rules(joining="code"), by=caller(BOB))
    code = code_of(garden)
    assert code
    set_rules(garden, Rules(joining="open"), by=caller(BOB))
    set_rules(garden, Rules(joining="code"), by=caller(BOB))
    assert code_of(garden) == code


def test_a_new_code_is_another_one_and_is_not_logged(garden: Room) -> None:
    set_rules(garden, Rules(joining="code"), by=caller(BOB))
    before = code_of(garden)
    code = rules.renew_code(room_id=garden.pk, by=caller(BOB), now=timezone.now())
    assert code_of(garden) == code != before
    assert not [entry for entry in AuditEntry.objects.all() if code in entry.details or before in entry.details]
    with pytest.raises(ManagersOnly):
        rules.renew_code(room_id=garden.pk, by=caller(CHARLIE), now=timezone.now())


def test_a_room_is_read_for_many_members_at_once(garden: Room, django_assert_num_queries: object) -> None:
    until = timezone.now()
    Participant.objects.filter(member_id=CHARLIE).update(muted_until=until)
    with django_assert_num_queries(3):  # type: ignore[operator]
        found = rules.room_rules(room_id=garden.pk, member_ids=[ALICE, CHARLIE, DORA])
    assert found is not None
    assert (found.owner_id, found.manager_ids) == (ALICE, (BOB,))
    assert found.personal == {
        ALICE: Personal("owner", None, on_duty=True),
        CHARLIE: Personal("member", until, on_duty=True),
    }
    assert rules.room_rules(room_id=99, member_ids=[ALICE]) is None


def test_the_code_is_shown_to_who_may_change_it(garden: Room) -> None:
    set_rules(garden, Rules(joining="code"), by=caller(BOB))
    code = code_of(garden)
    shown = {who: show(garden, caller(who)).join_code for who in (ALICE, BOB, CHARLIE)}
    assert shown == {ALICE: code, BOB: code, CHARLIE: None}
    admins = show(garden, caller(EVE, role="ADMIN"))
    assert (admins.join_code, admins.personal) == (code, None)
    with pytest.raises(NotInRoom):
        show(garden, caller(DORA))


def test_who_looks_at_a_room_whose_owner_is_gone_sees_who_followed(garden: Room) -> None:
    garden.participants.filter(member_id=ALICE).delete()  # as the main server does it, with her user
    shown = show(garden, caller(CHARLIE))
    assert (shown.rules.owner_id, shown.rules.manager_ids, shown.mended) == (BOB, (), 4)
    assert show(garden, caller(CHARLIE)).mended is None
