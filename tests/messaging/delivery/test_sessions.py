"""What a session is handed that does not read, or that is closed. No loop, no database."""

import pytest

from messaging.delivery.hub import Hub
from messaging.delivery.sessions import BACKLOG_MAX_BYTES, EPHEMERAL_BACKLOG_MAX_BYTES
from messaging.wire.protocol import CloseCode
from tests.factories import ALICE, BOB
from tests.messaging.delivery.test_hub import ROOM, change, connected, listening, offer, versions


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


# --- what is held


def numbered(version: int) -> bytes:
    return b'{"version":%d}' % version


def test_what_is_held_goes_out_in_one_write_before_what_is_heard_next(hub: Hub) -> None:
    alice, sink = listening(hub, ALICE)
    hub.hold(alice, numbered(-2))
    hub.hold(alice, numbered(-1))
    assert sink.frames == []
    offer(hub, change(1))
    assert versions(sink) == [-2, -1, 1]
    assert sink.writes == 1
    offer(hub, change(2))
    hub.let_go()
    assert versions(sink) == [-2, -1, 1, 2]
    assert sink.writes == 2


def test_who_hears_nothing_is_handed_what_is_held_alone(hub: Hub) -> None:
    alice, sink = connected(hub, ALICE)
    _, bob = listening(hub, BOB)
    hub.hold(alice, numbered(-1))
    offer(hub, change(1))
    hub.let_go()
    assert versions(sink) == [-1]
    assert versions(bob) == [1]


def test_what_is_held_goes_before_what_nobody_would_miss(hub: Hub) -> None:
    alice, sink = listening(hub, ALICE)
    hub.hold(alice, numbered(-1))
    hub.tell(ROOM, numbered(0))
    assert versions(sink) == [-1, 0]


def test_what_is_held_goes_out_before_the_socket_is_closed(hub: Hub) -> None:
    alice, sink = listening(hub, ALICE)
    hub.hold(alice, numbered(-1))
    alice.close(CloseCode.SHUT_OUT, "shut out")
    hub.hold(alice, numbered(0))
    hub.let_go()
    assert versions(sink) == [-1]
    assert sink.closed == (CloseCode.SHUT_OUT, "shut out")


def test_what_is_held_is_dropped_with_the_socket(hub: Hub) -> None:
    alice, sink = listening(hub, ALICE)
    hub.hold(alice, numbered(-1))
    alice.mute()
    hub.let_go()
    assert sink.frames == []


def test_who_does_not_read_is_closed_for_what_is_held_too_and_once(hub: Hub) -> None:
    alice, sink = listening(hub, ALICE)
    sink.unread_bytes = BACKLOG_MAX_BYTES + 1
    hub.hold(alice, numbered(-1))
    alice.close(CloseCode.SHUT_OUT)
    assert sink.closed == (CloseCode.SLOW_READER, "too slow")
    assert alice.closed_with == CloseCode.SLOW_READER


def test_a_socket_that_falls_behind_meanwhile_is_asked_for_its_backlog_again(hub: Hub) -> None:
    alice, sink = listening(hub, ALICE)
    alice.push_by(sink.write)
    hub.hold(alice, numbered(-1))
    alice.push_by(alice.push_within_budget)  # as its transport does
    offer(hub, change(1))
    assert versions(sink) == [-1, 1]
    sink.unread_bytes = BACKLOG_MAX_BYTES + 1
    offer(hub, change(2))
    assert sink.closed == (CloseCode.SLOW_READER, "too slow")
