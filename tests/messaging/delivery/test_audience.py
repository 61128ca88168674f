"""One room in a process: those who listen, and those whose inbox has it. What listeners hear: `test_hub`."""

from messaging.delivery.hub import Hub
from messaging.delivery.sessions import BEING_READ, Session
from messaging.delivery.streams import Change
from tests.factories import ALICE, BOB, caller
from tests.messaging import frames
from tests.messaging.people import ListSink

ROOM = 42
MESSAGE = frames.read("server", "inbox")["frame"]["messages"][0]


def connected(hub: Hub, member_id: int) -> tuple[Session, ListSink]:
    sink = ListSink()
    session = Session(caller=caller(member_id), nickname="Somebody", sink=sink, is_v1=False, language="ko")
    hub.add(session)
    return session, sink


def with_inbox(hub: Hub, member_id: int) -> tuple[Session, ListSink]:
    session, sink = connected(hub, member_id)
    session.inbox = {}
    hub.enter_inbox(session, ROOM, later=lambda _seconds, _call: None)
    return session, sink


def say(hub: Hub, version: int) -> None:
    audience = hub.rooms[ROOM]
    audience.stream.start(version=0, roster_version=0, last_seq=0)
    message = frames.wire(MESSAGE | {"seq": version, "version": version})
    audience.deliver(audience.stream.offer([Change(version, 0, version, message)]))


def test_nobody_hears_of_a_room_before_it_is_known_that_they_are_in_it() -> None:
    hub = Hub()
    session, sink = with_inbox(hub, ALICE)
    say(hub, 1)
    assert sink.frames == []
    assert session.inbox == {ROOM: BEING_READ}
    assert (
        hub.sessions_in(ROOM, [ALICE], found_before=99) == []
    )  # what is read of it decides, nothing that was told


def test_a_room_is_kept_while_anybody_hears_of_it() -> None:
    hub = Hub()
    (alice, _), (bob, _) = with_inbox(hub, ALICE), with_inbox(hub, BOB)
    hub.subscribe(bob, ROOM)
    assert list(hub.rooms[ROOM].everyone()) == [bob, alice]
    assert not hub.leave_inbox(bob, ROOM)
    assert not hub.unsubscribe(bob, ROOM)
    assert hub.end_inbox(alice) == [ROOM]
    assert hub.rooms == {}
    assert (alice.inbox, bob.inbox) == (None, {})


def test_a_session_that_ends_leaves_nothing_behind() -> None:
    hub = Hub()
    session, _ = with_inbox(hub, ALICE)
    hub.subscribe(session, ROOM)
    assert hub.remove(session) == [ROOM]
    assert (hub.rooms, session.rooms, session.inbox) == ({}, {}, None)


def test_what_a_room_hears_beside_its_messages_is_for_listeners_alone() -> None:
    hub = Hub()
    session, sink = with_inbox(hub, ALICE)
    assert session.inbox is not None
    session.inbox[ROOM] = 1
    hub.tell(ROOM, b'{"type":"typing"}')
    hub.tell_places(ROOM, [b'{"type":"read"}'])
    assert sink.frames == []
    assert not hub.has_listeners(ROOM)
    assert not hub.rooms[ROOM].was_found_before(99)
    hub.subscribe(session, ROOM)
    assert hub.has_listeners(ROOM)


def test_a_membership_that_is_found_holds_for_both_ways_to_hear() -> None:
    hub = Hub()
    session, _ = with_inbox(hub, ALICE)
    assert session.inbox is not None
    session.inbox[ROOM], session.rooms[ROOM] = 3, 5
    assert session.found_in(ROOM) == 3
    session.find_in(ROOM, 5)
    assert (session.inbox[ROOM], session.found_in(ROOM)) == (5, 5)
    session.rooms[ROOM] = BEING_READ
    session.find_in(ROOM, 7)
    assert (session.inbox[ROOM], session.rooms[ROOM]) == (7, BEING_READ)
