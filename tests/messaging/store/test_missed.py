"""What many who come back at one time are told they missed: to each what a read for them alone would tell."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from messaging.models import Message, Reaction
from messaging.store import missed
from messaging.store.missed import Return, standings_on_return
from messaging.store.selectors import subscription_state
from messaging.store.statements import run
from messaging.wire.marks import REACTORS_SHOWN
from messaging.wire.protocol import REPLAY_MAX_CHANGES, encode_message
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, CHARLIE, make_group_room
from tests.messaging.store.test_selectors import NOW, fill, touch
from tests.messaging.store.test_statements import plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def kitchen(alice: Member, bob: Member) -> Room:
    kitchen = make_group_room("Kitchen", alice, bob)
    fill(kitchen, 4)
    fill(kitchen, 1, sender_id=None)
    return kitchen


def alone(one: Return) -> Any:
    state = subscription_state(**one._asdict())
    return state.standing, None if state.missed is None else tuple(map(encode_message, state.missed))


def together(*returns: Return) -> dict[Return, Any]:
    told = standings_on_return(returns)
    return {one: what if what == "again" else (what[0], what[1] and tuple(what[1])) for one, what in told.items()}


def test_each_is_told_what_a_read_for_them_alone_tells(room: Room, kitchen: Room) -> None:
    """Of an edited message, a deleted one, a hidden one, a pinned one; of what is said by who is no member."""
    fill(room, 6)
    touch(room, 2, contents="TWO", edited_at=NOW)
    touch(room, 3, deleted_at=NOW)
    touch(room, 4, hidden_at=datetime(2026, 11, 23, tzinfo=UTC))
    touch(
        room, 1, marks='{"reactions":[{"key":"👍","count":1,"memberIds":[7]}],"pinnedAt":"2026-11-22T09:00:00Z"}'
    )
    returns = [
        *(Return(room.pk, who, since) for who in (ALICE, BOB) for since in (None, 0, 4, 9, room.version)),
        *(Return(kitchen.pk, ALICE, since) for since in (3, 5)),
    ]

    assert together(*returns) == {one: alone(one) for one in returns}


def test_who_has_no_place_or_knows_too_little_or_too_much_is_left_out(room: Room) -> None:
    fill(room, REPLAY_MAX_CHANGES + 1)
    asked = [Return(room.pk, CHARLIE, 600), Return(room.pk, BOB, 0), Return(room.pk, BOB, 502), Return(0, BOB, 0)]

    assert together(*asked, Return(room.pk, BOB, 1)).keys() == {Return(room.pk, BOB, 1)}


def react_as_a_crowd(room: Room, seq: int, *others: int) -> None:
    """As many as can be named react by a thumb, and these others behind them; Bob by a heart too."""
    named = list(range(100, 100 + REACTORS_SHOWN))
    reactions = [{"key": "👍", "count": len(named) + len(others), "memberIds": named}]
    reactions.append({"key": "♥", "count": 1, "memberIds": [BOB]})
    touch(room, seq, marks=msgspec.json.encode({"reactions": reactions}).decode())
    message = Message.objects.get(room=room, seq=seq)
    told = [(who, "👍") for who in others] + [(BOB, "♥")]
    Reaction.objects.bulk_create(
        Reaction(message=message, member_id=who, key=key, reacted_at=NOW) for who, key in told
    )


def test_a_reaction_of_their_own_that_is_hidden_behind_others_is_told_to_each(
    room: Room, kitchen: Room, charlie: Member
) -> None:
    fill(room, 3)
    react_as_a_crowd(room, 1, BOB, CHARLIE)
    react_as_a_crowd(kitchen, 2, ALICE, BOB)
    returns = [
        *(Return(room.pk, who, since) for who in (ALICE, BOB) for since in (0, 1, 3)),
        *(Return(kitchen.pk, who, since) for who in (ALICE, BOB) for since in (3, 5)),
    ]
    with CaptureQueriesContext(connection) as queries:
        told = together(*returns)

    assert len(queries) == 3
    assert told == {one: alone(one) for one in returns}
    assert told[returns[0]] != told[returns[3]], "Alice has not reacted"


def test_what_is_made_for_some_alone_is_bounded_too(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(room, 3)
    react_as_a_crowd(room, 1, ALICE, BOB)
    monkeypatch.setattr(missed, "MISSED_MAX_BYTES", 10)
    hers, his = Return(room.pk, ALICE, 2), Return(room.pk, BOB, 2)

    assert together(hers, his) == {hers: alone(hers), his: "again"}
    assert together(his) == {his: alone(his)}


def test_much_is_read_in_parts_and_what_is_too_much_is_to_be_asked_for_again(
    room: Room, kitchen: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(room, 6)
    monkeypatch.setattr(missed, "CHANGES_PER_READ", 8)
    here, there = Return(room.pk, BOB, 1), Return(kitchen.pk, BOB, 1)
    with CaptureQueriesContext(connection) as queries:
        assert together(here, there) == {here: alone(here), there: alone(there)}
    assert len([query for query in queries if "chat_messages" in query["sql"]]) == 2 + len([here, there])

    monkeypatch.setattr(missed, "MISSED_MAX_BYTES", 10)
    assert together(here, there) == {here: alone(here), there: "again"}
    assert together(there, Return(room.pk, BOB, 4)).keys() == {there, Return(room.pk, BOB, 4)}
    assert together(there) == {there: alone(there)}


def test_many_ask_the_database_twice(room: Room, kitchen: Room) -> None:
    fill(room, 3)
    with CaptureQueriesContext(connection) as queries:
        told = together(*(Return(one.pk, who, 1) for one in (room, kitchen) for who in (ALICE, BOB)))

    assert len(told) == 4
    assert len(queries) == 2


@pytest.mark.django_db(transaction=True)
def test_what_was_missed_is_searched_and_never_scanned_for(room: Room, alice: Member, bob: Member) -> None:
    rooms = [make_group_room(f"room {number}", alice, bob) for number in range(20)]
    for one in rooms:
        fill(one, 20)
    plan = plan_of(lambda: run(missed.read_changes({one.pk: (17, 20) for one in rooms[:4]})))
    assert "SCAN" not in str(plan), plan
    assert "ALL" not in [step.get("type") for step in plan], plan
