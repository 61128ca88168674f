"""Inboxes hear of a room at once while it is quiet, else once a second. The tests hold the timer."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from messaging.delivery.room_inbox import KEPT_MAX, NEWEST_TOLD, TOLD_AGAIN_AFTER_S, RoomInbox, news_frame
from messaging.delivery.sessions import BEING_READ, Session
from messaging.delivery.streams import Telling
from messaging.wire.protocol import InboxNews, encode
from tests.factories import ALICE, BOB, caller
from tests.messaging import frames
from tests.messaging.people import ListSink

GARDEN = 42
MESSAGE = frames.read("server", "inbox")["frame"]["messages"][0] | {"mentions": []}
LATER = "2026-11-30T09:00:00.000000Z"


class Room:
    """Garden, in which something happens, and the inboxes that hear of it."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] = []
        self.sent = Counter[str]()
        self.inbox = RoomInbox(GARDEN, later=self._later, sent=self.sent)
        self.version = self.last_seq = 0

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        assert seconds == TOLD_AGAIN_AFTER_S
        self._waiting.append(call)

    def come(self, member_id: int, *, found: int = 1) -> tuple[Session, ListSink]:
        sink = ListSink()
        session = Session(caller=caller(member_id), nickname="Somebody", sink=sink, is_v1=False, language="ko")
        session.inbox = {GARDEN: found}
        self.inbox.sessions[session] = None
        return session, sink

    def said(self, **fields: Any) -> Telling:
        self.last_seq += 1
        return self._telling(self.last_seq, is_message=True, **fields)

    def changed(self, seq: int, **fields: Any) -> Telling:
        return self._telling(seq, is_message=False, **fields)

    def _telling(self, seq: int, *, is_message: bool, **fields: Any) -> Telling:
        self.version += 1
        message = frames.wire(MESSAGE | {"seq": seq, "version": self.version} | fields)
        return Telling(self.version, is_message, message, seq, message)

    def happens(self, *changes: Telling) -> None:
        self.inbox.hear(changes, last_seq=self.last_seq)

    def time_passes(self) -> None:
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            call()

    @property
    def is_quiet(self) -> bool:
        return not self._waiting


@pytest.fixture
def room() -> Room:
    return Room()


def told(sink: ListSink) -> list[tuple[int, list[int]]]:
    """Of each frame how far the room was, and the messages."""
    return [(frame["lastSeq"], [message["seq"] for message in frame["messages"]]) for frame in sink.frames]


def test_a_quiet_room_is_told_of_at_once_and_a_busy_one_once_a_second(room: Room) -> None:
    _, alice = room.come(ALICE)
    room.happens(room.said())
    assert told(alice) == [(1, [1])]
    for _ in range(3):
        room.happens(room.said())
    assert told(alice) == [(1, [1])]
    room.time_passes()
    assert told(alice)[1:] == [(4, [2, 3, 4])]
    room.time_passes()
    assert room.is_quiet
    room.happens(room.said())
    assert told(alice)[2:] == [(5, [5])]
    assert room.sent["inbox"] == 3


def test_of_a_storm_the_newest_are_told_and_how_far_the_room_is(room: Room) -> None:
    _, alice = room.come(ALICE)
    room.happens(room.said())
    for _ in range(200):
        room.happens(room.said())
    room.time_passes()
    assert told(alice)[1:] == [(201, list(range(202 - NEWEST_TOLD, 202)))]


def test_who_mentions_somebody_is_never_swallowed(room: Room) -> None:
    _, alice = room.come(ALICE)
    room.happens(room.said(), room.said(mentions=[ALICE]))
    room.happens(room.said(mentions=[ALICE]), room.said(everyone=True), *(room.said() for _ in range(50)))
    room.time_passes()
    assert told(alice) == [(2, [1, 2]), (54, [3, 4, *range(45, 55)])]


def test_a_storm_of_mentions_is_told_in_parts_without_waiting(room: Room) -> None:
    _, alice = room.come(ALICE)
    room.happens(room.said())
    for _ in range(2 * KEPT_MAX):
        room.happens(room.said(mentions=[ALICE]))
    assert [len(messages) for _, messages in told(alice)] == [1, KEPT_MAX, KEPT_MAX]


def test_a_message_that_changes_within_the_second_is_told_once_as_it_is_then(room: Room) -> None:
    _, alice = room.come(ALICE)
    room.happens(room.said())
    room.happens(room.said(message="a secret"), room.said())
    room.happens(room.changed(2, message="", deletedAt=LATER))
    room.time_passes()
    assert told(alice)[1:] == [(3, [3, 2])]  # by their versions
    assert "a secret" not in str(alice.frames)


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [
        ({"reactions": [{"key": "heart", "count": 1, "memberIds": [3]}]}, False),
        ({"pinnedAt": LATER}, False),
        ({"mentions": [ALICE]}, True),
        ({"everyone": True}, True),
        ({"editedAt": LATER}, True),
        ({"deletedAt": LATER, "message": ""}, True),
        ({"hiddenAt": LATER, "message": ""}, True),
    ],
)
def test_of_older_messages_only_what_matters_in_a_list_is_told(
    room: Room, fields: dict[str, Any], *, is_told: bool
) -> None:
    _, alice = room.come(ALICE)
    room.last_seq = 9
    room.happens(room.changed(4, **fields))
    assert told(alice) == ([(9, [4])] if is_told else [])
    assert room.is_quiet is not is_told  # what is not told holds nothing up


def test_whatever_happens_to_the_newest_message_is_told(room: Room) -> None:
    _, alice = room.come(ALICE)
    room.last_seq = 9
    room.happens(room.changed(9, pinnedAt=LATER))
    assert told(alice) == [(9, [9])]


def test_who_listens_or_is_not_known_yet_is_told_nothing_and_the_others_in_one_writing(room: Room) -> None:
    (listener, at_home), (_, unknown) = room.come(ALICE), room.come(BOB, found=BEING_READ)
    _, bob = room.come(BOB)
    listener.rooms[GARDEN] = 1
    room.happens(room.said())
    assert (at_home.frames, unknown.frames, bob.writes) == ([], [], 1)
    del listener.rooms[GARDEN]
    room.happens(room.said())
    room.time_passes()
    assert told(at_home) == [(2, [2])]


def test_who_went_within_the_second_is_told_nothing_of_it(room: Room) -> None:
    session, alice = room.come(ALICE)
    room.happens(room.said())
    room.happens(room.said())
    del room.inbox.sessions[session]
    room.time_passes()
    assert told(alice) == [(1, [1])]


def test_its_frame_is_that_of_the_protocol() -> None:
    frame = frames.read("server", "inbox")["frame"]
    written = news_frame(frame["roomId"], frame["lastSeq"], [frames.wire(one) for one in frame["messages"]])
    assert written == frames.wire(frame) == encode(msgspec.json.decode(json.dumps(frame), type=InboxNews))
