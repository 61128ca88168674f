"""Rooms as the main server makes, names and deletes them: whole or not at all, and each act in the log."""

import json
from datetime import UTC, datetime

import pytest

from chatproject.errors import (
    InvalidInput,
    MemberNotFound,
    NotGroupRoom,
    RoomNameTaken,
    RoomNotFound,
)
from rooms.audit_models import AuditEntry
from rooms.deleted_rooms import Deleted
from rooms.models import Member, Participant, Room
from rooms.moderation import ranks
from rooms.moderation.founding import close_room, found_room, rename_room
from rooms.moderation.rules import Rules
from rooms.services import RosterChange
from tests.factories import ALICE, BOB, make_group_room, make_private_room
from tests.rooms.moderation.cast import roles_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
SERVER = ranks.main_server(5)
NO_RULES = Rules()


def found(name: str, *member_ids: int, owner_id: int | None = None, rules: Rules = NO_RULES) -> Room:
    room, _came = found_room(
        name=name, member_ids=member_ids, owner_id=owner_id, rules=rules, acting=SERVER, now=NOW
    )
    return room


def logged() -> list[tuple[str, int | None, str]]:
    entries = AuditEntry.objects.order_by("entry_id")
    return [(entry.actor_kind, entry.actor_id, entry.act) for entry in entries]


def test_a_room_is_made_with_its_members_owner_and_rules(alice: Member, bob: Member) -> None:
    rules = Rules(slow_s=30, is_counselling=True, joining="code", allows_previews=False)
    room, came = found_room(
        name=" 스터디 ", member_ids=[BOB, BOB], owner_id=ALICE, rules=rules, acting=SERVER, now=NOW
    )
    assert (room.name, room.slow_s, room.is_counselling, room.allows_previews) == ("스터디", 30, True, False)
    assert len(room.join_code) == 8
    assert roles_in(room) == {ALICE: "owner", BOB: "member"}
    version = room.roster_version
    assert came == [RosterChange(room.pk, ALICE, "Alice", version), RosterChange(room.pk, BOB, "Bob", version)]
    assert logged() == [("server", 5, "room_made"), ("server", 5, "rules")]


def test_a_room_may_be_made_empty_and_is_nobodys(db: None) -> None:
    room = found("게시판")
    assert (roles_in(room), room.is_owned) == ({}, False)


def test_a_room_that_cannot_be_is_not_made_at_all(alice: Member) -> None:
    make_group_room("Garden")
    with pytest.raises(MemberNotFound):
        found("새 방", ALICE, BOB)
    with pytest.raises(RoomNameTaken):
        found("Garden", ALICE)
    for wrong in ({"name": "x"}, {"name": "새 방", "rules": Rules(slow_s=999_999)}):
        with pytest.raises(InvalidInput):
            found(**wrong)
    assert [room.name for room in Room.objects.all()] == ["Garden"]
    assert Participant.objects.count() == 0
    assert logged() == []


def test_a_room_is_called_otherwise(alice: Member, bob: Member) -> None:
    room, private = make_group_room("Garden", alice), make_private_room(alice, bob)
    make_group_room("Kitchen")
    version = rename_room(room_id=room.pk, name=" 정원 ", acting=SERVER, now=NOW)
    assert version == room.roster_version + 1
    assert rename_room(room_id=room.pk, name="정원", acting=SERVER, now=NOW) is None
    room.refresh_from_db()
    assert room.name == "정원"
    assert json.loads(AuditEntry.objects.get().details) == {"name": ["Garden", "정원"]}
    for number, name, refusal in (
        (room.pk, "Kitchen", RoomNameTaken),
        (room.pk, "x", InvalidInput),
        (private.pk, "우리", NotGroupRoom),
        (999, "정원", RoomNotFound),
    ):
        with pytest.raises(refusal):
            rename_room(room_id=number, name=name, acting=SERVER, now=NOW)


def test_who_was_in_it_is_told_why_and_the_log_says_it_too(alice: Member, bob: Member) -> None:
    room, private = make_group_room("Garden", alice), make_private_room(alice, bob)
    told = close_room(room_id=room.pk, acting=SERVER, now=NOW, why=" it is\nover ")
    assert told == Deleted("Garden", "it is over")
    assert AuditEntry.objects.get(room_id=room.pk).reason == "it is over"
    assert close_room(room_id=private.pk, acting=SERVER, now=NOW) == Deleted("Alice-Bob", "")
    with pytest.raises(InvalidInput):
        close_room(room_id=make_group_room("Kitchen").pk, acting=SERVER, now=NOW, why="x" * 201)


def test_a_room_is_deleted_and_the_log_of_it_stays(alice: Member, bob: Member) -> None:
    for room in (make_group_room("Garden", alice), make_private_room(alice, bob)):
        close_room(room_id=room.pk, acting=SERVER, now=NOW)
        assert AuditEntry.objects.get(room_id=room.pk).act == "room_deleted"
        with pytest.raises(RoomNotFound):
            close_room(room_id=room.pk, acting=SERVER, now=NOW)
    assert Room.objects.count() == 0
