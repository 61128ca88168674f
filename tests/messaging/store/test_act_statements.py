"""The statements of acts by themselves: what they read, and that they search and never scan."""

from datetime import UTC, datetime

import pytest

from messaging.models import Message, Reaction
from messaging.store import act_statements
from messaging.store.statements import run
from rooms.models import Room
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def messages(room: Room) -> list[int]:
    say(room, "one", "two", sender_id=ALICE)
    return list(Message.objects.order_by("seq").values_list("pk", flat=True))


def test_reactions_are_found_and_deleted_by_their_whole_key(messages: list[int]) -> None:
    one, two = messages
    stored = [(one, "heart", ALICE), (one, "heart", BOB), (one, "thumb", ALICE), (two, "heart", ALICE)]
    run(act_statements.insert_reactions(stored, now=NOW))
    [found] = run(act_statements.read_reactors([(one, "heart", BOB), (two, "heart", BOB), (two, "thumb", ALICE)]))
    assert found == {(one, "heart", BOB)}
    run(act_statements.delete_reactions([(one, "heart", BOB), (two, "thumb", ALICE)]))
    assert set(Reaction.objects.values_list("message_id", "key", "member_id")) == set(stored) - found
    run(act_statements.delete_reactions_to(one))
    assert list(Reaction.objects.values_list("message_id", "reacted_at")) == [(two, NOW)]


def test_a_digest_has_the_oldest_first(messages: list[int]) -> None:
    one, two = messages
    reactions = [(one, "thumb", CHARLIE), (one, "heart", BOB), (one, "thumb", ALICE), (one, "heart", ALICE)]
    run(act_statements.insert_reactions(reactions, now=NOW))
    [digests] = run(act_statements.read_digests([one, two]))
    assert [(told.key, told.count, told.member_ids) for told in digests[one]] == [
        ("thumb", 2, (CHARLIE, ALICE)),
        ("heart", 2, (BOB, ALICE)),
    ]
    assert two not in digests


def test_a_room_is_read_with_what_decides_who_may(room: Room) -> None:
    Room.objects.update(pinned_seq=4)
    [scenes] = run(act_statements.read_scenes([room.pk, room.pk + 1]))
    assert scenes == {room.pk: act_statements.SceneRow(True, 4, "Garden")}
