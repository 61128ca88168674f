"""Nobody is answered twice, a room hears one answer at a time, and a dead process blocks nobody for long."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from assistant.models import AssistantRun
from assistant.providers.provider import Answer
from assistant.room.runs import (
    LEASE,
    Run,
    claim_run,
    end_orphans,
    ends_of,
    finish_run,
    renew_leases,
    request_stop,
    withdraw_run,
)
from chatproject.errors import NotAllowed, NotInRoom, RoomNotFound, TooManyRequests
from messaging.store.services import Draft, store_messages
from rooms.audit_models import AuditEntry
from rooms.models import Room
from tests.assistant.conftest import NOON
from tests.factories import ALICE, BOB, CHARLIE, caller, give_role, make_group_room

LATER = NOON + timedelta(seconds=5)
EXPIRED = NOON + LEASE + timedelta(microseconds=1)
ANSWER = Answer("비밀", truncated=False, model_asked="gemini-x", model_served="gemini-x-001", total_tokens=42)
OWNER, OTHER = "a" * 32, "b" * 32
State = AssistantRun.State


def claim(
    room: Room, trigger_seq: int, *, by: int = ALICE, again: bool = False, now: Any = NOON, owner: str = OWNER
) -> str | None:
    """The run's id, None where the message was claimed before."""
    run = Run(uuid4().hex, room.pk, by, trigger_seq)
    return run.run_id if claim_run(run, owner=owner, again=again, now=now) else None


def claimed(room: Room, trigger_seq: int, **options: Any) -> str:
    run_id = claim(room, trigger_seq, **options)
    assert run_id
    return run_id


# --- claims


def test_who_asks_first_is_answered_and_the_second_adds_nothing(room: Room) -> None:
    first, second = claim(room, 1, by=ALICE), claim(room, 1, by=BOB)

    assert (first is not None, second) == (True, None)
    run = AssistantRun.objects.get()
    assert (run.asker_id, run.state, run.created_at, run.owner) == (ALICE, State.RUNNING, NOON, OWNER)
    assert (run.attempt, run.lease_until) == (1, NOON + LEASE)


def test_a_message_that_was_answered_is_answered_again_only_when_that_is_wanted(room: Room) -> None:
    finish_run(claimed(room, 1), state=State.DONE, now=LATER, answer=ANSWER, answer_seq=2)

    assert claim(room, 1) is None
    second = claimed(room, 1, again=True)
    assert AssistantRun.objects.get(run_id=second).attempt == 2
    with pytest.raises(TooManyRequests):
        claim(room, 1, again=True)


def test_bob_waits_while_alice_is_being_answered(room: Room) -> None:
    claim(room, 1, by=ALICE)

    with pytest.raises(TooManyRequests) as caught:
        claim(room, 2, by=BOB)
    assert caught.value.retry_after


def test_another_room_has_its_own_turn(room: Room) -> None:
    claim(room, 1)

    assert claim(make_group_room("개발"), 1)


def test_alice_is_answered_in_two_rooms_at_once_and_then_waits_while_bob_does_not(room: Room) -> None:
    rooms = [room, make_group_room("Kitchen"), make_group_room("Hall")]
    runs = [claimed(each, 1) for each in rooms[:2]]
    with pytest.raises(TooManyRequests) as refusal:
        claim(rooms[2], 1)
    assert refusal.value.retry_after
    claimed(rooms[2], 1, by=BOB)
    finish_run(runs[0], state=State.DONE, now=LATER)
    claimed(rooms[0], 2)


@pytest.mark.parametrize("state", ["done", "stopped", "failed", "blocked"])
def test_the_next_one_is_answered_when_the_answer_ended_however_it_did(room: Room, state: str) -> None:
    finish_run(claimed(room, 1), state=State(state), now=LATER)

    assert claim(room, 2)


def test_a_claim_that_was_withdrawn_may_be_made_again(room: Room) -> None:
    withdraw_run(Run(claimed(room, 1), room.pk, ALICE, 1))

    assert claim(room, 1)


def test_a_room_that_is_gone_has_no_answers(room: Room) -> None:
    with pytest.raises(RoomNotFound):
        claim_run(Run(uuid4().hex, room.pk + 1, ALICE, 1), owner=OWNER, again=False, now=NOON)


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


# --- ends


def test_the_record_says_how_it_went_and_keeps_the_first_end(room: Room) -> None:
    run_id = claimed(room, 1)
    finish_run(run_id, state=State.DONE, now=LATER, answer=ANSWER, answer_seq=2, first_word_ms=120)
    finish_run(run_id, state=State.FAILED, now=LATER, error_code="E-A002")

    run = AssistantRun.objects.get()
    assert (run.state, run.error_code, run.answer_seq, run.finished_at) == ("done", "", 2, LATER)
    assert (run.model_asked, run.model_served, run.total_tokens) == ("gemini-x", "gemini-x-001", 42)
    assert run.first_word_ms == 120


def test_alice_and_moderators_may_stop_her_answer_and_nobody_else(room: Room) -> None:
    run_id = claimed(room, 1, by=ALICE)

    def stop(member_id: int, **who: Any) -> bool:
        return request_stop(caller=caller(member_id, **who), room_id=room.pk, run_id=run_id)

    with pytest.raises(NotAllowed):
        stop(BOB)
    with pytest.raises(NotInRoom):
        stop(CHARLIE)
    assert not AssistantRun.objects.get().stop_requested
    assert stop(ALICE)
    assert AssistantRun.objects.get().stop_requested
    assert stop(CHARLIE, role="ADMIN")
    give_role(room, BOB, "manager")
    assert stop(BOB)
    finish_run(run_id, state=State.STOPPED, now=LATER)
    assert not stop(ALICE)


def test_who_stops_anothers_answer_is_logged_once(room: Room) -> None:
    run_id = claimed(room, 1, by=ALICE)
    for _again in range(2):
        assert request_stop(caller=caller(CHARLIE, role="ADMIN"), room_id=room.pk, run_id=run_id)
    logged = AuditEntry.objects.values_list("act", "actor_id", "member_id", "seq")
    assert list(logged) == [("answer_stopped", CHARLIE, ALICE, 1)]


def test_a_run_is_found_in_its_own_room_only(room: Room) -> None:
    run_id = claimed(room, 1)
    other = make_group_room("개발")
    moderator = caller(CHARLIE, role="ADMIN")

    assert not request_stop(caller=moderator, room_id=other.pk, run_id=run_id)
    with pytest.raises(RoomNotFound):
        request_stop(caller=moderator, room_id=other.pk + 1, run_id=run_id)
    assert not AssistantRun.objects.get().stop_requested


# --- leases


def test_a_heartbeat_keeps_an_answer_and_learns_who_wants_it_stopped(room: Room) -> None:
    run_id, gone = claimed(room, 1), uuid4().hex

    leases = renew_leases(owner=OWNER, run_ids=[run_id, gone], now=LATER)
    assert (leases.held, leases.unwanted) == ({run_id}, set())
    assert AssistantRun.objects.get().lease_until == LATER + LEASE
    request_stop(caller=caller(ALICE), room_id=room.pk, run_id=run_id)
    assert renew_leases(owner=OWNER, run_ids=[run_id], now=LATER).unwanted == {run_id}
    assert renew_leases(owner=OTHER, run_ids=[run_id], now=LATER).held == set()
    finish_run(run_id, state=State.DONE, now=LATER)
    assert renew_leases(owner=OWNER, run_ids=[run_id], now=LATER).held == set()


def test_an_answer_whose_process_died_is_ended_once_and_the_room_goes_on(room: Room) -> None:
    run_id = claimed(room, 1)
    assert end_orphans(now=NOON + LEASE) == []

    [ended] = end_orphans(now=EXPIRED)
    assert (ended.run_id, ended.room_id, ended.asker_id, ended.state) == (run_id, room.pk, ALICE, "failed")
    assert end_orphans(now=EXPIRED) == []
    run = AssistantRun.objects.get()
    assert (run.state, run.error_code, run.answer_seq, run.finished_at) == ("failed", "E-A002", None, EXPIRED)
    assert claim(room, 2, now=EXPIRED)
    assert ends_of([run_id, uuid4().hex]) == {run_id: "failed"}


@pytest.mark.parametrize(("stopped", "state"), [(False, "done"), (True, "stopped")])
def test_an_answer_that_was_stored_before_its_process_died_was_given(
    room: Room, stopped: bool, state: str
) -> None:
    run_id = claimed(room, 1)
    if stopped:
        request_stop(caller=caller(ALICE), room_id=room.pk, run_id=run_id)
    store_messages([Draft(room.pk, None, "답", run_id, kind="assistant")], now=NOON)

    [ended] = end_orphans(now=EXPIRED)
    assert ended.state == state
    run = AssistantRun.objects.get()
    assert (run.state, run.error_code, run.answer_seq) == (state, "", 1)


def test_a_run_from_before_there_were_leases_is_ended_too(room: Room) -> None:
    claim(room, 1)
    AssistantRun.objects.update(lease_until=None)

    assert len(end_orphans(now=NOON)) == 1


def test_of_four_who_sweep_at_once_one_tells_the_room(room: Room) -> None:
    claim(room, 1)

    def sweep(_number: int) -> int:
        try:
            return len(end_orphans(now=EXPIRED))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(sweep, range(4))) == [0, 0, 0, 1]


def test_what_is_under_way_has_not_ended(room: Room) -> None:
    run_id = claimed(room, 1)

    assert ends_of([run_id]) == {run_id: None}
