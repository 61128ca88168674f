"""What was used, day by day."""

from datetime import UTC, date, datetime

import pytest

from assistant.accounts.usage import DayOfUse, bars, daily_use, most_used
from assistant.models import AssistantRun, Scope, Usage
from rooms.models import Room
from tests.factories import ALICE, BOB, CHARLIE

TODAY = date(2026, 11, 22)


def use(day: int, calls: int, tokens: int, scope: Scope = Scope.EVERYWHERE, subject_id: int = 0) -> Usage:
    return Usage.objects.create(
        scope=scope, subject_id=subject_id, day=TODAY.replace(day=day), calls=calls, tokens=tokens
    )


def run(room: Room, seq: int, at: datetime, state: str = "done", **figures: int) -> None:
    AssistantRun.objects.create(
        run_id=f"{seq:032x}", room=room, asker_id=ALICE, trigger_seq=seq, state=state, created_at=at, **figures
    )


def test_each_day_has_its_calls_and_how_the_answers_went(room: Room) -> None:
    use(20, calls=3, tokens=900)
    use(22, calls=1, tokens=50)
    use(22, calls=7, tokens=700, scope=Scope.MEMBER, subject_id=ALICE)
    run(room, 1, datetime(2026, 11, 19, 15, 0, tzinfo=UTC), first_word_ms=300, retries=1)
    run(room, 2, datetime(2026, 11, 20, 14, 59, 59, tzinfo=UTC), first_word_ms=500)
    run(room, 3, datetime(2026, 11, 20, 12, 0, tzinfo=UTC), "failed", retries=2)
    run(room, 4, datetime(2026, 11, 22, 12, 0, tzinfo=UTC), "running")

    assert daily_use(days=3, today=TODAY) == [
        DayOfUse(date(2026, 11, 20), 3, 900, answers=2, not_answered=1, retries=3, first_word_ms=400),
        DayOfUse(date(2026, 11, 21)),
        DayOfUse(date(2026, 11, 22), 1, 50),
    ]
    assert daily_use(days=2, today=TODAY)[0] == DayOfUse(date(2026, 11, 21))


@pytest.mark.django_db
def test_a_chart_is_as_high_as_its_best_day_and_shows_every_day_with_any_use() -> None:
    use(20, calls=1, tokens=1_000_000)
    use(21, calls=1, tokens=1)
    drawn = bars(daily_use(days=3, today=TODAY))

    assert [(bar.x, bar.y, bar.height) for bar in drawn] == [(0, 0, 100), (20, 99, 1), (40, 100, 0)]
    assert [bar.height for bar in bars(daily_use(days=3, today=date(2025, 1, 1)))] == [0, 0, 0]
    assert bars([]) == []


@pytest.mark.django_db
def test_the_members_who_use_the_most_are_found() -> None:
    use(22, calls=2, tokens=900, scope=Scope.MEMBER, subject_id=ALICE)
    use(22, calls=5, tokens=100, scope=Scope.MEMBER, subject_id=BOB)
    use(21, calls=9, tokens=999, scope=Scope.MEMBER, subject_id=CHARLIE)
    most_calls = most_used("calls", scope=Scope.MEMBER, today=TODAY)
    most_tokens = most_used("tokens", scope=Scope.MEMBER, today=TODAY)

    assert most_calls is not None
    assert most_tokens is not None
    assert (most_calls.subject_id, most_tokens.subject_id) == (BOB, ALICE)
    assert most_used("calls", scope=Scope.ROOM, today=TODAY) is None
