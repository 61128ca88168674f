"""The queue: what comes first, what is late, and what a filter shows."""

from datetime import timedelta

import pytest

from messaging.moderation import cases, queue
from messaging.moderation_models import Case
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.moderation.reported import DAY, HOUR, NOON, Who, report
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db

ONE, OTHER = Who(member_id=ALICE), Who(member_id=BOB)


@pytest.fixture
def four(room: Room) -> list[Case]:
    """In the order of their times: of yesterday, of noon, urgent ones of noon and of an hour later."""
    say(room, "one", "two", "three", "four", sender_id=BOB)
    report(room, by=ALICE, seq=1, now=NOON - DAY + HOUR / 2)
    report(room, by=ALICE, seq=2)
    report(room, by=ALICE, seq=3, reason="self_harm")
    report(room, by=ALICE, seq=4, reason="self_harm", now=NOON + HOUR)
    return list(Case.objects.order_by("case_id"))


def seqs(which: str, *, now: object = NOON + HOUR) -> list[int | None]:
    found = queue.chosen(Case.objects.all(), which, by=ONE, now=now)  # type: ignore[arg-type]
    return [case.seq for case in found.order_by(*queue.URGENT_FIRST)]


def test_the_urgent_come_first_then_who_waits_longest(four: list[Case]) -> None:
    assert seqs("open") == [3, 4, 1, 2]
    assert seqs("urgent") == [3, 4]


def test_what_is_late_is_shown_as_late_from_its_moment_on(four: list[Case]) -> None:
    assert seqs("late", now=NOON + HOUR / 2) == []
    assert seqs("late", now=NOON + HOUR) == [1]
    assert seqs("late", now=NOON + HOUR + timedelta(microseconds=1)) == [3, 1]
    assert seqs("late", now=NOON + 2 * DAY) == [3, 4, 1, 2]


def test_what_somebody_works_on_is_theirs_and_nobody_elses_next(four: list[Case]) -> None:
    third = four[2]
    cases.claim(case_id=third.pk, by=ONE, now=NOON)
    assert seqs("mine", now=NOON) == [3]
    assert seqs("mine", now=NOON + cases.CLAIM) == []
    following = queue.next_case(by=OTHER, now=NOON)
    assert following is not None
    assert following.seq == 4
    assert (mine := queue.next_case(by=ONE, now=NOON)) is not None
    assert mine.seq == 3
    assert (other := queue.next_case(by=ONE, now=NOON, after=third)) is not None
    assert other.seq == 4


def test_decided_ones_wait_no_more(four: list[Case]) -> None:
    cases.close(four[0], by=ONE, outcome="dismissed", reason="…", until=None, now=NOON)
    assert seqs("open") == [3, 4, 2]
    assert seqs("decided") == [1]
    assert seqs("anything") == [3, 4, 1, 2]


def test_pages_go_on_behind_a_case_that_was_decided_meanwhile(room: Room, four: list[Case]) -> None:
    waiting = queue.of_room(room_id=room.pk, is_decided=False, with_staffs=False)
    page = queue.page(waiting, is_decided=False, after=None, limit=2)
    assert [case.seq for case in page] == [3, 4]
    cases.close(page[1], by=ONE, outcome="dismissed", reason="…", until=None, now=NOON)
    rest = queue.page(waiting, is_decided=False, after=page[1].pk, limit=9)
    assert [case.seq for case in rest] == [1, 2]
    assert queue.page(waiting, is_decided=False, after=rest[-1].pk, limit=9) == []


def test_cases_are_found_by_a_reason_and_counted_by_it(room: Room, four: list[Case]) -> None:
    report(room, by=BOB, member_id=ALICE, reason="spam")
    assert [case.member_id for case in queue.with_reason(Case.objects.all(), "spam")] == [ALICE]
    assert queue.reasons_of(four[2]) == {"self_harm": 1}
