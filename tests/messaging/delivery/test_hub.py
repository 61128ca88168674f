"""Sessions and rooms of one process, with sinks that collect. No loop, no database."""

import pytest
from msgspec import structs

from messaging.delivery.hub import Hub
from messaging.delivery.sessions import BACKLOG_MAX_BYTES, Session
from messaging.delivery.streams import Change
from messaging.wire.protocol import CloseCode
from tests.factories import ALICE, BOB, caller
from tests.messaging import frames
from tests.messaging.people import ListSink

ROOM = 42
ROSTER_VERSION = 3


@pytest.fixture
def hub() -> Hub:
    return Hub()


def connected(hub: Hub, member_id: int, *, is_v1: bool = False) -> tuple[Session, ListSink]:
    sink = ListSink()
    session = Session(caller=caller(member_id), nickname="Somebody", sink=sink, is_v1=is_v1, language="ko")
    hub.add(session)
    return session, sink


def listening(hub: Hub, member_id: int, *, is_v1: bool = False) -> tuple[Session, ListSink]:
    session, sink = connected(hub, member_id, is_v1=is_v1)
    audience = hub.subscribe(session, ROOM)
    session.rooms[ROOM] = ROSTER_VERSION
    audience.stream.start(version=0, roster_version=0, last_seq=0)
    audience.finish_joining(session, after=audience.stream.version or 0)
    return session, sink


def change(version: int, *, is_message: bool = True) -> Change:
    return Change(version, 0, version if is_message else 0, b'{"version":%d}' % version)


def offer(hub: Hub, *changes: Change) -> None:
    audience = hub.rooms[ROOM]
    audience.deliver(audience.stream.offer(changes))


def versions(sink: ListSink) -> list[int]:
    return [frame["version"] for frame in sink.frames]


def test_everyone_hears_a_batch_in_one_write(hub: Hub) -> None:
    (_, alice), (_, bob) = listening(hub, ALICE), listening(hub, BOB)
    offer(hub, change(1), change(2), change(3))
    assert versions(alice) == versions(bob) == [1, 2, 3]
    assert alice.writes == bob.writes == 1


def test_a_v1_client_hears_messages_only(hub: Hub) -> None:
    _, old = listening(hub, ALICE, is_v1=True)
    _, new = listening(hub, BOB)
    offer(hub, change(1), change(2, is_message=False), change(3))
    offer(hub, change(4, is_message=False))
    hub.tell(ROOM, b'{"version":0}')
    assert versions(old) == [1, 3]
    assert versions(new) == [1, 2, 3, 4, 0]


def test_who_is_joining_hears_what_came_meanwhile_behind_the_replay(hub: Hub) -> None:
    listening(hub, ALICE)
    bob, sink = connected(hub, BOB)
    audience = hub.subscribe(bob, ROOM)
    offer(hub, change(1), change(2), change(3))
    assert sink.frames == []
    audience.finish_joining(bob, after=2)  # 1 and 2 were replayed
    assert versions(sink) == [3]
    offer(hub, change(4))
    assert versions(sink) == [3, 4]


def test_who_knows_more_than_this_process_hears_nothing_twice(hub: Hub) -> None:
    listening(hub, ALICE)
    bob, sink = connected(hub, BOB)
    audience = hub.subscribe(bob, ROOM)
    audience.finish_joining(bob, after=2)  # read from the database before the doorbell rang here
    offer(hub, change(1))
    offer(hub, change(2), change(3))
    offer(hub, change(4))
    assert versions(sink) == [3, 4]


def test_a_v1_client_reads_that_there_are_files_where_nothing_is_said(hub: Hub) -> None:
    _, old = listening(hub, ALICE, is_v1=True)
    _, new = listening(hub, BOB)
    whole = {**frames.read("server", "chat-attachments")["frame"], "version": 1}
    del whole["type"]
    offer(hub, Change(1, 0, 5, frames.wire(whole)))
    assert [frame["message"] for frame in old.frames] == ["(사진)(파일)"]
    assert [frame["message"] for frame in new.frames] == [""]
    assert old.writes == new.writes == 1


def test_a_joining_v1_client_hears_no_edit_that_waited(hub: Hub) -> None:
    listening(hub, ALICE)
    bob, sink = connected(hub, BOB, is_v1=True)
    audience = hub.subscribe(bob, ROOM)
    offer(hub, change(1, is_message=False), change(2))
    audience.finish_joining(bob, after=0)
    assert versions(sink) == [2]


def test_who_lets_too_much_wait_behind_the_replay_is_closed(hub: Hub) -> None:
    _, alice = listening(hub, ALICE)
    bob, sink = connected(hub, BOB)
    audience = hub.subscribe(bob, ROOM)
    large = structs.replace(change(1), message=b'{"version":1,"message":"%s"}' % (b"x" * BACKLOG_MAX_BYTES))
    offer(hub, large)
    assert sink.closed == (CloseCode.SLOW_READER, "too slow")
    audience.finish_joining(bob, after=0)
    assert sink.frames == []
    assert versions(alice) == [1]


def test_who_was_let_go_while_joining_hears_nothing(hub: Hub) -> None:
    listening(hub, ALICE)
    bob, sink = connected(hub, BOB)
    audience = hub.subscribe(bob, ROOM)
    offer(hub, change(1))
    hub.unsubscribe(bob, ROOM)
    audience.finish_joining(bob, after=0)
    offer(hub, change(2))
    assert sink.frames == []
    assert bob.rooms == {}


def test_a_second_subscription_begins_anew(hub: Hub) -> None:
    alice, sink = listening(hub, ALICE)
    audience = hub.subscribe(alice, ROOM)
    offer(hub, change(1))
    assert sink.frames == []
    audience.finish_joining(alice, after=0)
    offer(hub, change(2))
    assert versions(sink) == [1, 2]


def test_the_last_listener_takes_the_room_along(hub: Hub) -> None:
    alice, _ = listening(hub, ALICE)
    bob, _ = listening(hub, BOB)
    assert not hub.unsubscribe(alice, ROOM)
    assert not hub.unsubscribe(alice, ROOM)
    assert hub.unsubscribe(bob, ROOM)
    assert hub.rooms == {}
    assert not hub.unsubscribe(bob, ROOM)


def test_a_session_that_ends_is_forgotten_everywhere(hub: Hub) -> None:
    first, _ = listening(hub, ALICE)
    second, _ = listening(hub, ALICE)
    assert hub.remove(first) == []
    assert hub.sessions_of(ALICE) == {second}
    assert hub.remove(second) == [ROOM]
    assert hub.count_sessions() == 0
    assert hub.sessions_of(ALICE) == set()
    assert hub.remove(second) == []


def test_typing_is_not_told_to_whoever_types(hub: Hub) -> None:
    (_, alice), (_, phone), (_, bob) = listening(hub, ALICE), listening(hub, ALICE), listening(hub, BOB)
    hub.tell(ROOM, b'{"version":0}', except_member_id=ALICE)
    assert (alice.frames, phone.frames) == ([], [])
    assert len(bob.frames) == 1


def test_a_newcomer_hears_of_the_room_where_nobody_listens_to_it_yet(hub: Hub) -> None:
    (_, here), (_, elsewhere), (_, old) = listening(hub, BOB), connected(hub, BOB), connected(hub, BOB, is_v1=True)
    _, alice = connected(hub, ALICE)
    hub.tell_newcomer(BOB, ROOM, b'{"version":0}')
    assert [len(sink.frames) for sink in (here, elsewhere, old, alice)] == [0, 1, 0, 0]


def test_only_listening_sessions_of_a_member_are_in_a_room(hub: Hub) -> None:
    alice, _ = listening(hub, ALICE)
    connected(hub, ALICE)
    listening(hub, BOB)
    assert hub.sessions_in(ROOM, [ALICE, 999], found_before=ROSTER_VERSION + 1) == [alice]


def test_who_was_found_in_a_newer_membership_or_is_still_looked_for_is_not_told_of_an_older_one(hub: Hub) -> None:
    listening(hub, ALICE)
    bob, _ = connected(hub, BOB)
    hub.subscribe(bob, ROOM)
    assert hub.sessions_in(ROOM, [ALICE, BOB], found_before=ROSTER_VERSION) == []


def test_places_are_told_also_behind_a_replay_but_not_while_a_membership_is_looked_for(hub: Hub) -> None:
    _, alice = listening(hub, ALICE)
    _, old = listening(hub, ALICE, is_v1=True)
    bob, sink = connected(hub, BOB)
    hub.subscribe(bob, ROOM)
    hub.tell_places(ROOM, [b'{"version":1}', b'{"version":2}'])
    assert sink.frames == []
    bob.rooms[ROOM] = ROSTER_VERSION  # and his replay is on its way
    hub.tell_places(ROOM, [b'{"version":3}'])
    assert versions(sink) == [3]
    assert (versions(alice), alice.writes) == ([1, 2, 3], 2)
    assert old.frames == []
