"""Nobody is answered twice, a room hears one answer at a time, and a dead process blocks nobody for ever."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from assistant.models import AssistantRun
from assistant.provider import Answer
from assistant.runs import RUN_LIFETIME, claim_run, finish_run
from chatproject.errors import RoomNotFound, TooManyRequests
from rooms.models import Room
from tests.factories import ALICE, BOB, make_group_room

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(seconds=5)
ANSWER = Answer("비밀", truncated=False, model_asked="gemini-x", model_served="gemini-x-001", total_tokens=42)


def claim(room: Room, trigger_seq: int, *, by: int = ALICE, now: datetime = NOON) -> str | None:
    """The run's id, None where the message was claimed before."""
    run_id = uuid4().hex
    is_ours = claim_run(run_id=run_id, room_id=room.room_id, asker_id=by, trigger_seq=trigger_seq, now=now)
    return run_id if is_ours else None


def test_who_asks_first_is_answered_and_the_second_adds_nothing(room: Room) -> None:
    first, second = claim(room, 1, by=ALICE), claim(room, 1, by=BOB)

    assert (first is not None, second) == (True, None)
    run = AssistantRun.objects.get()
    assert (run.asker_id, run.state, run.created_at) == (ALICE, AssistantRun.State.RUNNING, NOON)


def test_a_message_that_was_answered_is_not_answered_again(room: Room) -> None:
    run_id = claim(room, 1)
    assert run_id
    finish_run(run_id=run_id, state=AssistantRun.State.DONE, now=LATER, answer=ANSWER, answer_seq=2)

    assert claim(room, 1) is None


def test_bob_waits_while_alice_is_being_answered(room: Room) -> None:
    claim(room, 1, by=ALICE)

    with pytest.raises(TooManyRequests) as caught:
        claim(room, 2, by=BOB)
    assert caught.value.retry_after


def test_another_room_has_its_own_turn(room: Room) -> None:
    claim(room, 1)

    assert claim(make_group_room("개발"), 1)


@pytest.mark.parametrize("state", ["done", "stopped", "failed", "blocked"])
def test_the_next_one_is_answered_when_the_answer_ended_however_it_did(room: Room, state: str) -> None:
    run_id = claim(room, 1)
    assert run_id
    finish_run(run_id=run_id, state=AssistantRun.State(state), now=LATER)

    assert claim(room, 2)


def test_a_process_that_died_blocks_the_room_only_for_a_while(room: Room) -> None:
    dead = claim(room, 1)
    with pytest.raises(TooManyRequests):
        claim(room, 2, now=NOON + RUN_LIFETIME - timedelta(seconds=1))

    afterwards = NOON + RUN_LIFETIME
    assert claim(room, 2, now=afterwards)
    run = AssistantRun.objects.get(run_id=dead)
    assert (run.state, run.error_code, run.finished_at) == ("failed", "E-A002", afterwards)


def test_a_room_that_is_gone_has_no_answers(room: Room) -> None:
    with pytest.raises(RoomNotFound):
        claim_run(run_id=uuid4().hex, room_id=room.room_id + 1, asker_id=ALICE, trigger_seq=1, now=NOON)


@pytest.mark.parametrize(("triggers", "refusals"), [((1, 1, 1, 1), 0), ((1, 2, 3, 4), 3)])
def test_of_four_who_ask_at_once_one_is_answered(room: Room, triggers: tuple[int, ...], refusals: int) -> None:
    def ask(trigger_seq: int) -> str | TooManyRequests | None:
        try:
            return claim(room, trigger_seq)
        except TooManyRequests as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(triggers)) as threads:
        outcomes = list(threads.map(ask, triggers))

    assert len([outcome for outcome in outcomes if isinstance(outcome, str)]) == 1
    assert len([outcome for outcome in outcomes if isinstance(outcome, TooManyRequests)]) == refusals
    assert AssistantRun.objects.count() == 1


def test_the_record_says_how_it_went_and_keeps_the_first_end(room: Room) -> None:
    run_id = claim(room, 1)
    assert run_id
    finish_run(run_id=run_id, state=AssistantRun.State.DONE, now=LATER, answer=ANSWER, answer_seq=2)
    finish_run(run_id=run_id, state=AssistantRun.State.FAILED, now=LATER, error_code="E-A002")

    run = AssistantRun.objects.get()
    assert (run.state, run.error_code, run.answer_seq, run.finished_at) == ("done", "", 2, LATER)
    assert (run.model_asked, run.model_served, run.total_tokens) == ("gemini-x", "gemini-x-001", 42)
