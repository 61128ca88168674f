"""What is kept for a time only: what goes when, what stays, and what a hold saves of it."""

import json
from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session

from messaging.care_models import Concern
from messaging.models import EarlierText, Message
from messaging.moderation_models import Case, HeldMessage, Report
from messaging.personal.ageing import KEPT, delete_earlier_texts, delete_some, empty_deleted
from messaging.personal_models import Erasure, HeldRecord, LegalHold
from messaging.wire.marks import marks_of
from rooms.models import Room
from rooms.moderation_models import JoinRequest, Objection, Sanction
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.store.doing import NOW, delete, done, edit, read, say

pytestmark = pytest.mark.django_db

LONG_AGO = NOW - timedelta(days=4 * 365)
LATELY = NOW - timedelta(days=2)


def go(now: datetime = NOW) -> dict[str, int]:
    """Let everything go; returns how many of what went."""
    counts = {one.name: delete_some(one, now=now) for one in KEPT}
    return {name: count for name, count in counts.items() if count}


def hold_of(member_id: int) -> LegalHold:
    return LegalHold.objects.create(member_id=member_id, reason="수사", made_at=NOW, until=NOW + timedelta(365))


def case(room: Room, decided_at: datetime | None) -> Case:
    opened = {"opened_at": LONG_AGO, "due_at": LONG_AGO, "open_key": None if decided_at else f"{room.pk}"}
    case = Case.objects.create(subject="message", room_id=room.pk, member_id=BOB, decided_at=decided_at, **opened)
    report = {"reporter_id": ALICE, "words": "욕했어요", "evidence": '["바보"]', "made_at": LONG_AGO}
    Report.objects.create(case=case, reason="abuse", **report)
    return case


def test_what_was_decided_long_ago_goes_and_what_is_open_or_young_stays(room: Room) -> None:
    old, young, still_open = case(room, LONG_AGO), case(room, LATELY), case(room, None)
    for until, lifted_at in ((LONG_AGO, None), (None, LONG_AGO), (None, None), (LATELY, None)):
        ends = {"until": until, "lifted_at": lifted_at}
        sanction = Sanction.objects.create(room=room, member_id=BOB, since=LONG_AGO, **ends)
        Objection.objects.create(sanction=sanction, words="억울해요", made_at=LONG_AGO)
    for number, decided_at in enumerate((LONG_AGO, None)):
        said = {"contents": "광고", "client_id": f"{number}", "why": "filter", "held_at": LONG_AGO}
        state = "rejected" if decided_at else "waiting"
        HeldMessage.objects.create(room=room, sender_id=BOB, decided_at=decided_at, state=state, **said)
        JoinRequest.objects.create(room=room, member_id=CHARLIE, made_at=LONG_AGO, decided_at=decided_at)
        Concern.objects.create(
            room_id=room.pk,
            source="words",
            raised_at=LONG_AGO,
            closed_at=decided_at,
            state="closed" if decided_at else "open",
        )
        Erasure.objects.create(member_id=9, asked_by_kind="staff", asked_at=LONG_AGO, finished_at=decided_at)
    Session.objects.create(session_key="a", session_data="", expire_date=NOW - timedelta(1))
    assert go() == {
        "cases": 1,
        "sanctions": 2,
        "held messages": 1,
        "requests to join": 1,
        "concerns": 1,
        "receipts of erasures": 1,
        "staff's sessions": 1,
    }
    assert list(Case.objects.order_by("pk")) == [young, still_open]
    assert (Report.objects.filter(case=old.pk).count(), Objection.objects.count()) == (0, 2)
    assert go() == {}


def test_what_a_member_wrote_is_copied_where_a_hold_wants_it(room: Room) -> None:
    hold_of(ALICE)
    hold_of(BOB)
    case(room, LONG_AGO)
    sanction = Sanction.objects.create(room=room, member_id=BOB, since=LONG_AGO, until=LONG_AGO)
    Objection.objects.create(sanction=sanction, words="억울해요", made_at=LONG_AGO)
    go()
    kept = [json.loads(one.contents) for one in HeldRecord.objects.order_by("pk")]
    assert [one["of"] for one in kept] == ["messaging.Report", "messaging.Report", "rooms.Objection"]
    assert (kept[0]["words"], kept[1]["evidence"], kept[2]["words"]) == ("욕했어요", '["바보"]', "억울해요")


def test_a_hold_that_ended_goes_once_its_records_are_gone() -> None:
    hold = LegalHold.objects.create(member_id=BOB, reason="수사", made_at=LONG_AGO, until=LONG_AGO + timedelta(1))
    record = HeldRecord.objects.create(hold=hold, kind="other", contents="{}", made_at=LONG_AGO, kept_at=LONG_AGO)
    assert go() == {}
    record.delete()
    assert go() == {"holds": 1}


def test_what_a_deleted_message_said_goes_after_its_time_and_its_tombstone_stays(room: Room) -> None:
    say(room, "하나", "둘", "셋", sender_id=BOB)
    done(edit(room, 1, "고친 하나", by=BOB), edit(room, 3, "고친 셋", by=BOB))
    done(delete(room, 1, by=BOB), now=NOW)
    done(delete(room, 2, by=BOB), now=NOW + timedelta(hours=2))
    before = [read(room, seq) for seq in (1, 2, 3)]
    assert empty_deleted(after=0, now=NOW + timedelta(days=90, hours=1)) is None
    said = list(Message.objects.order_by("seq").values_list("contents", flat=True))
    assert said == ["", "둘", "고친 셋"]
    assert [read(room, seq) for seq in (1, 2, 3)] == before  # nobody sees a difference
    assert marks_of(Message.objects.get(seq=1).marks).deleted_by == "author"
    assert list(EarlierText.objects.values_list("contents", flat=True)) == ["셋"]


def test_what_a_message_said_before_an_edit_goes_too_and_a_hold_saves_both(room: Room) -> None:
    say(room, "하나", "둘", sender_id=BOB)
    done(edit(room, 1, "고친 하나", by=BOB))
    done(delete(room, 2, by=BOB))
    assert delete_earlier_texts(now=NOW + timedelta(days=89)) == 0
    hold_of(BOB)
    later = NOW + timedelta(days=91)
    assert (delete_earlier_texts(now=later), delete_earlier_texts(now=later)) == (1, 0)
    empty_deleted(after=0, now=later)
    texts = {json.loads(one.contents)["text"] for one in HeldRecord.objects.all()}
    assert texts == {"고친 하나", "하나", "둘"}
