"""What one process knows to be revoked: from the start, by its looks, and while the database is away."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatproject.access.revocations import Known, Revocations
from chatproject.access.revoking import Revoked, revoke_member, revoke_token
from chatproject.errors import RevokedToken, StoreUnavailable
from chatproject.models import Revocation, UsedTicket
from chatproject.tokens import token_digest
from tests.factories import ALICE, BOB
from tests.factories import caller as caller_of
from tests.messaging.people import eventually, in_thread, soon

SOON_S = 0.02
LATE = 9_999_999_999.0
HOUR = timedelta(hours=1)


class Store:
    """The database as `Revocations` reaches it: away or not."""

    is_away = False
    behind = 0  # which number it was asked for last

    async def run(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        self.behind = kwargs.get("behind", self.behind)
        if self.is_away:
            raise StoreUnavailable
        return await in_thread(function, *args, **kwargs)


class Desk:
    """A process's revocations, and what they told."""

    def __init__(self) -> None:
        self.store, self.heard = Store(), list[Revoked]()
        self.revocations = Revocations(self.store, heard=self._hear)

    def _hear(self, news: Sequence[Revoked]) -> None:
        self.heard += news

    def knows(self, jti: str) -> bool:
        return self.revocations.is_revoked(caller_of(ALICE, token_id=token_digest(jti)))


@pytest.fixture
async def desk(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr("chatproject.access.revocations.LOOK_INTERVAL_S", SOON_S)
    desk = Desk()
    yield desk
    await soon(desk.revocations.stop())


def ended(jti: str) -> Revoked:
    return revoke_token(jti=jti, expires_at=datetime.now(UTC) + HOUR, now=datetime.now(UTC))


# --- pure


def test_what_is_known_already_is_no_news() -> None:
    known = Known()
    token, member = Revoked(1, "t", None, 0, LATE), Revoked(2, None, ALICE, 100.0, LATE)
    assert [known.learn(one) for one in (token, token, member, member)] == [True, False, True, False]
    assert not known.learn(Revoked(3, None, ALICE, 99.0, LATE))
    assert known.is_revoked(caller_of(ALICE, issued_at=99.5))
    assert known.learn(Revoked(4, None, ALICE, 101.0, LATE))
    assert not known.is_revoked(caller_of(ALICE, issued_at=101.0))
    assert not known.is_revoked(caller_of(BOB, issued_at=0))


def test_a_token_that_has_expired_is_forgotten() -> None:
    known = Known()
    for token_id, ends_at in (("old", 10.0), ("new", 30.0)):
        known.learn(Revoked(1, token_id, None, 0, ends_at))
    known.forget_ended(now=20.0)
    assert not known.is_revoked(caller_of(ALICE, token_id="old"))
    assert known.is_revoked(caller_of(ALICE, token_id="new"))


# --- a process


async def test_a_process_that_starts_knows_what_was_revoked_long_ago(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.access.revocations.ROWS_PER_READ", 2)
    monkeypatch.setattr("chatproject.access.revoking.ROWS_PER_READ", 2)
    for number in range(5):
        await in_thread(ended, f"t-{number}")
    await in_thread(lambda: Revocation.objects.update(made_at=datetime.now(UTC) - HOUR))
    desk.revocations.start()
    await soon(desk.revocations.ready())
    assert all(desk.knows(f"t-{number}") for number in range(5))
    with pytest.raises(RevokedToken):
        await desk.revocations.admit(caller_of(ALICE, token_id=token_digest("t-4")))


async def test_what_another_process_stored_is_found_by_looking(desk: Desk) -> None:
    desk.revocations.start()
    await soon(desk.revocations.ready())
    revoked = await in_thread(
        revoke_member, member_id=ALICE, issued_before=datetime.now(UTC), now=datetime.now(UTC)
    )
    await eventually(lambda: desk.heard == [revoked])
    assert desk.revocations.is_revoked(caller_of(ALICE, issued_at=1.0))


async def test_who_commits_late_with_a_lower_number_is_found_too(desk: Desk) -> None:
    early = await in_thread(ended, "early")
    await in_thread(lambda: Revocation.objects.all().delete())
    desk.revocations.start()
    await soon(desk.revocations.ready())
    await in_thread(ended, "late")
    await eventually(lambda: desk.knows("late"))
    row = Revocation(
        revocation_id=early.number,
        token_digest=token_digest("early"),
        made_at=datetime.now(UTC),
        ends_at=datetime.now(UTC) + HOUR,
    )
    await in_thread(row.save, force_insert=True)
    await eventually(lambda: desk.knows("early"))


async def test_what_has_settled_is_read_no_more_and_what_comes_after_it_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.access.revocations.SETTLED_S", 0)
    desk.revocations.start()
    await soon(desk.revocations.ready())
    first = await in_thread(ended, "first")
    await eventually(lambda: desk.heard == [first])
    second = await in_thread(ended, "second")
    await eventually(lambda: desk.store.behind == second.number - 1)  # it alone is looked for again
    assert desk.heard == [first, second]


async def test_a_restored_database_that_gives_known_numbers_again_hides_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.access.revocations.SETTLED_S", 0)
    desk.revocations.start()
    await soon(desk.revocations.ready())
    lost = [await in_thread(ended, jti) for jti in ("one", "two", "three")]
    await eventually(lambda: desk.store.behind == lost[-1].number - 1)

    def restore_and_go_on() -> None:
        Revocation.objects.all().delete()
        for number, jti in zip((one.number for one in lost), ("four", "five", "six"), strict=True):
            now = datetime.now(UTC)
            digest = token_digest(jti)
            Revocation.objects.create(pk=number, token_digest=digest, made_at=now, ends_at=now + HOUR)

    await in_thread(restore_and_go_on)
    await eventually(lambda: all(map(desk.knows, ("one", "two", "three", "four", "five", "six"))))
    seventh = await in_thread(ended, "seven")
    await eventually(lambda: desk.store.behind == seventh.number - 1)  # and goes on as before


async def test_before_anything_is_known_nobody_is_let_in(desk: Desk) -> None:
    desk.store.is_away = True
    desk.revocations.start()
    with pytest.raises(StoreUnavailable):
        await soon(desk.revocations.admit(caller_of(ALICE)))
    await in_thread(ended, "t")
    desk.store.is_away = False
    await eventually(lambda: desk.knows("t"))
    await desk.revocations.admit(caller_of(ALICE))


async def test_who_comes_once_the_database_is_there_waits_for_no_interval(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.access.revocations.LOOK_INTERVAL_S", LATE)
    desk.store.is_away = True
    desk.revocations.start()
    with pytest.raises(StoreUnavailable):
        await desk.revocations.admit(caller_of(ALICE))
    desk.store.is_away = False
    await soon(desk.revocations.admit(caller_of(ALICE)))


async def test_who_waits_to_be_let_in_when_the_process_ends_is_refused(desk: Desk) -> None:
    desk.store.is_away = True
    desk.revocations.start()
    await soon(desk.revocations.stop())
    with pytest.raises(StoreUnavailable):
        await soon(desk.revocations.admit(caller_of(ALICE)))


async def test_while_the_database_is_away_what_is_known_goes_on(desk: Desk) -> None:
    await in_thread(ended, "t")
    desk.revocations.start()
    await soon(desk.revocations.ready())
    desk.store.is_away = True
    await desk.revocations.admit(caller_of(ALICE))
    with pytest.raises(RevokedToken):
        await desk.revocations.admit(caller_of(ALICE, token_id=token_digest("t")))


async def test_what_can_do_no_harm_any_more_is_tidied_away(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatproject.access.revocations.TIDY_INTERVAL_S", 0)
    long_ago = datetime.now(UTC) - HOUR
    await in_thread(revoke_token, jti="old", expires_at=long_ago, now=long_ago)
    await in_thread(UsedTicket.objects.create, nonce="old", ends_at=long_ago)
    desk.revocations.start()

    async def none_are_left() -> None:
        while await in_thread(lambda: Revocation.objects.exists() or UsedTicket.objects.exists()):
            pass

    await soon(none_are_left())


async def test_a_clock_that_is_not_the_databases_is_told_to_the_operator(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.access.revocations.TIDY_INTERVAL_S", 0)
    monkeypatch.setattr("chatproject.access.clocks.NOTED_FROM_S", 0)
    desk.revocations.start()
    await eventually(lambda: caplog.messages)
    assert caplog.messages[0].startswith("this machine's clock is 0.0 s ")


async def test_a_database_that_was_not_migrated_is_told_to_the_operator(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Revocation._meta, "db_table", "no_such_table")
    desk.revocations.start()
    with pytest.raises(StoreUnavailable):
        await soon(desk.revocations.ready())
    assert caplog.messages == ["what is revoked cannot be read"]
