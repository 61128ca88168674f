"""Decisions take effect as any act does, once, and both sides are told; what is refused leaves the case open."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from chatproject.errors import ChatError
from chatproject.tokens import Caller
from messaging import deciding
from messaging.deciding import MEASURE_LONGEST, Decision
from messaging.models import Message
from messaging.moderation_models import Case
from messaging.store.due import next_ends
from rooms.audit_models import AuditEntry
from rooms.models import Member, Participant, Room
from rooms.moderation import ranks
from rooms.moderation.ranks import Acting
from rooms.moderation.rights import Rank
from rooms.moderation_models import Sanction
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB, CHARLIE, caller, make_private_room
from tests.messaging.moderation.reported import case_about, report
from tests.messaging.reported_room import DANA, fill
from tests.messaging.store.doing import delete, done, say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def garden(room: Room) -> Room:
    """Alice owns, Dana manages, Bob said an insult, Charlie is in."""
    return fill(room)


@pytest.fixture
def staff(db: None) -> Acting:
    return ranks.staff(User.objects.create_user("staff").pk)


def decide(case: Case, outcome: str, *, by: Caller | Acting, now: datetime | None = None, **terms: Any) -> Case:
    decision = Decision(outcome=outcome, **{"reason": "놀리는 말", **terms})
    return deciding.decide(HttpRequest(), case_id=case.pk, by=by, decision=decision, now=now or timezone.now())


def code(case: Case, outcome: str, *, by: Caller | Acting, **terms: Any) -> str:
    with pytest.raises(ChatError) as refusal:
        decide(case, outcome, by=by, **terms)
    case.refresh_from_db()
    assert case.decided_at is None
    return refusal.value.code


def test_what_is_dismissed_leaves_everything_as_it_is(garden: Room) -> None:
    case = decide(case_about(garden, by=CHARLIE, seq=1), "dismissed", by=caller(DANA))
    assert (case.outcome, case.reason, case.decided_by, case.open_key) == ("dismissed", "놀리는 말", DANA, None)
    assert Message.objects.get(room=garden, seq=1).hidden_at is None
    assert not Sanction.objects.exists()
    entry = AuditEntry.objects.get(act="case_decided")
    assert (entry.actor_id, entry.member_id, entry.seq, entry.reason) == (DANA, BOB, 1, "놀리는 말")


def test_a_message_is_hidden_by_the_decision(garden: Room) -> None:
    case = decide(case_about(garden, by=CHARLIE, seq=1), "hidden", by=caller(DANA))
    sanction = Sanction.objects.get()
    assert (sanction.kind, sanction.seq, sanction.case_id, sanction.reason) == ("hide", 1, case.pk, "놀리는 말")
    assert Message.objects.get(room=garden, seq=1).hidden_at is not None


def test_its_author_is_muted_or_removed_and_the_message_hidden_with_it(garden: Room) -> None:
    end = timezone.now() + timedelta(days=1)
    case = decide(case_about(garden, by=CHARLIE, seq=1), "muted", by=caller(DANA), until=end, hide=True)
    assert set(Sanction.objects.values_list("kind", "case_id")) == {("hide", case.pk), ("mute", case.pk)}
    assert Participant.objects.get(room=garden, member_id=BOB).muted_until is not None
    decide(case_about(garden, by=CHARLIE, member_id=BOB), "removed", by=caller(DANA))
    assert not Participant.objects.filter(room=garden, member_id=BOB).exists()


def test_a_measure_is_for_staff_and_ends_within_thirty_days(garden: Room, staff: Acting) -> None:
    case = case_about(garden, by=CHARLIE, seq=1, reason="defamation")
    assert code(case, "measure", by=caller(ALICE)) == "E-C001"
    Case.objects.update(claimed_until=None)
    now = timezone.now()
    decide(case, "measure", by=staff, now=now, until=now + timedelta(days=90))
    sanction = Sanction.objects.get()
    assert (sanction.kind, sanction.staff_id, sanction.until) == (
        "measure",
        staff.staff_id,
        now + MEASURE_LONGEST,
    )
    assert sanction.until == Case.objects.get().until
    (due,) = next_ends(limit=9)  # which the clock of every server watches
    assert (due.sanction_id, due.seq, due.until) == (sanction.pk, 1, sanction.until)


def test_managers_decide_about_those_below_them_alone(garden: Room, staff: Acting) -> None:
    about_dana = case_about(garden, by=CHARLIE, member_id=DANA)
    about_owner = case_about(garden, by=CHARLIE, member_id=ALICE)
    about_bob = case_about(garden, by=CHARLIE, member_id=BOB)
    assert code(about_dana, "dismissed", by=caller(DANA)) == "E-MO001"
    assert code(about_owner, "dismissed", by=caller(DANA)) == "E-MO001"
    assert code(about_owner, "dismissed", by=caller(ALICE)) == "E-MO001"
    assert code(about_bob, "dismissed", by=caller(CHARLIE)) == "E-MS007"
    assert decide(about_dana, "dismissed", by=caller(ALICE)).outcome == "dismissed"
    assert decide(about_owner, "dismissed", by=staff).outcome == "dismissed"


def test_who_manages_no_more_when_it_is_written_decides_nothing(
    garden: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def demote(*_arguments: Any, **_terms: Any) -> None:
        Participant.objects.filter(room=garden, member_id=DANA).update(role="member")

    monkeypatch.setattr(deciding, "_act", demote)
    assert code(case_about(garden, by=CHARLIE, seq=1), "dismissed", by=caller(DANA)) == "E-MS007"


def test_what_cannot_be_decided_so_is_refused(garden: Room, staff: Acting) -> None:
    about_room = case_about(garden, by=CHARLIE)
    about_bob = case_about(garden, by=CHARLIE, member_id=BOB)
    assert code(about_room, "muted", by=staff) == "E-C001"
    assert code(about_bob, "hidden", by=staff) == "E-C001"
    assert code(about_bob, "muted", by=staff) == "E-C001"  # without an end
    assert code(about_bob, "removed", by=staff, until=timezone.now() - timedelta(hours=1)) == "E-C001"
    assert code(about_bob, "dismissed", by=staff, reason=" ") == "E-C001"
    assert code(about_bob, "dismissed", by=staff, reason="x" * 201) == "E-C001"
    assert not Sanction.objects.exists()


def test_an_act_that_is_refused_leaves_the_case_open(garden: Room, staff: Acting) -> None:
    case = case_about(garden, by=CHARLIE, seq=1)
    done(delete(garden, 1, by=BOB))
    assert code(case, "hidden", by=staff) == "E-MS004"
    assert decide(case, "cared", by=staff).outcome == "cared"


def test_a_case_outlives_its_room(garden: Room, staff: Acting) -> None:
    case = case_about(garden, by=CHARLIE, seq=1)
    garden.delete()
    assert code(case, "hidden", by=staff) == "E-R001"
    assert decide(case, "dismissed", by=staff).room_name == "Garden"


def test_private_rooms_have_staff_alone_and_nobody_is_removed(garden: Room, staff: Acting) -> None:
    private = make_private_room(*Member.objects.filter(pk__in=[ALICE, BOB]))
    say(private, "a threat", sender_id=BOB)
    case = case_about(private, by=ALICE, seq=1)
    assert deciding.outcomes_for(case, rank=Rank.STAFF) == ["dismissed", "hidden", "measure", "cared"]
    assert code(case, "removed", by=staff) == "E-C001"
    assert decide(case, "hidden", by=staff).outcome == "hidden"


def test_two_moderators_never_decide_one_case_at_once(garden: Room, all_at_once: AllAtOnce) -> None:
    case = case_about(garden, by=CHARLIE, seq=1)
    report(garden, by=DANA, seq=1)
    end = timezone.now() + timedelta(days=1)
    answers = all_at_once(
        lambda: decide(case, "muted", by=caller(DANA), until=end),
        lambda: decide(case, "dismissed", by=caller(ALICE)),
    )
    case.refresh_from_db()
    (won,) = [answer for answer in answers if isinstance(answer, Case)]
    (lost,) = [answer for answer in answers if isinstance(answer, ChatError)]
    assert case.outcome == won.outcome
    assert lost.code in ("E-MO008", "E-MO011")
    assert Sanction.objects.exists() == (won.outcome == "muted")  # who lost did nothing
    assert AuditEntry.objects.filter(act="case_decided").count() == 1
