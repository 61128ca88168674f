"""Who reacted, and a room's notices, page by page."""

import pytest

from chatproject.errors import MessageNotFound, NotInRoom
from messaging.store.act_selectors import pins, reactors
from rooms.models import Room
from tests.factories import ALICE, BOB, CHARLIE, give_role
from tests.messaging.store.doing import at, delete, done, pin, react, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(room: Room) -> Room:
    give_role(room, ALICE)
    say(room, "one", "two", sender_id=ALICE)
    return room


def test_who_reacted_comes_in_pages_the_first_first(garden: Room) -> None:
    done(react(garden, 1, by=BOB), react(garden, 1, by=ALICE), react(garden, 1, "thumb", by=ALICE))
    asked = {"room_id": garden.pk, "member_id": BOB, "seq": 1, "key": "heart", "limit": 1}
    first, after = reactors(**asked, after=None)  # type: ignore[arg-type]
    second, end = reactors(**asked, after=after)  # type: ignore[arg-type]
    assert (first, second, end) == (
        [{"memberId": BOB, "nickName": "Bob"}],
        [{"memberId": ALICE, "nickName": "Alice"}],
        None,
    )
    done(delete(garden, 1, by=ALICE), now=at(20))
    assert reactors(**asked, after=None) == ([], None)  # type: ignore[arg-type]


def test_notices_are_told_with_their_messages_as_they_are_now(garden: Room) -> None:
    done(pin(garden, 1, by=ALICE))
    done(pin(garden, 2, by=ALICE), now=at(20))
    done(delete(garden, 1, by=ALICE), now=at(30))
    [newest], before = pins(room_id=garden.pk, member_id=BOB, before=None, limit=1)
    [oldest], end = pins(room_id=garden.pk, member_id=BOB, before=before, limit=1)
    assert (newest["seq"], newest["pinnedBy"], newest["unpinnedAt"], newest["message"]["message"]) == (
        (2, ALICE, None, "two")
    )
    assert (oldest["seq"], oldest["unpinnedAt"], oldest["message"]["message"], end) == (
        (1, "2026-11-22T09:00:20.000000Z", "", None)
    )


def test_strangers_and_what_is_not_there(garden: Room) -> None:
    with pytest.raises(NotInRoom):
        pins(room_id=garden.pk, member_id=CHARLIE, before=None, limit=1)
    with pytest.raises(MessageNotFound):
        reactors(room_id=garden.pk, member_id=BOB, seq=9, key="heart", after=None, limit=1)
