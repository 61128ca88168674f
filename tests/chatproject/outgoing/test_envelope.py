"""The body of an event is JSON, to the byte as it is signed."""

import json
from datetime import UTC, datetime

from chatproject.outgoing.envelope import envelope
from tests.chatproject.outgoing.playing import row


def test_an_event_says_what_happened_where_and_what_came_before() -> None:
    happened = row(121, room_id=5, created_at=datetime(2026, 11, 29, 9, 0, 0, 1500, tzinfo=UTC))

    assert json.loads(envelope(happened, prev_id=120, data='{"text":"고민"}'.encode())) == {
        "type": "message",
        "timestamp": "2026-11-29T09:00:00.001500Z",
        "number": 121,
        "roomId": 5,
        "prevRoomEvent": 120,
        "data": {"text": "고민"},
    }


def test_where_there_is_no_room_and_nothing_before_it_says_so() -> None:
    told = json.loads(envelope(row(1, room_id=None), prev_id=None, data=b"{}"))

    assert (told["roomId"], told["prevRoomEvent"]) == (None, None)
