"""Who is under 14: what tokens and the main server say, and what that keeps the assistant from."""

from datetime import UTC, datetime
from typing import Any

import pytest

from rooms import services
from rooms.audit_models import AuditEntry
from rooms.members.ages import age_of, kept_from_ai, may_meet_ai, set_age, stricter_age
from rooms.models import Member, MemberAge
from rooms.moderation.ranks import Acting
from rooms.moderation.rights import Rank
from tests.factories import ALICE, BOB, CHARLIE, caller

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def comes(member_id: int, under14: bool | None, *, issued_at: float = 0.0) -> bool | None:
    """What is known of the member once they came with such a token."""
    services.mirror_member(caller=caller(member_id, under14=under14, issued_at=issued_at))
    return age_of(member_id=member_id)


def test_what_a_token_says_is_kept_and_one_that_says_nothing_changes_nothing(alice: Member, bob: Member) -> None:
    assert comes(ALICE, None) is None
    assert not MemberAge.objects.exists()
    assert comes(ALICE, under14=True) is True
    assert comes(ALICE, None) is True
    assert comes(BOB, under14=False) is False


def test_of_two_tokens_the_one_issued_later_counts(alice: Member) -> None:
    assert comes(ALICE, under14=True, issued_at=1_000) is True
    assert comes(ALICE, under14=False, issued_at=999) is True
    assert comes(ALICE, under14=False, issued_at=2_000) is False  # the birthday
    assert comes(ALICE, under14=True, issued_at=1_500) is False


def test_the_main_server_says_it_without_a_token_and_forgets_it(alice: Member) -> None:
    acting = Acting(rank=Rank.STAFF)
    set_age(alice, under14=True, acting=acting, now=NOW)
    assert comes(ALICE, under14=False, issued_at=NOW.timestamp() - 60) is True
    set_age(alice, under14=None, acting=acting, now=NOW)
    assert age_of(member_id=ALICE) is None
    assert AuditEntry.objects.filter(act="member_age", member_id=ALICE).count() == 2


@pytest.mark.parametrize(("needs", "kept"), [(False, {ALICE}), (True, {ALICE, CHARLIE})])
def test_whose_age_nobody_said_is_served_and_read_unless_it_has_to_be_known(
    alice: Member, bob: Member, charlie: Member, settings: Any, needs: bool, kept: set[int]
) -> None:
    settings.ASSISTANT_NEEDS_AGE = needs
    comes(ALICE, under14=True)
    comes(BOB, under14=False)
    assert kept_from_ai([ALICE, BOB, CHARLIE]) == kept
    assert may_meet_ai(None) is not needs


def test_of_two_who_say_something_the_stricter_counts() -> None:
    assert [stricter_age(one, other) for one, other in ((None, None), (False, None), (None, False))] == [
        None,
        False,
        False,
    ]
    assert stricter_age(True, False) is stricter_age(None, True) is True
