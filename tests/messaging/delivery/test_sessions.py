"""What a session is handed that does not read, or that is closed. No loop, no database."""

import pytest

from messaging.delivery.hub import Hub
from messaging.delivery.sessions import BACKLOG_MAX_BYTES, EPHEMERAL_BACKLOG_MAX_BYTES
from messaging.wire.protocol import CloseCode
from tests.factories import ALICE, BOB
from tests.messaging.delivery.test_hub import ROOM, change, listening, offer, versions


@pytest.fixture
def hub() -> Hub:
    return Hub()


def test_a_session_that_does_not_read_is_closed_and_the_others_hear_on(hub: Hub) -> None:
    slow, deaf = listening(hub, ALICE)
    _, bob = listening(hub, BOB)
    deaf.unread_bytes = BACKLOG_MAX_BYTES
    offer(hub, change(1))
    assert deaf.closed is None
    deaf.unread_bytes += 1
    offer(hub, change(2))
    offer(hub, change(3))
    assert deaf.closed == (CloseCode.SLOW_READER, "too slow")
    assert versions(deaf) == [1]
    assert not slow.is_open
    assert versions(bob) == [1, 2, 3]


def test_ephemeral_frames_are_dropped_first(hub: Hub) -> None:
    slow, deaf = listening(hub, ALICE)
    deaf.unread_bytes = EPHEMERAL_BACKLOG_MAX_BYTES + 1
    hub.tell(ROOM, b'{"version":0}')
    assert deaf.frames == []
    assert slow.is_open
    offer(hub, change(1))
    assert versions(deaf) == [1]


def test_a_closed_session_is_handed_nothing_and_closed_once(hub: Hub) -> None:
    alice, sink = listening(hub, ALICE)
    alice.close(CloseCode.NORMAL)
    alice.close(CloseCode.SLOW_READER)
    offer(hub, change(1))
    hub.tell(ROOM, b"{}")
    assert sink.closed == (CloseCode.NORMAL, "")
    assert sink.frames == []
