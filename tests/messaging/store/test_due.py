"""Which hidings end next."""

from datetime import timedelta

import pytest

from messaging.store.due import next_ends
from rooms.models import Room
from rooms.moderation_models import Sanction
from tests.factories import ALICE, BOB
from tests.messaging.store.doing import A_WHILE, NOW, done, hide, role, say

pytestmark = pytest.mark.django_db

SOON = NOW + A_WHILE + timedelta(seconds=1)


def test_the_first_end_comes_first_and_what_was_lifted_or_has_none_never(room: Room) -> None:
    role(room, owner=ALICE)
    say(room, *"abcd", sender_id=BOB)
    ends = {1: SOON + A_WHILE, 2: SOON, 3: None, 4: SOON}
    done(
        *[hide(room, seq, by=ALICE, until=until) for seq, until in ends.items()], hide(room, 4, by=ALICE, on=False)
    )
    Sanction.objects.create(kind="mute", room=room, member_id=BOB, since=NOW, until=SOON)
    assert [(due.seq, due.until) for due in next_ends(limit=9)] == [(2, SOON), (1, SOON + A_WHILE)]
    assert [due.seq for due in next_ends(limit=1)] == [2]
