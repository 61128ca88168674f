"""What texts are looked at by, as the database has it."""

import pytest

from messaging.care_models import SignalWord
from messaging.moderation.looking import read_known
from messaging.moderation.signals import Word
from rooms.models import Room

pytestmark = pytest.mark.django_db


def test_active_words_and_counselling_rooms_are_read(room: Room) -> None:
    SignalWord.objects.all().delete()
    word = SignalWord.objects.create(pattern="죽고 싶")
    innocent = SignalWord.objects.create(pattern="죽고 싶지 않", is_innocent=True)
    SignalWord.objects.create(pattern="죽겠다", is_active=False)

    known = read_known()
    assert known.words == (Word(word.pk, "죽고 싶", False), Word(innocent.pk, "죽고 싶지 않", True))
    assert known.room_ids == frozenset()
    Room.objects.update(is_counselling=True)
    assert read_known().room_ids == {room.pk}
