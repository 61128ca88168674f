"""What a hiding leaves behind: who did what until when, in tables and log, and what its author is told."""

from datetime import timedelta

import pytest

from rooms.audit_models import AuditEntry
from rooms.models import Member, Participant, Room
from rooms.moderation.audit import breaks
from rooms.moderation_models import Sanction
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.store.doing import A_WHILE, NOW, done, hide, role, say

pytestmark = pytest.mark.django_db

LATER = NOW + A_WHILE
UNTIL = LATER + timedelta(hours=1)


@pytest.fixture
def room(room: Room, charlie: Member) -> Room:
    """Alice owns it, Bob manages it, Charlie is in and said three things, the assistant one."""
    Participant.objects.create(room=room, member=charlie)
    role(room, owner=ALICE, manager=BOB)
    say(room, "하나", "둘", "셋", sender_id=CHARLIE)
    say(room, "넷", sender_id=None)
    return room


def log() -> list[tuple[object, ...]]:
    entries = AuditEntry.objects.order_by("number")
    return list(
        entries.values_list("number", "act", "actor_kind", "actor_id", "member_id", "seq", "reason", "until")
    )


def test_a_sanction_says_by_whom_why_and_until_when(room: Room) -> None:
    done(hide(room, 1, by=BOB, until=UNTIL, case_id=9))
    done(hide(room, 1, by=ALICE, on=False), now=LATER + A_WHILE)
    row: dict[str, object] = dict(Sanction.objects.values().get())
    expected = {
        "kind": "hide",
        "room_id": room.pk,
        "member_id": CHARLIE,
        "seq": 1,
        "reason": "광고",
        "rank": 2,
        "imposed_by_id": BOB,
        "staff_id": None,
        "case_id": 9,
        "since": LATER,
        "until": UNTIL,
        "lifted_by_id": ALICE,
        "lifted_by_staff_id": None,
        "lifted_at": LATER + A_WHILE,
    }
    assert {name: row[name] for name in expected} == expected


def test_every_step_stands_in_the_log_in_its_order_and_the_chain_holds(room: Room) -> None:
    [first, *_others] = done(hide(room, 1, by=BOB, until=UNTIL), hide(room, 2, by=ALICE), hide(room, 1, by=ALICE))
    done(hide(room, 1, by=None, on=False, is_due=True), now=UNTIL)  # replaced: that end comes no more
    done(hide(room, 2, by=None, on=False))
    assert log() == [
        (1, "hide", "member", BOB, CHARLIE, 1, "광고", UNTIL),
        (2, "hide", "member", ALICE, CHARLIE, 2, "광고", None),
        (3, "unhide", "member", ALICE, CHARLIE, 1, "광고", None),
        (4, "hide", "member", ALICE, CHARLIE, 1, "광고", None),
        (5, "unhide", "staff", None, CHARLIE, 2, "", None),
    ]
    assert list(breaks()) == []
    assert [(told.sanction_id, told.lifted) for told in first.told] == [
        (sanction_id, lifted)
        for sanction_id, lifted in zip(_ids(1)[:1] * 2 + _ids(1)[1:], (False, True, False), strict=True)
    ]


def _ids(seq: int) -> list[int]:
    return list(Sanction.objects.filter(seq=seq).order_by("pk").values_list("pk", flat=True))


def test_an_end_is_the_clocks(room: Room) -> None:
    done(hide(room, 3, by=None, kind="measure", until=UNTIL))
    [ended] = done(hide(room, 3, by=None, on=False, is_due=True), now=UNTIL)
    assert [line[1:3] for line in log()] == [("measure", "staff"), ("measure_ended", "clock")]
    assert Sanction.objects.get().lifted_at == UNTIL
    assert [(told.act, told.by, told.lifted) for told in ended.told] == [("measure", "staff", True)]


def test_its_author_is_told_and_for_the_assistants_nobody(room: Room) -> None:
    [mine, assistants] = done(hide(room, 1, by=BOB, until=UNTIL), hide(room, 4, by=BOB))
    [told] = mine.told
    assert (told.member_id, told.seq, told.room_name, told.by, told.reason, told.until) == (
        *(CHARLIE, 1, "Garden", "manager", "광고", UNTIL),
    )
    assert assistants.told == ()
    [again] = done(hide(room, 1, by=BOB, until=UNTIL))
    assert again.told == ()
