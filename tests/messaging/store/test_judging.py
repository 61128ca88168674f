"""Who may do what to which message: every refusal, as a table. The whole of rights is in rooms.moderation."""

from collections.abc import Callable
from typing import Any

import pytest

from messaging.store.acts import Act
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, CHARLIE, give_role, make_group_room, make_member, make_private_room
from tests.messaging.store.doing import at, codes, delete, done, edit, pin, react, say

pytestmark = pytest.mark.django_db

MODERATOR = CHARLIE  # of the community, by the token; in neither room
DANA, ERIN = 20, 21
ANSWER, ALICES, BOBS, GONE, DANAS, ERINS, NOWHERE = 1, 2, 3, 4, 5, 6, 7
LATE = 86_400.0
Rooms = dict[str, Room]
MakeAct = Callable[[Room], Act]


@pytest.fixture
def rooms(alice: Member, bob: Member, charlie: Member) -> Rooms:
    """A room of Dana's that Bob manages, and a private room, with the same in both; in Dana's Erin manages too."""
    others = [make_member(DANA, "Dana"), make_member(ERIN, "Erin")]
    rooms = {"group": make_group_room("Garden", alice, bob, *others), "private": make_private_room(alice, bob)}
    for member_id, role in ((DANA, "owner"), (BOB, "manager"), (ERIN, "manager")):
        give_role(rooms["group"], member_id, role)
    for room in rooms.values():
        say(room, "answer", sender_id=None)
        say(room, "Alice's", sender_id=ALICE)
        say(room, "Bob's", "gone", sender_id=BOB)
        done(delete(room, GONE, by=BOB))
    say(rooms["group"], "Dana's", sender_id=DANA)
    say(rooms["group"], "Erin's", sender_id=ERIN)
    return rooms


def by_admin(make: Callable[..., Any], *arguments: Any) -> MakeAct:
    return lambda room: make(room, *arguments, by=MODERATOR, is_admin=True)


CASES: list[tuple[str, str, float, MakeAct, str]] = [
    # edit
    ("the author edits", "group", 20, lambda r: edit(r, ALICES, "x", by=ALICE), "Stored"),
    ("another does", "group", 20, lambda r: edit(r, ALICES, "x", by=BOB), "E-MS002"),
    ("nobody edits an answer", "group", 20, lambda r: edit(r, ANSWER, "x", by=ALICE), "E-MS002"),
    ("a moderator neither", "group", 20, by_admin(edit, ALICES, "x"), "E-AU002"),
    ("it is late", "group", LATE, lambda r: edit(r, ALICES, "x", by=ALICE), "E-MS003"),
    ("it is deleted", "group", 20, lambda r: edit(r, GONE, "x", by=BOB), "E-MS004"),
    ("there is none", "group", 20, lambda r: edit(r, NOWHERE, "x", by=ALICE), "E-MS001"),
    ("everyone, by a member", "group", 20, lambda r: edit(r, ALICES, "x", by=ALICE, everyone=True), "E-MS007"),
    ("everyone, by a manager", "group", 20, lambda r: edit(r, BOBS, "x", by=BOB, everyone=True), "Stored"),
    ("everyone, in private", "private", 20, lambda r: edit(r, BOBS, "x", by=BOB, everyone=True), "E-MS007"),
    # delete
    ("the author deletes", "group", 20, lambda r: delete(r, ALICES, by=ALICE), "Stored"),
    ("the author, late", "group", LATE, lambda r: delete(r, ALICES, by=ALICE), "E-MS003"),
    ("a member another's", "group", 20, lambda r: delete(r, BOBS, by=ALICE), "E-MS002"),
    ("a manager another's, late", "group", LATE, lambda r: delete(r, ALICES, by=BOB), "Stored"),
    ("a manager an answer", "group", 20, lambda r: delete(r, ANSWER, by=BOB), "Stored"),
    ("a manager their own, late", "group", LATE, lambda r: delete(r, BOBS, by=BOB), "Stored"),
    ("a manager the owner's", "group", 20, lambda r: delete(r, DANAS, by=BOB), "E-MO001"),
    ("a manager another's, of a manager", "group", 20, lambda r: delete(r, ERINS, by=BOB), "E-MO001"),
    ("the owner a manager's", "group", LATE, lambda r: delete(r, ERINS, by=DANA), "Stored"),
    ("a moderator the owner's", "group", LATE, by_admin(delete, DANAS), "Stored"),
    ("a moderator from outside", "group", LATE, by_admin(delete, ALICES), "Stored"),
    ("staff", "private", LATE, lambda r: delete(r, ALICES, by=None), "Stored"),
    ("in private the other's", "private", 20, lambda r: delete(r, ALICES, by=BOB), "E-MS002"),
    ("a moderator in private", "private", 20, by_admin(delete, ALICES), "E-R001"),
    ("it is deleted already", "group", LATE, lambda r: delete(r, GONE, by=BOB), "Stored"),
    ("a member repeats a manager's", "group", 20, lambda r: delete(r, GONE, by=ALICE), "E-MS002"),
    # react
    ("a member reacts", "group", 20, lambda r: react(r, ANSWER, by=ALICE), "Stored"),
    ("in private too", "private", 20, lambda r: react(r, ALICES, by=ALICE), "Stored"),
    ("a stranger", "group", 20, lambda r: react(r, ALICES, by=CHARLIE), "E-AU002"),
    ("a moderator from outside reacts", "group", 20, by_admin(react, ALICES), "E-AU002"),
    ("a stranger in private", "private", 20, lambda r: react(r, ALICES, by=CHARLIE), "E-R001"),
    ("an unknown key", "group", 20, lambda r: react(r, ALICES, "poop", by=ALICE), "E-MS005"),
    ("to what is deleted", "group", 20, lambda r: react(r, GONE, by=ALICE), "E-MS004"),
    # pin
    ("a manager pins", "group", LATE, lambda r: pin(r, ALICES, by=BOB), "Stored"),
    ("an owner pins", "group", LATE, lambda r: pin(r, ALICES, by=DANA), "Stored"),
    ("a member", "group", 20, lambda r: pin(r, ALICES, by=ALICE), "E-MS007"),
    ("a member takes down", "group", 20, lambda r: pin(r, ALICES, by=ALICE, on=False), "E-MS007"),
    ("a moderator from outside pins", "group", 20, by_admin(pin, ALICES), "Stored"),
    ("in private both pin", "private", 20, lambda r: pin(r, ALICES, by=ALICE), "Stored"),
    ("what is deleted", "group", 20, lambda r: pin(r, GONE, by=BOB), "E-MS004"),
    ("what is none", "group", 20, lambda r: pin(r, NOWHERE, by=BOB), "E-MS001"),
]


@pytest.mark.parametrize(
    ("where", "after_s", "make", "outcome"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_who_may(rooms: Rooms, where: str, after_s: float, make: MakeAct, outcome: str) -> None:
    assert codes(make(rooms[where]), now=at(after_s)) == [outcome]


def test_a_room_that_is_not_there(rooms: Rooms) -> None:
    assert codes(react(Room(room_id=999_999), 1, by=ALICE)) == ["E-R001"]


def test_a_manager_who_left_manages_no_more_and_what_they_said_is_anybodys(rooms: Rooms) -> None:
    rooms["group"].participants.filter(member_id=BOB).delete()
    assert codes(delete(rooms["group"], ALICES, by=BOB), now=at(20)) == ["E-AU002"]
    assert codes(delete(rooms["group"], BOBS, by=ERIN), now=at(20)) == ["Stored"]


def test_a_message_takes_twenty_different_reactions(rooms: Rooms, settings: Any) -> None:
    settings.REACTION_KEYS = tuple(f"key-{number}" for number in range(21))
    room = rooms["group"]
    done(*[react(room, ALICES, f"key-{number}", by=ALICE) for number in range(19)], now=at(20))
    late = [react(room, ALICES, f"key-{number}", by=BOB) for number in (18, 19, 20)]
    assert codes(*late, now=at(30)) == ["Stored", "Stored", "E-MS006"]
    room_made = [react(room, ALICES, "key-0", by=ALICE, on=False), react(room, ALICES, "key-20", by=BOB)]
    assert codes(room_made[0], now=at(40)) == ["Stored"]
    assert codes(room_made[1], now=at(50)) == ["Stored"]
    swapped = [react(room, ALICES, "key-1", by=ALICE, on=False), react(room, ALICES, "key-0", by=BOB)]
    assert codes(*swapped, react(room, ALICES, "key-1", by=BOB), now=at(60)) == ["Stored", "Stored", "E-MS006"]
