"""The log of what was done: each act once, in a chain that shows whoever changes it by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from rooms.audit_models import AuditEntry
from rooms.moderation import audit
from rooms.moderation.audit import SITE, Actor, AuditRow, Break, Deed, Head, audit_rows, digest_of
from tests.conftest import AllAtOnce
from tests.factories import ALICE, BOB

NOON = datetime(2026, 11, 29, 3, 0, 0, 123_456, tzinfo=UTC)
GARDEN, KITCHEN = 4, 5
MUTED = Deed(
    room_id=GARDEN,
    act="mute",
    by=Actor.member(ALICE),
    at=NOON,
    member_id=BOB,
    reason="도배 🙏",
    until=NOON + timedelta(hours=1),
    details={"case": 3},
)
HIDDEN = Deed(room_id=GARDEN, act="hide", by=audit.FILTER, at=NOON, seq=9)


@contextmanager
def by_hand() -> Iterator[Any]:
    """What somebody does who has the database, and not this project's code."""
    with connection.cursor() as cursor:
        yield cursor


# --- the chain, without a database


def test_a_room_s_entries_are_numbered_and_each_seals_the_one_before() -> None:
    first, second = audit_rows({}, [MUTED, HIDDEN])
    assert (first.number, second.number) == (1, 2)
    assert second.digest == digest_of(second, after=first.digest)
    [third] = audit_rows({GARDEN: Head(2, second.digest)}, [MUTED])
    assert third.number == 3
    assert third.digest not in (first.digest, second.digest)


def test_each_room_has_a_chain_of_its_own_and_so_has_the_site() -> None:
    rows = audit_rows(
        {KITCHEN: Head(7, "f" * 64)}, [replace(MUTED, room_id=room) for room in (KITCHEN, GARDEN, SITE)]
    )
    assert [row.number for row in rows] == [8, 1, 1]


def test_everything_that_an_entry_says_is_in_its_digest() -> None:
    [row] = audit_rows({}, [MUTED])
    other: dict[str, Any] = {"at": NOON + timedelta(microseconds=1), "until": None, "reason": "", "details": ""}
    for name in AuditRow._fields[:-1]:
        changed = row._replace(
            **{name: other.get(name, 99 if isinstance(getattr(row, name), int | None) else "x")}
        )
        assert digest_of(changed, after="") != row.digest, name
    assert digest_of(row, after="0") != row.digest


def test_the_same_moment_in_another_zone_has_the_same_digest() -> None:
    [row] = audit_rows({}, [MUTED])
    in_seoul = row._replace(at=row.at.astimezone(tz=None))
    assert digest_of(in_seoul, after="") == row.digest


# --- in the database


@pytest.mark.django_db
def test_what_is_recorded_is_found_again_and_whole() -> None:
    audit.record(MUTED)
    audit.record(HIDDEN, replace(MUTED, room_id=KITCHEN))
    newest, oldest = audit.entries_of(room_id=GARDEN, before=None, limit=10)
    assert (oldest.act, oldest.actor_kind, oldest.actor_id, oldest.member_id) == ("mute", "member", ALICE, BOB)
    assert (oldest.reason, oldest.until, oldest.details) == ("도배 🙏", MUTED.until, '{"case": 3}')
    assert (newest.number, newest.seq, newest.actor_kind, newest.actor_id) == (2, 9, "filter", None)
    assert [one.number for one in audit.entries_of(room_id=GARDEN, before=2, limit=10)] == [1]
    assert set(audit.all_heads()) == {GARDEN, KITCHEN}
    assert list(audit.breaks()) == []


@pytest.mark.django_db
def test_no_code_of_ours_changes_or_deletes_an_entry() -> None:
    audit.record(MUTED)
    entry = AuditEntry.objects.get()
    entry.reason = "nothing"
    for attempt in (
        entry.save,
        entry.delete,
        lambda: AuditEntry.objects.update(reason=""),
        lambda: AuditEntry.objects.all().delete(),
        lambda: AuditEntry.objects.bulk_update([entry], ["reason"]),
    ):
        with pytest.raises(TypeError), transaction.atomic():
            attempt()
    assert AuditEntry.objects.get().reason == "도배 🙏"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("UPDATE chat_audit_log SET reason = 'thanks' WHERE number = 2", 2),
        ("UPDATE chat_audit_log SET until = NULL WHERE number = 3", 3),
        ("DELETE FROM chat_audit_log WHERE number = 2", 2),
        ("UPDATE chat_audit_log SET number = number - 1 WHERE number > 1", None),
    ],
)
def test_a_change_by_hand_shows(change: str, where: int | None) -> None:
    audit.record(*[MUTED] * 4)
    with by_hand() as cursor:
        if where is None:  # the first is taken out and the others close up
            cursor.execute("DELETE FROM chat_audit_log WHERE number = 1")
            change += " ORDER BY number" if connection.vendor == "mysql" else ""
        cursor.execute(change)
    assert [(found.room_id, found.number) for found in audit.breaks()] == [(GARDEN, where or 1)]
    assert isinstance(next(audit.breaks()), Break)


@pytest.mark.django_db
def test_what_was_cut_off_is_missed_by_who_kept_the_end() -> None:
    audit.record(MUTED, HIDDEN)
    end = audit.all_heads()[GARDEN]
    assert audit.is_kept(GARDEN, end)
    with by_hand() as cursor:
        cursor.execute("DELETE FROM chat_audit_log WHERE number = 2")
    assert list(audit.breaks()) == []
    assert not audit.is_kept(GARDEN, end)


@pytest.mark.django_db(transaction=True)
def test_many_who_log_at_once_make_one_chain(all_at_once: AllAtOnce) -> None:
    """The site has no row to lock: who is second takes the next number."""
    deeds = [replace(MUTED, room_id=SITE, reason=str(number)) for number in range(8)]
    assert all_at_once(*[partial(audit.record, deed) for deed in deeds]) == [None] * 8
    entries = AuditEntry.objects.order_by("number").values_list("number", "reason")
    assert [number for number, _reason in entries] == list(range(1, 9))
    assert {reason for _number, reason in entries} == {str(number) for number in range(8)}
    assert list(audit.breaks()) == []
