"""Looking under a hiding: managers see what was said and why it is hidden, and nobody else sees anything."""

import pytest

from chatproject.errors import ChatError
from messaging.store.uncovering import uncovered
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, caller, make_private_room
from tests.messaging.store.doing import delete, done, hide, role, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(room: Room, charlie: Member) -> Room:
    """Alice owns it, Charlie is in; Bob's message is hidden."""
    Participant.objects.create(room=room, member=charlie)
    role(room, owner=ALICE)
    say(room, "나쁜 말", sender_id=BOB)
    done(hide(room, 1, by=ALICE))
    return room


def code(room_id: int, who: int, seq: int = 1, **claims: object) -> str:
    try:
        uncovered(room_id=room_id, caller=caller(who, **claims), seq=seq)  # type: ignore[arg-type]
    except ChatError as error:
        return error.code
    return "S-001"


def test_a_manager_sees_what_is_hidden_and_why(room: Room) -> None:
    seen = uncovered(room_id=room.pk, caller=caller(ALICE), seq=1)
    assert seen["message"]["message"] == "나쁜 말"
    assert seen["message"]["hiddenAt"] is not None
    assert [(one["act"], one["reason"], one["by"], one["imposedBy"]) for one in seen["hidings"]] == [
        ("hide", "광고", "owner", ALICE)
    ]


def test_nobody_else_does(room: Room, alice: Member, bob: Member) -> None:
    assert [code(room.pk, who) for who in (BOB, CHARLIE)] == ["E-MS007"] * 2  # not its author either
    assert code(room.pk, 999) == "E-AU002"
    assert code(room.pk, CHARLIE, role="ADMIN") == "S-001"
    assert code(room.pk, ALICE, seq=9) == "E-MS001"
    pair = make_private_room(alice, bob)
    assert [code(pair.pk, who) for who in (ALICE, CHARLIE)] == ["E-C003", "E-R001"]


def test_what_was_deleted_stays_deleted(room: Room) -> None:
    done(delete(room, 1, by=BOB))
    seen = uncovered(room_id=room.pk, caller=caller(ALICE), seq=1)
    assert (seen["message"]["message"], seen["message"].get("hiddenAt")) == ("", None)
