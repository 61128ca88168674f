"""What a rule would have found in what was said lately."""

import pytest
from django.utils import timezone

from messaging.models import Message
from messaging.moderation import bench
from messaging.moderation.bench import Found
from rooms.models import Room
from tests.messaging.moderation.rules import make_rule
from tests.messaging.store.doing import say

BOB = 3


@pytest.mark.django_db(transaction=True)
def test_hits_are_shown_with_what_stands_around_the_newest_first(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(room, "아, 시♡발 왜", "시발점", "<b>안녕</b>", "시발!", "시발 지움", sender_id=BOB)
    Message.objects.filter(seq=5).update(deleted_at=timezone.now())
    make_rule("시발점", "allow")
    found = bench.try_rule("시발", room_id=None)
    assert (found.looked_at, found.found_in) == (4, 2)
    assert found.shown == [Found(room.pk, 4, "", "시발", "!"), Found(room.pk, 1, "아, ", "시♡발", " 왜")]
    assert bench.try_rule("시발", room_id=room.pk + 1).looked_at == 0
    monkeypatch.setattr(bench, "LOOKED_AT_MOST", 1)
    assert bench.try_rule("시발", room_id=room.pk).found_in == 1
