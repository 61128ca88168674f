"""What events say of messages: what everybody sees when it is sent, and never what was taken back meanwhile."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatproject.outgoing.composing import Row
from messaging.events.said import file_data, message_data, read_messages
from messaging.store.drafts import Draft
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, give_role, make_group_room
from tests.messaging.files.having import have_file
from tests.messaging.store.doing import NOW, delete, done, edit, hide, say

pytestmark = pytest.mark.django_db


def told(room: Room, seq: int, *, with_text: bool = True) -> dict[str, Any]:
    address = room.pk, seq
    message = read_messages([address]).get(address)
    found: dict[str, Any] = json.loads(message_data(address, message, with_text=with_text))
    return found


def test_a_message_is_told_as_everybody_sees_it(room: Room) -> None:
    say(room, "안녕 <b>Bob</b>", sender_id=ALICE, mentions=(BOB,))
    found = told(room, 1)
    assert (found["roomId"], found["seq"], found["version"], found["senderId"]) == (room.pk, 1, 1, ALICE)
    assert (found["message"], found["mentions"], found["nickName"]) == ("안녕 <b>Bob</b>", [BOB], "Alice")
    assert "ai" not in found
    assert told(room, 1, with_text=False) == {**found, "message": ""}


def test_files_are_told_with_their_names_only_where_texts_are(room: Room) -> None:
    cat = have_file(room, ALICE, alt="고양이")
    done(Draft(room.pk, ALICE, "", uuid4().hex, attachments=(cat.pk,)))
    row = Row(1, "file", room.pk, 1, 1, ALICE, json.dumps({"fileId": cat.pk}), NOW, 0, None, None)

    def file_told(**how: bool) -> dict[str, Any]:
        message = read_messages([(room.pk, 1)]).get((room.pk, 1))
        found: dict[str, Any] = json.loads(file_data(row, message, **{"with_text": True, **how}))
        return found

    assert file_told()["file"] == told(room, 1)["attachments"][0]
    assert (file_told()["seq"], file_told()["file"]["name"], file_told()["file"]["alt"]) == (
        1,
        "노을.jpg",
        "고양이",
    )
    bare = file_told(with_text=False)
    assert (bare["file"]["name"], "노을" in str(bare), "고양이" in str(bare)) == ("", False, False)
    assert told(room, 1, with_text=False)["attachments"] == [bare["file"]]
    done(delete(room, 1, by=ALICE))
    assert file_told() == {"roomId": room.pk, "seq": 1, "fileId": cat.pk, "gone": True}


def test_what_was_deleted_or_hidden_meanwhile_says_nothing(room: Room) -> None:
    give_role(room, ALICE)
    say(room, "secret", "another secret", "a third secret", sender_id=BOB)
    done(delete(room, 1, by=BOB), hide(room, 2, by=ALICE), edit(room, 3, "taken back", by=BOB))
    assert [told(room, seq)["message"] for seq in (1, 2, 3)] == ["", "", "taken back"]
    assert "secret" not in str([told(room, seq) for seq in (1, 2, 3)])
    assert told(room, 1)["deletedAt"]
    assert told(room, 2)["hiddenAt"]


def test_of_a_room_that_is_gone_only_the_number_is_left(room: Room) -> None:
    assert told(room, 99) == {"roomId": room.pk, "seq": 99, "gone": True}


def test_what_the_assistant_said_is_marked_and_names_its_model(room: Room) -> None:
    say(room, "generated", sender_id=None, model="gemini-x")
    say(room, "by whom?", sender_id=None)
    done(delete(room, 2, by=ALICE, is_admin=True))
    assert told(room, 1)["ai"] == {"generated": True, "model": "gemini-x"}
    assert told(room, 2)["ai"] == {"generated": True, "model": None}
    assert told(room, 1, with_text=False)["message"] == ""
    done(delete(room, 1, by=ALICE, is_admin=True))
    assert (told(room, 1)["message"], told(room, 1)["model"]) == ("", "gemini-x")  # a tombstone of an AI's


def test_what_the_assistant_drafted_is_marked_however_it_is_changed_later(room: Room) -> None:
    done(Draft(room.pk, ALICE, "drafted", uuid4().hex, assisted=True))
    done(edit(room, 1, "in my own words", by=ALICE))
    assert (told(room, 1)["message"], told(room, 1)["assisted"]) == ("in my own words", True)
    done(delete(room, 1, by=ALICE))
    assert "assisted" not in told(room, 1)


def test_messages_of_many_rooms_are_one_query(room: Room, alice: Member) -> None:
    rooms = [room, *(make_group_room(f"Room {number}", alice) for number in range(20))]
    for one in rooms:
        say(one, "one", "two", sender_id=ALICE)
    with CaptureQueriesContext(connection) as queries:
        found = read_messages((one.pk, seq) for one in rooms for seq in (1, 2, 2))
    assert len(queries) == 1
    assert len(found) == 2 * len(rooms)
