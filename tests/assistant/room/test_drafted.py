"""Whoever sends what was drafted for them sends what an AI wrote, whatever their client says."""

import pytest

from assistant.room import drafted
from assistant.room.drafted import KEPT_OF_MEMBER, KEPT_S, Drafted
from assistant.standin.server import StandIn
from messaging.wire.client_frames import Edit
from rooms.models import Room
from tests.assistant.conftest import MakeGemini
from tests.assistant.houses import OpenHouse
from tests.factories import ALICE, BOB
from tests.messaging.people import eventually, soon


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def note(known: Drafted, member_id: int, *texts: str) -> None:
    known.give(texts, room_id=1, member_id=member_id)


def test_a_draft_is_known_for_its_member_and_for_an_hour() -> None:
    known = Drafted(tell=lambda _room_id, _words: None, clock=(clock := Clock()))
    note(known, ALICE, "저도 그래요.", "힘내요!")
    assert known.has(ALICE, " 저도  그래요.\n")  # as a text field leaves it
    assert not known.has(BOB, "저도 그래요.")
    assert not known.has(ALICE, "저도 안 그래요.")
    clock.now = KEPT_S
    assert not known.has(ALICE, "저도 그래요.")


def test_memory_is_bounded_and_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Drafted(tell=lambda _room_id, _words: None, clock=(clock := Clock()))
    for number in range(KEPT_OF_MEMBER + 1):
        clock.now = number
        note(known, ALICE, f"draft {number}")
    assert [known.has(ALICE, f"draft {number}") for number in (0, 1, KEPT_OF_MEMBER)] == [False, True, True]
    monkeypatch.setattr(drafted, "MEMBERS_MOST", 2)
    note(known, BOB, "one")
    note(known, ALICE, "newer")
    note(known, 99, "one")
    assert (known.has(BOB, "one"), known.has(ALICE, "newer"), known.has(99, "one")) == (False, True, True)


async def test_what_one_process_drafted_is_marked_at_every_other(
    room: Room, open_house: OpenHouse, make_gemini: MakeGemini, standin: StandIn
) -> None:
    here, there = await open_house(make_gemini()), await open_house(make_gemini())
    bob, alice = await there.listen(BOB, room), await here.listen(ALICE, room)
    here.assistant.drafted.give(["저도 그래요."], room_id=room.pk, member_id=BOB)
    await eventually(lambda: there.assistant.drafted.has(BOB, "저도 그래요."))
    await bob.says("그냥 내 말")
    await bob.says("저도 그래요.")
    edited = Edit(room_id=room.pk, seq=1, message="저도 그래요.")
    await soon(there.server.act(bob.person.session, edited))
    await alice.says("저도 그래요.")  # says the same by herself
    await eventually(lambda: len(alice.sink.of_type("chat")) == 3 and alice.sink.of_type("changed"))
    chats = alice.sink.of_type("chat")
    assert [chat.get("assisted") for chat in chats] == [None, True, None]
    assert alice.sink.of_type("changed")[0]["assisted"] is True
    assert standin.received == []
