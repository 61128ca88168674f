"""Reads by what texts are looked at: the list of signals, and the rooms where it counts."""

from typing import NamedTuple

from messaging.care_models import SignalWord
from messaging.moderation.signals import Word
from rooms.models import Room


class Known(NamedTuple):
    words: tuple[Word, ...]
    room_ids: frozenset[int]


def read_known() -> Known:
    words = SignalWord.objects.filter(is_active=True).order_by("pk")
    return Known(
        tuple(Word(*row) for row in words.values_list("signal_id", "pattern", "is_innocent")),
        frozenset(Room.objects.filter(is_counselling=True).values_list("pk", flat=True)),
    )
