"""Orders of exports: one at a time, one a day, claimed by one process, and over after a day or with the member."""

from datetime import timedelta
from typing import Any

import pytest

from messaging.personal.exports import asking
from messaging.personal.exports.asking import GOOD_FOR, HELD_FOR, LINES_KEPT, TRIED_AGAIN_AFTER, Claim
from messaging.personal_models import Export
from rooms.audit_models import AuditEntry
from rooms.moderation.audit import Actor
from tests.factories import ALICE, BOB
from tests.messaging.store.doing import NOW

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def ask(member_id: int = ALICE, *, by: Actor | None = None, now: Any = NOW) -> Export:
    return asking.ask(member_id=member_id, by=by or Actor.member(member_id), language="ko", now=now)


def claim(holder: str = "one", now: Any = NOW) -> Claim:
    claimed = asking.claim(holder=holder, now=now)
    assert claimed is not None
    return claimed


def make(member_id: int = ALICE) -> Export:
    ask(member_id)
    assert asking.finish(claim(), holder="one", size=9, now=NOW)
    return Export.objects.get(member_id=member_id)


def test_one_waits_or_can_be_had_at_a_time_and_another_a_day_later() -> None:
    first = ask()
    assert (first.state, ask().pk, ask(BOB).pk != first.pk) == ("waiting", first.pk, True)
    claimed = claim()
    assert ask().pk == first.pk
    asking.finish(claimed, holder="one", size=9, now=NOW)
    assert ask(now=NOW + GOOD_FOR - SECOND).pk == first.pk
    assert ask(now=NOW + GOOD_FOR).pk != first.pk


def test_two_who_ask_at_once_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask()
    monkeypatch.setattr(asking, "_standing", lambda _member_id, _now: None)  # it was not there yet
    assert ask().pk == first.pk
    assert Export.objects.count() == 1


def test_what_others_ask_for_is_in_the_log_and_ones_own_is_not() -> None:
    ask()
    ask(BOB, by=Actor.main_server(5))
    assert list(AuditEntry.objects.values_list("act", "actor_kind", "member_id")) == [
        ("export_asked", "server", BOB)
    ]


def test_what_is_claimed_is_nobody_elses_until_its_process_is_dead() -> None:
    ask()
    mine = claim("one")
    assert mine.key != f"{ALICE:032x}"
    assert asking.claim(holder="two", now=NOW + HELD_FOR - SECOND) is None
    assert asking.renew(mine, holder="one", now=NOW + HELD_FOR - SECOND)
    assert asking.claim(holder="two", now=NOW + HELD_FOR) is None
    assert claim("two", NOW + 2 * HELD_FOR) == mine
    assert not asking.renew(mine, holder="one", now=NOW)
    assert not asking.finish(mine, holder="one", size=9, now=NOW)


def test_what_cannot_be_made_is_tried_three_times_and_what_is_nobodys_fault_for_good() -> None:
    ask()
    later = NOW
    for counted in (False, False, False, True, True, True):
        asking.put_back(claim(now=later), holder="one", now=later, is_counted=counted)
        assert asking.claim(holder="one", now=later) is None
        later += TRIED_AGAIN_AFTER
    assert asking.claim(holder="one", now=later) is None
    assert Export.objects.get().state == "failed"
    assert ask(now=later).state == "waiting"


def test_after_a_day_it_is_gone_and_later_forgotten() -> None:
    made = make()
    assert asking.end_due(now=NOW + GOOD_FOR - SECOND) == {}
    assert asking.end_due(now=NOW + GOOD_FOR) == {made.pk: made.key}
    assert Export.objects.get().state == "gone"
    assert asking.end_due(now=NOW + GOOD_FOR) == {made.pk: made.key}  # until it is said that nothing lies there
    asking.taken_away([made.pk])
    assert asking.end_due(now=NOW + GOOD_FOR) == {}
    assert asking.forget_old(now=NOW + LINES_KEPT) == 0
    assert asking.forget_old(now=NOW + LINES_KEPT + SECOND) == 1


def test_with_its_member_it_ends_at_once_but_is_taken_away_when_nobody_makes_it_any_more() -> None:
    ready = make(BOB)
    ask()
    claimed = claim()
    assert asking.end_exports(member_id=BOB, now=NOW) + asking.end_exports(member_id=ALICE, now=NOW) == 2
    assert not asking.renew(claimed, holder="one", now=NOW)
    assert not asking.finish(claimed, holder="one", size=9, now=NOW)
    assert asking.end_due(now=NOW) == {ready.pk: ready.key}
    assert asking.end_due(now=NOW + HELD_FOR) == {ready.pk: ready.key, claimed.export_id: claimed.key}
