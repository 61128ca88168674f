"""What is old goes; receipts of answers, the sums of the days and what budgets count on stay."""

from datetime import UTC, date, datetime, timedelta

import pytest

from assistant.accounts import retention
from assistant.accounts.retention import forget_some_records
from assistant.models import AssistantRun, Scope, Usage
from rooms.models import Room
from tests.factories import ALICE

FIRST_KEPT = date(2026, 11, 22)
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)
JUST_BEFORE = MIDNIGHT - timedelta(microseconds=1)
NOW = MIDNIGHT + timedelta(days=90)

State = AssistantRun.State


def use(scope: Scope, subject_id: int, day: date) -> Usage:
    return Usage.objects.create(scope=scope, subject_id=subject_id, day=day, calls=1, tokens=9)


def run(room: Room, seq: int, state: State, at: datetime = JUST_BEFORE, answer_seq: int | None = None) -> str:
    made = AssistantRun.objects.create(
        run_id=f"{seq:032x}",
        room=room,
        asker_id=ALICE,
        trigger_seq=seq,
        state=state,
        answer_seq=answer_seq,
        created_at=at,
    )
    return made.run_id


def test_old_use_of_members_and_rooms_goes_and_the_sum_of_the_day_stays(room: Room) -> None:
    for day in (FIRST_KEPT - timedelta(days=400), FIRST_KEPT - timedelta(days=1), FIRST_KEPT):
        use(Scope.MEMBER, ALICE, day)
        use(Scope.ROOM, room.pk, day)
        use(Scope.EVERYWHERE, 0, day)

    assert forget_some_records(now=NOW) == 4
    assert Usage.objects.filter(scope=Scope.EVERYWHERE).count() == 3
    assert set(Usage.objects.exclude(scope=Scope.EVERYWHERE).values_list("day", flat=True)) == {FIRST_KEPT}


def test_every_answer_keeps_its_receipt_and_old_runs_without_one_go(room: Room) -> None:
    run(room, 1, State.FAILED)
    run(room, 2, State.BLOCKED)
    run(room, 3, State.STOPPED)
    kept = {
        run(room, 4, State.DONE, answer_seq=40),
        run(room, 5, State.STOPPED, answer_seq=50),
        run(room, 6, State.FAILED, answer_seq=60),
        run(room, 7, State.RUNNING),
        run(room, 8, State.FAILED, at=MIDNIGHT),
    }

    assert forget_some_records(now=NOW) == 3
    assert set(AssistantRun.objects.values_list("run_id", flat=True)) == kept


def test_many_rows_go_in_small_transactions(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH_ROWS", 2)
    for seq in range(1, 6):
        run(room, seq, State.FAILED)

    assert [forget_some_records(now=NOW) for _ in range(4)] == [2, 2, 1, 0]
    assert not AssistantRun.objects.exists()


def test_receipts_go_with_the_answers_that_are_gone(room: Room) -> None:
    run(room, 1, State.DONE, answer_seq=2)
    kept = run(room, 3, State.DONE, answer_seq=4)
    run(room, 5, State.FAILED)
    use(Scope.MEMBER, ALICE, FIRST_KEPT - timedelta(days=1))
    use(Scope.MEMBER, ALICE, FIRST_KEPT)
    Room.objects.filter(pk=room.pk).update(first_seq=3)

    assert (forget_some_records(now=NOW), forget_some_records(now=NOW)) == (3, 0)
    assert list(AssistantRun.objects.values_list("run_id", flat=True)) == [kept]
