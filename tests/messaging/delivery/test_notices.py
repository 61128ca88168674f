"""What one process tells the others when somebody comes or goes."""

import json
from dataclasses import replace

import msgspec

from messaging.delivery.notices import Notice, joined_notice, left_notice
from rooms.services import RosterChange
from tests.factories import BOB

CHANGE = RosterChange(room_id=42, member_id=BOB, nickname="Bob", roster_version=8, last_seq=17)


def test_a_joining_carries_its_frame_and_lets_nobody_go() -> None:
    notice = joined_notice(CHANGE)
    assert (notice.kind, notice.room_id, notice.roster_version) == ("roster", 42, 8)
    assert (notice.joined_member_id, notice.left_member_id) == (BOB, None)
    assert notice.is_for_every_process  # a socket of Bob's may be anywhere
    assert json.loads(notice.text) == {
        "type": "joined",
        "roomId": 42,
        "memberId": BOB,
        "nickName": "Bob",
        "seq": 17,
    }
    assert notice.joined_seq == 17


def test_a_leaving_says_who_and_what_the_leaver_is_told() -> None:
    notice = left_notice(CHANGE)
    assert (notice.kind, notice.roster_version, notice.left_member_id) == ("roster", 8, BOB)
    assert json.loads(notice.text) == {"type": "left", "roomId": 42, "memberId": BOB, "nickName": "Bob"}
    assert json.loads(notice.removal) == {"type": "removed", "roomId": 42, "reason": "left"}


def test_who_was_taken_out_by_somebody_is_told_so() -> None:
    notice = left_notice(replace(CHANGE, was_removed=True))
    assert json.loads(notice.removal) == {"type": "removed", "roomId": 42, "reason": "removed"}


def test_a_notice_survives_the_way_between_processes() -> None:
    reads = Notice(room_id=42, kind="reads", marks={BOB: 17})
    for notice in (joined_notice(CHANGE), left_notice(CHANGE), reads):
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(notice), type=Notice) == notice


def test_builds_with_and_without_traces_understand_each_other() -> None:
    class Before(msgspec.Struct, frozen=True, kw_only=True):
        room_id: int
        kind: str
        text: bytes = b""

    told = Notice(
        room_id=42, kind="changes", parents={7: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
    )
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(told), type=Before) == Before(room_id=42, kind="changes")
    before = msgspec.msgpack.encode(Before(room_id=42, kind="changes"))
    assert msgspec.msgpack.decode(before, type=Notice).parents == {}
