"""Who may be notified of a message: its room's members but its author, without whoever does not want it."""

from typing import Any

import pytest
from django.utils import timezone

from messaging.events.called import Call, call_data, read_calls
from messaging.events.said import read_messages
from messaging.models import Message
from messaging.store.read_marks import mark_read
from rooms import services
from rooms.models import Member, MemberPreferences, Participant, Room
from rooms.moderation import blocked_members
from tests.endpoints import subscribe
from tests.factories import ALICE, BOB, CHARLIE, caller, give_role, make_group_room, make_private_room
from tests.messaging.events.rows import rows
from tests.messaging.store.doing import at, delete, done, edit, hide, say

pytestmark = pytest.mark.django_db

LONG = "가" * 300


@pytest.fixture
def garden(alice: Member, bob: Member, charlie: Member) -> Room:
    """Alice owns it, Bob and Charlie are in."""
    room = make_group_room("Garden", alice, bob, charlie)
    give_role(room, ALICE)
    subscribe("mention")
    return room


def calls() -> list[Call]:
    found = rows(kind="mention")
    return read_calls(found, read_messages((row.room_id or 0, row.seq or 0) for row in found))


def called() -> list[list[int]]:
    return [list(call.members) for call in calls()]


def level(room: Room, member_id: int, notify: str) -> None:
    Participant.objects.filter(room=room, member_id=member_id).update(notify=notify)


def test_who_is_mentioned_may_be_notified_and_nobody_else(garden: Room) -> None:
    say(garden, "Bob", sender_id=ALICE, mentions=(BOB,))
    assert called() == [[BOB]]
    assert [(call.reason, call.room_name) for call in calls()] == [("mention", "Garden")]


def test_everyone_is_everyone_but_the_author_and_who_came_later(garden: Room, alice: Member) -> None:
    say(garden, "all", sender_id=ALICE, everyone=True)
    Participant.objects.filter(room=garden, member_id=CHARLIE).delete()
    services.join_group_room(caller=caller(CHARLIE), room_id=garden.pk, now=timezone.now())
    Participant.objects.filter(room=garden, member_id=CHARLIE).update(read_seq=0)
    assert called() == [[BOB]]
    assert calls()[0].reason == "everyone"


@pytest.mark.parametrize(("notify", "is_told"), [("all", True), ("mentions", True), ("none", False)])
def test_the_level_of_the_room_allows_it(
    garden: Room, alice: Member, bob: Member, notify: str, is_told: bool
) -> None:
    private = make_private_room(alice, bob)
    for room in (garden, private):
        level(room, BOB, notify)
    say(garden, "Bob", sender_id=ALICE, mentions=(BOB,))
    say(private, "hello", sender_id=ALICE)
    assert called() == [[BOB], [BOB]] * is_told


def test_in_a_private_room_the_other_one_is_notified_of_all_and_both_of_the_assistant(
    garden: Room, alice: Member, bob: Member
) -> None:
    private = make_private_room(alice, bob)
    say(private, "hello", sender_id=ALICE)
    say(private, "generated", sender_id=None)
    assert called() == [[BOB], [BOB, ALICE]]  # by number
    assert [(call.reason, call.room_name) for call in calls()] == [("private", "Alice-Bob")] * 2


def test_who_has_read_it_left_or_blocks_the_author_is_not_notified(garden: Room) -> None:
    say(garden, "both", sender_id=ALICE, mentions=(BOB, CHARLIE))
    mark_read(room_id=garden.pk, member_id=BOB)
    assert called() == [[CHARLIE]]
    blocked_members.block(member_id=CHARLIE, blocked_id=ALICE, now=timezone.now())
    assert called() == []
    blocked_members.unblock(member_id=CHARLIE, blocked_id=ALICE)
    services.leave_group_room(caller=caller(CHARLIE), room_id=garden.pk)
    assert called() == []


def test_of_two_messages_each_is_read_by_itself_and_its_author_needs_no_word_of_it(garden: Room) -> None:
    say(garden, "first", "second", sender_id=ALICE, everyone=True)
    mark_read(room_id=garden.pk, member_id=BOB, seq=1)
    Participant.objects.filter(member_id=ALICE).update(read_seq=0)
    assert called() == [[CHARLIE], [BOB, CHARLIE]]


@pytest.mark.parametrize("act", [delete, hide])
def test_of_what_is_gone_nobody_is_notified(garden: Room, alice: Member, bob: Member, act: Any) -> None:
    private = make_private_room(alice, bob)
    say(private, "Bob", sender_id=ALICE)
    say(garden, "all", sender_id=ALICE, everyone=True)
    assert len(called()) == 2
    done(act(garden, 1, by=None), act(private, 1, by=None))
    assert called() == []
    Message.objects.all().delete()
    assert called() == []


def test_an_edit_may_notify_whom_it_names_anew(garden: Room) -> None:
    say(garden, "Bob", sender_id=ALICE, mentions=(BOB,))
    done(edit(garden, 1, "both", by=ALICE, mentions=(BOB, CHARLIE)))
    assert called() == [[BOB], [CHARLIE]]
    done(edit(garden, 1, "nobody", by=ALICE, mentions=()), now=at(20))
    assert called() == []


# --- what may be shown on a locked screen


def preview(*, with_text: bool = True) -> tuple[str | None, list[int]]:
    [call] = calls()
    data = call_data(call, list(call.members), with_text=with_text)
    assert data["memberIds"] == [BOB, CHARLIE]
    return data["preview"], data["previewFor"]


def test_the_text_is_shown_only_to_who_wants_it_where_it_may_be(garden: Room) -> None:
    say(garden, f"  two\n lines {LONG}", sender_id=ALICE, mentions=(BOB, CHARLIE))
    assert preview() == (None, [])
    MemberPreferences.objects.create(member_id=BOB, previews_text=True)
    MemberPreferences.objects.create(member_id=CHARLIE)
    text, shown_to = preview()
    assert shown_to == [BOB]
    assert text is not None
    assert text.startswith("two lines 가")
    assert text.endswith("가…")
    assert len(text) == 200
    assert preview(with_text=False) == (None, [])
    Room.objects.update(allows_previews=False)
    assert preview() == (None, [])
    Room.objects.update(allows_previews=True, is_counselling=True)
    assert preview() == (None, [])
