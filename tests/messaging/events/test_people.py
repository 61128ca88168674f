"""What events say of members, sanctions, reports, concerns and read marks."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatproject.outgoing.recording import Event, record
from messaging.care_models import Concern
from messaging.events import people
from messaging.events.people import coming_and_going, reports, sanctions
from messaging.moderation.reasons import Reason
from messaging.moderation_models import Report
from messaging.store.read_marks import mark_read
from messaging.wire.times import wire_time
from rooms import services
from rooms.deleting import delete_room
from rooms.models import Member, Room
from rooms.moderation import imposing, ranks
from rooms.moderation_models import Sanction
from tests.endpoints import subscribe
from tests.factories import ALICE, BOB, CHARLIE, caller, give_role
from tests.messaging.events.rows import rows
from tests.messaging.moderation.reported import report
from tests.messaging.store.doing import done, hide, say

pytestmark = pytest.mark.django_db

STAFF = ranks.staff()


@pytest.fixture
def garden(room: Room) -> Room:
    """Alice owns it, Bob is in it; Bob said one."""
    say(room, "one", sender_id=BOB)
    subscribe()
    return room


def told(bodies: Mapping[int, bytes]) -> list[dict[str, Any]]:
    return [json.loads(body) for _number, body in sorted(bodies.items())]


def test_who_comes_and_goes_is_named_as_they_are_called_now(garden: Room) -> None:
    services.join_group_room(caller=caller(CHARLIE), room_id=garden.pk, now=timezone.now())
    services.leave_group_room(caller=caller(CHARLIE), room_id=garden.pk)
    imposing.take_out(room_id=garden.pk, member_id=BOB, acting=STAFF, now=timezone.now())
    Member.objects.filter(pk=CHARLIE).update(nickname="Carla")
    Member.objects.filter(pk=BOB).delete()
    moves = rows(kind__in=["joined", "left"])
    assert told(coming_and_going(moves)) == [
        {"roomId": garden.pk, "memberId": CHARLIE, "nickName": "Carla", "removed": False},
        {"roomId": garden.pk, "memberId": CHARLIE, "nickName": "Carla", "removed": False},
        {"roomId": garden.pk, "memberId": BOB, "nickName": "탈퇴한 사용자", "removed": True},
    ]


def test_a_sanction_says_what_its_member_is_told(garden: Room) -> None:
    give_role(garden, ALICE)
    until = timezone.now() + timedelta(hours=1)
    whom: dict[str, Any] = {"room_id": garden.pk, "member_id": BOB}
    imposing.mute(**whom, until=until, reason="flooding", by=STAFF, now=timezone.now())
    imposing.lift(**whom, kind=Sanction.Kind.MUTE, by=STAFF, now=timezone.now())
    done(hide(garden, 1, by=ALICE, reason="광고"))
    mute, hiding = Sanction.objects.order_by("pk")
    usual = {"roomId": garden.pk, "roomName": "Garden", "memberId": BOB}
    muted = {
        **usual,
        "sanctionId": mute.pk,
        "act": "mute",
        "by": "staff",
        "reason": "flooding",
        "seq": None,
        "until": wire_time(until),
    }
    hidden = {"sanctionId": hiding.pk, "act": "hide", "by": "owner", "reason": "광고", "seq": 1, "until": None}
    assert told(sanctions(rows(kind="sanction"))) == [
        {**muted, "lifted": False},
        {**muted, "lifted": True},
        {**usual, **hidden, "lifted": False},
    ]
    delete_room(room_id=garden.pk)
    gone = told(sanctions(rows(kind="sanction")))
    assert [one["gone"] for one in gone] == [True] * 3
    assert gone[0]["sanctionId"] == mute.pk


def test_a_report_says_neither_by_whom_nor_what_they_wrote(garden: Room) -> None:
    made = report(garden, by=ALICE, seq=1, reason=Reason.SELF_HARM, words="please look")
    [found] = told(reports(rows(kind="report")))
    assert found == {
        "reportId": made.pk,
        "caseId": made.case_id,
        "roomId": garden.pk,
        "reason": "self_harm",
        "urgent": True,
        "subject": "message",
    }
    [concern] = rows(kind="concern")
    number = Concern.objects.get().pk
    assert json.loads(people.concern(concern)) == {"concernId": number, "source": "report", "roomId": garden.pk}
    Report.objects.all().delete()
    assert told(reports(rows(kind="report"))) == [{"reportId": made.pk, "roomId": garden.pk, "gone": True}]


def test_a_read_mark_says_who_has_read_how_far(garden: Room) -> None:
    mark_read(room_id=garden.pk, member_id=ALICE)
    [mark] = rows(kind="read")
    assert json.loads(people.read_mark(mark)) == {"roomId": garden.pk, "memberId": ALICE, "seq": 1}


def test_a_member_who_was_erased_is_a_number() -> None:
    subscribe("erased")
    record(Event("erased", member_id=BOB, details={"erasureId": 12}))
    [erased] = rows(kind="erased")
    assert json.loads(people.erased(erased)) == {"memberId": BOB, "erasureId": 12}
