"""Old entries of the audit log go, and whoever takes out others by hand is found as before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from rooms.audit_models import AuditEntry
from rooms.moderation import audit, pruning
from rooms.moderation.audit import SITE, Actor, Deed, all_heads, breaks, is_kept
from rooms.moderation.pruning import chains_behind, prune_chain
from tests.factories import ALICE, BOB

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 29, 3, 0, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=1_200)
GARDEN = 4
MUTED = Deed(room_id=GARDEN, act="mute", by=Actor.member(ALICE), at=LONG_AGO, member_id=BOB, reason="도배")


@pytest.fixture(autouse=True)
def _old_and_new() -> None:
    """In the garden three old entries and two new ones, on the site two old ones alone."""
    audit.record(MUTED, MUTED, MUTED)
    audit.record(replace(MUTED, room_id=SITE), replace(MUTED, room_id=SITE))
    audit.record(replace(MUTED, at=NOW), replace(MUTED, at=NOW))


def numbers(room_id: int) -> list[tuple[int, str]]:
    return list(AuditEntry.objects.filter(room_id=room_id).order_by("number").values_list("number", "act"))


def test_old_entries_go_from_each_chain_once_and_what_is_left_is_whole() -> None:
    before = all_heads()
    assert chains_behind(after=0, now=NOW) == ([SITE, GARDEN], None)
    for room_id in (SITE, GARDEN):
        assert not prune_chain(room_id=room_id, now=NOW)
    assert numbers(GARDEN) == [(4, "mute"), (5, "mute"), (6, "log_pruned")]
    assert numbers(SITE) == [(3, "log_pruned")]
    assert list(breaks()) == []
    assert chains_behind(after=0, now=NOW) == ([], None)
    audit.record(replace(MUTED, room_id=SITE, at=NOW))  # goes on behind it
    assert list(breaks()) == []
    assert all(is_kept(room_id, head) for room_id, head in before.items())  # the ends that were noted then
    assert not is_kept(SITE, before[SITE]._replace(digest="0" * 64))


def test_what_is_left_of_a_chain_that_nobody_continues_stays() -> None:
    prune_chain(room_id=SITE, now=NOW)
    later = NOW + timedelta(days=2_000)
    assert not prune_chain(room_id=SITE, now=later)
    assert numbers(SITE) == [(3, "log_pruned")]


def test_many_go_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "ENTRIES_AT_ONCE", 2)
    assert prune_chain(room_id=GARDEN, now=NOW)
    assert list(breaks()) == []
    assert not prune_chain(room_id=GARDEN, now=NOW)
    assert numbers(GARDEN)[0] == (4, "mute")
    assert list(breaks()) == []


@pytest.mark.parametrize("number", [4, 5])
def test_whoever_takes_out_an_entry_by_hand_after_that_is_found(number: int) -> None:
    prune_chain(room_id=GARDEN, now=NOW)
    AuditEntry._base_manager.filter(room_id=GARDEN, number=number).delete()
    assert [(found.room_id, found.number) for found in breaks()] == [(GARDEN, number)]
    with pytest.raises(CommandError, match="not whole"):
        call_command("check_audit_log")


def test_whoever_says_otherwise_where_it_begins_is_found() -> None:
    prune_chain(room_id=GARDEN, now=NOW)
    AuditEntry._base_manager.filter(room_id=GARDEN, number=4).delete()
    digest = AuditEntry.objects.get(room_id=GARDEN, number=5).digest
    AuditEntry._base_manager.filter(act="log_pruned").update(details=f'{{"digest": "{digest}", "to": 5}}')
    assert [found.number for found in breaks()] == [5]
