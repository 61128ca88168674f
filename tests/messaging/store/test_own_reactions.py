"""Who reacted where too many did to be named knows it of themselves, wherever a message is read for them."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from messaging.search.text import words_of
from messaging.store.act_selectors import pins
from messaging.store.finding import Wanted, find_messages
from messaging.store.my_rooms import my_mentions
from messaging.store.own_reactions import with_own_reactions
from messaging.store.selectors import changes_since, history, subscription_state
from messaging.wire.marks import REACTORS_SHOWN
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, give_role, make_group_room
from tests.messaging.store.doing import at, done, pin, react, read, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(room: Room) -> Room:
    """Bob said three things there; at the second Alice's heart came behind those that are named."""
    give_role(room, BOB)
    say(room, "one", "two", "three", sender_id=BOB, mentions=(ALICE,))
    crowd = [Member(member_id=1000 + number, nickname=f"No. {number}") for number in range(REACTORS_SHOWN)]
    Member.objects.bulk_create(crowd)
    Participant.objects.bulk_create(Participant(room=room, member=member) for member in crowd)
    done(*[react(room, 2, by=member.pk) for member in crowd], react(room, 2, "thumb", by=ALICE), now=at(1))
    done(react(room, 2, by=ALICE), react(room, 2, by=BOB), react(room, 3, by=BOB), pin(room, 2, by=BOB), now=at(2))
    return room


def notices(room: Room, member_id: int) -> list[Any]:
    shown, _next = pins(room_id=room.pk, member_id=member_id, before=None, limit=9)
    return [one["message"] for one in shown]


READS: list[tuple[str, Callable[[Room, int], Any]]] = [
    ("history", lambda room, who: history(room_id=room.pk, member_id=who, limit=10)),
    ("around", lambda room, who: history(room_id=room.pk, member_id=who, around=2, limit=10)),
    ("after", lambda room, who: history(room_id=room.pk, member_id=who, after=1, limit=10)),
    ("replay", lambda room, who: subscription_state(room_id=room.pk, member_id=who, since=0).missed),
    ("search", lambda _, who: find_messages(Wanted(words=words_of("two")), member_id=who).messages),
    ("mentions", lambda _, who: my_mentions(member_id=who, before=None, limit=9)[0]),
    ("notices", notices),
]


def second(messages: Any) -> Any:
    plain = [msgspec.json.decode(one if isinstance(one, bytes) else msgspec.json.encode(one)) for one in messages]
    return next(message for message in plain if message["seq"] == 2)


@pytest.mark.parametrize("read_it", [case[1] for case in READS], ids=[case[0] for case in READS])
def test_a_member_is_told_of_the_own_reaction(garden: Room, read_it: Callable[[Room, int], Any]) -> None:
    named = list(range(1000, 1000 + REACTORS_SHOWN))
    heart, thumb = second(read_it(garden, ALICE))["reactions"]
    assert heart == {"key": "heart", "count": REACTORS_SHOWN + 2, "memberIds": [*named, ALICE]}
    assert thumb == {"key": "thumb", "count": 1, "memberIds": [ALICE]}


def test_one_who_did_not_react_or_is_named_reads_what_everybody_does(garden: Room, charlie: Member) -> None:
    Participant.objects.create(room=garden, member=charlie)
    seen = [read(garden, seq) for seq in (1, 2, 3)]
    for member_id in (charlie.pk, 1000):
        assert with_own_reactions(seen, member_id=member_id) == seen


def test_what_is_told_to_all_names_nobody_more(garden: Room) -> None:
    changes = changes_since(room_id=garden.pk, since=0)
    assert changes is not None
    heart = second(changes.messages)["reactions"][0]
    assert len(heart["memberIds"]) == REACTORS_SHOWN


def test_the_same_number_in_another_room_is_another_message(garden: Room, alice: Member, bob: Member) -> None:
    kitchen = make_group_room("Kitchen", alice, bob)
    say(kitchen, "one", "two", sender_id=BOB)
    Participant.objects.bulk_create(
        Participant(room=kitchen, member_id=1000 + number) for number in range(REACTORS_SHOWN)
    )
    done(*[react(kitchen, 2, by=1000 + number) for number in range(REACTORS_SHOWN)], now=at(1))
    done(react(kitchen, 2, by=BOB), now=at(2))
    both = [read(garden, 2), read(kitchen, 2)]
    ours, theirs = with_own_reactions(both, member_id=ALICE)
    assert (ours.reactions[0].member_ids[-1], theirs) == (ALICE, both[1])


def test_it_is_asked_for_once_and_only_where_somebody_is_not_named(garden: Room) -> None:
    with CaptureQueriesContext(connection) as queries:
        with_own_reactions([read(garden, 3)], member_id=ALICE)
        assert not any("chat_reactions" in query["sql"] for query in queries)
        with_own_reactions([read(garden, seq) for seq in (1, 2, 3)], member_id=ALICE)
    assert sum("chat_reactions" in query["sql"] for query in queries) == 1
