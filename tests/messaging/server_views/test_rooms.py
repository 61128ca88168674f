"""The main server makes rooms, finds, changes and deletes them."""

import pytest

from rooms.audit_models import AuditEntry
from rooms.deleted_models import DeletedRoom
from rooms.models import Member, Room
from rooms.moderation_models import MemberBlock
from tests.factories import ALICE, BOB, CHARLIE, give_role, make_private_room
from tests.messaging.server_views.calling import MainServer
from tests.messaging.store.test_mentions import NOW

pytestmark = pytest.mark.django_db


def test_a_room_is_made_whole(main_server: MainServer, alice: Member, bob: Member) -> None:
    body = {
        "roomName": "고민상담방",
        "memberIds": [BOB],
        "ownerId": ALICE,
        "slowSeconds": 30,
        "readOnly": True,
        "joining": "code",
        "counselling": True,
        "allowsPreviews": False,
        "keepsFilesDays": 30,
        "keepsMessagesDays": 90,
        "description": "새싹반 이야기",
    }
    room = main_server.ask("POST", "/rooms", body)
    code, made_at = room.pop("joinCode"), room.pop("createdAt")
    assert (len(code), made_at[-1]) == (8, "Z")
    del body["memberIds"]
    assert room == body | {
        "roomId": Room.objects.get().pk,
        "isGroupChat": True,
        "managerIds": [],
        "memberCount": 2,
        "firstSeq": 1,
        "lastSeq": 0,
        "lastMessageAt": None,
    }
    entry = AuditEntry.objects.order_by("number").first()
    assert entry is not None
    assert (entry.actor_kind, entry.actor_id, entry.act) == ("server", main_server.key_id, "room_made")


def test_what_makes_no_room_is_refused(main_server: MainServer, room: Room) -> None:
    for body, code in (
        ({"roomName": "Garden"}, "E-R002"),
        ({"roomName": "새 방", "memberIds": [999]}, "E-M001"),
        ({"roomName": "새 방", "memberIds": [ALICE] * 501}, "E-C001"),
        ({"roomName": "새 방", "memberIds": [0]}, "E-C001"),
        ({"roomName": "x"}, "E-C001"),
        ({}, "E-C001"),
    ):
        assert main_server.refusal("POST", "/rooms", body) == code
    assert Room.objects.count() == 1


def test_a_room_is_seen_by_its_number_and_by_its_name(main_server: MainServer, room: Room) -> None:
    give_role(room, ALICE)
    give_role(room, BOB, "manager")
    seen = main_server.ask("GET", f"/rooms/{room.pk}")
    assert (seen["ownerId"], seen["managerIds"], seen["memberCount"]) == (ALICE, [BOB], 2)
    assert main_server.ask("GET", "/rooms?name=Garden") == seen
    assert main_server.refusal("GET", "/rooms?name=nowhere") == "E-R001"
    assert main_server.refusal("GET", "/rooms") == "E-C001"
    assert main_server.refusal("GET", "/rooms/999999") == "E-R001"


def test_who_may_only_look_sees_no_join_code(main_server: MainServer, room: Room) -> None:
    path = f"/rooms/{room.pk}"
    assert main_server.ask("PATCH", path, {"joining": "code"})["joinCode"]
    assert MainServer("rooms:read").ask("GET", path)["joinCode"] is None


def test_all_rooms_are_listed_page_by_page_and_those_of_one_member(
    main_server: MainServer, room: Room, charlie: Member
) -> None:
    give_role(room, ALICE)
    kitchen = Room.objects.create(name="Kitchen", joining="code", join_code="12345678")
    pair = make_private_room(Member.objects.get(pk=ALICE), charlie)
    first = main_server.ask("GET", "/rooms/all?limit=2")
    assert first == {
        "rooms": [main_server.ask("GET", f"/rooms/{one.pk}") for one in (room, kitchen)],
        "next": kitchen.pk,
    }
    assert (first["rooms"][0]["ownerId"], first["rooms"][0]["memberCount"]) == (ALICE, 2)
    assert first["rooms"][1]["joinCode"] == "12345678"
    last = main_server.ask("GET", f"/rooms/all?limit=2&after={kitchen.pk}")
    assert [(one["roomName"], one["isGroupChat"]) for one in last["rooms"]] == [("Alice-Charlie", False)]
    assert last["next"] is None

    def numbers(query: str) -> list[int]:
        return [one["roomId"] for one in main_server.ask("GET", f"/rooms/all?{query}")["rooms"]]

    assert numbers(f"memberId={ALICE}") == [room.pk, pair.pk]
    assert numbers(f"memberId={ALICE}&after={room.pk}") == [pair.pk]
    assert numbers(f"memberId={BOB}") == [room.pk]
    assert numbers("memberId=4711") == []
    looking = MainServer("rooms:read").ask("GET", "/rooms/all")["rooms"]
    assert [one["joinCode"] for one in looking] == [None] * 3
    for query in ("limit=0", "limit=501", "memberId=0", "after=-1"):
        assert main_server.refusal("GET", f"/rooms/all?{query}") == "E-C001"


def test_a_room_is_changed_in_what_is_named(main_server: MainServer, room: Room) -> None:
    path = f"/rooms/{room.pk}"
    before = main_server.ask("GET", path)
    changed = main_server.ask("PATCH", path, {"roomName": "정원", "slowSeconds": 5, "allowsPreviews": False})
    assert changed == before | {"roomName": "정원", "slowSeconds": 5, "allowsPreviews": False}
    assert main_server.ask("PATCH", path, {}) == changed
    for days, told in ((30, 30), (-1, None), (0, 0)):
        assert main_server.ask("PATCH", path, {"keepsFilesDays": days})["keepsFilesDays"] == told
    assert main_server.refusal("PATCH", path, {"keepsFilesDays": 36_501}) == "E-C001"
    main_server.ask("PATCH", path, {"keepsFilesDays": -1})
    Room.objects.create(name="Kitchen")
    assert main_server.refusal("PATCH", path, {"roomName": "Kitchen", "readOnly": True}) == "E-R002"
    assert main_server.ask("GET", path) == changed  # all of it or nothing


def test_a_room_is_deleted(main_server: MainServer, room: Room) -> None:
    assert main_server.refusal("DELETE", f"/rooms/{room.pk}?why={'x' * 201}") == "E-C001"
    assert main_server.ask("DELETE", f"/rooms/{room.pk}?why=모임이 끝났어요.") is None
    assert DeletedRoom.objects.get().why == "모임이 끝났어요."
    assert main_server.refusal("DELETE", f"/rooms/{room.pk}") == "E-R001"
    assert not Room.objects.exists()
    assert AuditEntry.objects.get().act == "room_deleted"


def test_two_members_have_one_private_room(
    main_server: MainServer, alice: Member, bob: Member, charlie: Member
) -> None:
    room = main_server.ask("POST", "/rooms/private", {"memberIds": [BOB, ALICE]})
    assert (room["roomName"], room["isGroupChat"], room["memberCount"]) == ("Bob-Alice", False, 2)
    assert main_server.ask("POST", "/rooms/private", {"memberIds": [ALICE, BOB]}) == room
    assert main_server.refusal("PATCH", f"/rooms/{room['roomId']}", {"readOnly": True}) == "E-C003"
    MemberBlock.objects.create(member=charlie, blocked=alice, since=NOW)
    for pair, code in (
        ([ALICE, CHARLIE], "E-M002"),
        ([ALICE, ALICE], "E-C001"),
        ([ALICE, 999], "E-M001"),
        ([ALICE], "E-C001"),
    ):
        assert main_server.refusal("POST", "/rooms/private", {"memberIds": pair}) == code
    assert AuditEntry.objects.get(room_id=room["roomId"]).act == "room_made"


def test_what_is_theirs_already_stays_open_to_who_blocked_the_other(
    main_server: MainServer, alice: Member, bob: Member
) -> None:
    room = make_private_room(alice, bob)
    MemberBlock.objects.create(member=bob, blocked=alice, since=NOW)
    assert main_server.ask("POST", "/rooms/private", {"memberIds": [ALICE, BOB]})["roomId"] == room.pk
