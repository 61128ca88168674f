"""Which messages still say something else of their files."""

import pytest

from messaging.files.ending.untold import mark_told, untold_messages
from rooms.models import Room
from tests.factories import BOB
from tests.messaging.files.having import have_file

pytestmark = pytest.mark.django_db


def test_of_what_was_sent_each_message_once(room: Room) -> None:
    for seq in (1, 1, 2, None):
        have_file(room, BOB, seq=seq, is_untold=True)
    have_file(room, BOB, seq=3)
    assert untold_messages() == {(room.pk, 1), (room.pk, 2)}
    mark_told(room_id=room.pk, seq=1)
    assert untold_messages() == {(room.pk, 2)}
