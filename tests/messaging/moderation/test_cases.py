"""Claims and decisions: a case has one moderator at a time, and one decision."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from chatproject.errors import ChatError
from chatproject.room_errors import AlreadyDecided, ClaimedByAnother, NothingThere
from messaging.moderation import cases
from messaging.moderation.cases import CLAIM
from messaging.moderation_models import Case
from rooms.models import Room
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB
from tests.messaging.moderation.reported import NOON, Who, case_about
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db(transaction=True)

MANAGER, OWNER = Who(member_id=ALICE), Who(member_id=BOB)


@pytest.fixture
def case(room: Room) -> Case:
    say(room, "an insult", sender_id=BOB)
    return case_about(room, by=ALICE, seq=1)


def test_a_claim_keeps_others_away_until_it_ends(case: Case) -> None:
    cases.claim(case_id=case.pk, by=MANAGER, now=NOON)
    almost = NOON + CLAIM - timedelta(seconds=1)
    with pytest.raises(ClaimedByAnother):
        cases.claim(case_id=case.pk, by=OWNER, now=almost)
    cases.claim(case_id=case.pk, by=OWNER, now=NOON + CLAIM)
    with pytest.raises(ClaimedByAnother):
        cases.claim(case_id=case.pk, by=MANAGER, now=NOON + CLAIM)


def test_who_claims_again_has_more_time_and_who_gives_back_frees_it_for_others(case: Case) -> None:
    cases.claim(case_id=case.pk, by=MANAGER, now=NOON)
    again = cases.claim(case_id=case.pk, by=MANAGER, now=NOON + CLAIM / 2)
    assert again.claimed_until == NOON + CLAIM * 1.5
    cases.let_go(case_id=case.pk, by=OWNER, now=NOON + CLAIM)  # none of theirs
    assert cases.holds(Case.objects.get(), MANAGER, NOON + CLAIM)
    cases.let_go(case_id=case.pk, by=MANAGER, now=NOON + CLAIM)
    cases.claim(case_id=case.pk, by=OWNER, now=NOON + CLAIM)


def test_a_member_and_an_account_of_the_same_number_are_two(case: Case) -> None:
    User.objects.create_user("staff", pk=ALICE)
    cases.claim(case_id=case.pk, by=MANAGER, now=NOON)
    with pytest.raises(ClaimedByAnother):
        cases.claim(case_id=case.pk, by=Who(staff_id=ALICE), now=NOON)


def test_of_two_at_the_same_moment_one_decides(case: Case, all_at_once: AllAtOnce) -> None:
    def decide(by: Who, outcome: str) -> str:
        with transaction.atomic():
            held = cases.hold(case_id=case.pk, by=by, now=NOON)
            cases.close(held, by=by, outcome=outcome, reason="…", until=None, now=NOON)
        return outcome

    first, second = all_at_once(lambda: decide(MANAGER, "hidden"), lambda: decide(OWNER, "dismissed"))
    case.refresh_from_db()
    won, lost = (first, second) if isinstance(first, str) else (second, first)
    assert case.outcome == won
    assert isinstance(lost, AlreadyDecided), lost
    assert (case.open_key, case.claimed_until) == (None, None)


def test_of_two_claims_at_the_same_moment_one_holds(case: Case, all_at_once: AllAtOnce) -> None:
    answers = all_at_once(
        *[lambda by=by: cases.claim(case_id=case.pk, by=by, now=NOON) for by in (MANAGER, OWNER)]
    )
    refused = [answer for answer in answers if isinstance(answer, ChatError)]
    assert [type(one) for one in refused] == [ClaimedByAnother]


def test_there_is_nothing_where_nothing_is() -> None:
    with pytest.raises(NothingThere):
        cases.claim(case_id=1, by=MANAGER, now=NOON)
