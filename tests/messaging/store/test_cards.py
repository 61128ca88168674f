"""What is shown of a room to those who are not in it, and what is not."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from messaging.models import Message
from messaging.store.cards import LAST_TEXT_MAX_CHARACTERS, room_cards
from rooms.models import Member, Room
from rooms.moderation import blocked_members, imposing, ranks
from rooms.moderation_models import JoinRequest
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_private_room
from tests.messaging.store.test_mentions import NOW, draft, store

pytestmark = pytest.mark.django_db
SAID_AT = "2026-11-22T09:00:00.123456Z"


def card(room: Room, *, by: int = CHARLIE) -> dict[str, Any]:
    room.refresh_from_db()
    [shown] = room_cards([room], member_id=by, now=NOW)
    return shown


@pytest.fixture
def said(room: Room, charlie: Member) -> Room:
    store(draft(room, "hello"), draft(room, "x" * 4_000))
    return room


def test_charlie_sees_what_an_open_room_is_about(said: Room) -> None:
    Room.objects.filter(pk=said.pk).update(description="꽃과 나무")
    assert card(said) == {
        "roomId": said.pk,
        "roomName": "Garden",
        "description": "꽃과 나무",
        "memberCount": 2,
        "isMine": False,
        "lastAt": SAID_AT,
        "lastText": "x" * LAST_TEXT_MAX_CHARACTERS,
    }
    assert card(said, by=BOB)["isMine"] is True


@pytest.mark.parametrize(
    "kept",
    [{"joining": "code"}, {"joining": "approval"}, {"is_counselling": True}, {"allows_previews": False}],
    ids=str,
)
def test_what_was_said_in_a_room_that_is_not_for_all_is_not_told(said: Room, kept: dict[str, Any]) -> None:
    Room.objects.filter(pk=said.pk).update(**kept)
    assert (card(said)["lastAt"], card(said)["lastText"]) == (SAID_AT, "")
    assert card(said).get("joining") == kept.get("joining")


@pytest.mark.parametrize("gone", ["deleted_at", "hidden_at"])
def test_what_was_taken_away_is_not_told(said: Room, gone: str) -> None:
    Message.objects.filter(room=said, seq=2).update(**{gone: datetime.now(UTC)})
    assert (card(said)["lastAt"], card(said)["lastText"]) == (SAID_AT, "")


def test_nothing_is_told_of_whom_one_blocks(said: Room) -> None:
    blocked_members.block(member_id=CHARLIE, blocked_id=ALICE, now=NOW)
    assert card(said)["lastText"] == ""
    assert card(said, by=BOB)["lastText"] != ""


def test_who_was_removed_reads_no_more_of_it(said: Room) -> None:
    imposing.take_out(room_id=said.pk, member_id=BOB, acting=ranks.staff(), now=NOW)
    assert (card(said, by=BOB)["lastText"], card(said)["lastText"] != "") == ("", True)


def test_a_private_room_says_nothing_but_who_is_there(alice: Member, bob: Member) -> None:
    private = make_private_room(alice, bob)
    store(draft(private, "between us"))
    shown = card(private, by=BOB)
    assert (shown["roomName"], shown["memberCount"], shown["lastText"]) == ("Alice-Bob", 2, "")


def test_who_asked_to_come_in_sees_so(said: Room) -> None:
    Room.objects.filter(pk=said.pk).update(joining="approval")
    JoinRequest.objects.create(room=said, member_id=CHARLIE, made_at=NOW)
    assert (card(said)["asked"], "asked" in card(said, by=BOB)) == (True, False)


def test_many_rooms_take_no_more_questions_than_one(said: Room, bob: Member) -> None:
    rooms = [said, *(make_group_room(f"room {number}", bob) for number in range(20))]
    with CaptureQueriesContext(connection) as of_one:
        room_cards(rooms[:1], member_id=CHARLIE, now=NOW)
    with CaptureQueriesContext(connection) as of_all:
        assert len(room_cards(rooms, member_id=CHARLIE, now=NOW)) == 21
    assert len(of_all) == len(of_one)
    assert room_cards([], member_id=CHARLIE, now=NOW) == []
