"""What is stored of a revocation, and what the database says of a token afterwards."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from chatproject.access.revoking import (
    CLOCKS_DIFFER,
    NEVER,
    SETTLED,
    forget_revoked,
    read_revoked,
    require_valid_in_store,
    revoke_member,
    revoke_token,
    settled_revocation,
)
from chatproject.errors import InvalidInput, RevokedToken
from chatproject.models import Revocation
from chatproject.tokens import Caller, token_digest
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def caller(member_id: int, issued_at: datetime | None = None, jti: str | None = None) -> Caller:
    return Caller(
        member_id,
        "USER",
        (NOW + HOUR).timestamp(),
        issued_at=issued_at.timestamp() if issued_at else 0.0,
        token_id=None if jti is None else token_digest(jti),
    )


def is_revoked(one: Caller) -> bool:
    try:
        require_valid_in_store(one)
    except RevokedToken:
        return True
    return False


@pytest.mark.django_db
def test_one_token_is_revoked_by_its_name_and_no_other() -> None:
    revoke_token(jti="a-1", expires_at=NOW + HOUR, now=NOW)
    assert is_revoked(caller(ALICE, NOW, "a-1"))
    assert not is_revoked(caller(ALICE, NOW, "a-2"))
    assert not is_revoked(caller(ALICE, NOW))
    [row] = Revocation.objects.all()
    assert "a-1" not in str(row.__dict__)


@pytest.mark.django_db
def test_what_a_member_was_given_before_is_revoked_and_what_comes_after_is_not() -> None:
    revoke_member(member_id=ALICE, issued_before=NOW, now=NOW)
    assert is_revoked(caller(ALICE, NOW - timedelta(seconds=1)))
    assert is_revoked(caller(ALICE))  # nobody knows when
    assert not is_revoked(caller(ALICE, NOW))
    assert not is_revoked(caller(BOB, NOW - HOUR))


@pytest.mark.django_db
def test_an_earlier_moment_takes_nothing_back() -> None:
    revoke_member(member_id=ALICE, issued_before=NOW, now=NOW)
    assert revoke_member(member_id=ALICE, issued_before=NOW - HOUR, now=NOW).issued_before == NOW.timestamp()
    assert is_revoked(caller(ALICE, NOW - timedelta(minutes=1)))
    assert Revocation.objects.count() == 1


@pytest.mark.django_db
def test_a_moment_that_is_ahead_of_every_clock_is_refused() -> None:
    revoke_member(member_id=ALICE, issued_before=NOW + CLOCKS_DIFFER, now=NOW)
    with pytest.raises(InvalidInput):
        revoke_member(member_id=ALICE, issued_before=NOW + HOUR, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_revoked_by_many_at_the_same_moment_the_latest_moment_counts(all_at_once: AllAtOnce) -> None:
    moments = [NOW - number * HOUR for number in range(5)]
    made = all_at_once(
        *(partial(revoke_member, member_id=ALICE, issued_before=moment, now=NOW) for moment in moments)
    )
    assert not [one for one in made if isinstance(one, Exception)]
    assert Revocation.objects.get().issued_before == NOW


# --- what processes read


@pytest.mark.django_db
def test_a_later_one_has_a_higher_number_also_in_place_of_an_older_one() -> None:
    first = revoke_member(member_id=ALICE, issued_before=NOW - HOUR, now=NOW)
    second = revoke_token(jti="b", expires_at=NOW + HOUR, now=NOW)
    third = revoke_member(member_id=ALICE, issued_before=NOW, now=NOW)
    assert read_revoked(behind=0) == [second, third]
    assert read_revoked(behind=first.number) == [second, third]
    assert read_revoked(behind=second.number) == [third]
    assert read_revoked(behind=0, made_after=NOW) == []


@pytest.mark.django_db
def test_what_is_young_may_still_be_followed_by_what_was_begun_before() -> None:
    assert settled_revocation(now=NOW) is None
    old = revoke_token(jti="old", expires_at=NOW + HOUR, now=NOW - SETTLED - timedelta(seconds=1))
    revoke_token(jti="new", expires_at=NOW + HOUR, now=NOW)
    assert settled_revocation(now=NOW) == old


@pytest.mark.django_db
def test_a_token_that_has_expired_is_forgotten_and_a_member_is_not() -> None:
    revoke_token(jti="ended", expires_at=NOW - CLOCKS_DIFFER - timedelta(seconds=1), now=NOW)
    kept = revoke_token(jti="just-ended", expires_at=NOW, now=NOW)
    again = revoke_token(jti="again", expires_at=NOW + HOUR, now=NOW)
    revoke_token(jti="again", expires_at=NOW - HOUR, now=NOW)  # a shorter life takes nothing back
    member = revoke_member(member_id=ALICE, issued_before=NOW - 9_999 * HOUR, now=NOW)
    forget_revoked(now=NOW)
    left = {one.token_id or one.member_id: one.ends_at for one in read_revoked(behind=0)}
    assert left == {
        kept.token_id: kept.ends_at,
        again.token_id: again.ends_at,
        member.member_id: NEVER.timestamp(),
    }


@pytest.mark.django_db
def test_the_end_of_all_times_is_no_trouble() -> None:
    assert revoke_token(jti="x", expires_at=datetime.max.replace(tzinfo=UTC), now=NOW).ends_at > NOW.timestamp()
