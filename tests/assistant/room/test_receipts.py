"""Everybody in the room may see what went into an answer there, and nobody else."""

from datetime import UTC, datetime, timedelta

import pytest

from assistant.models import AssistantRun
from assistant.room.receipts import receipt
from chatproject.errors import InvalidInput, NotInRoom, PathNotFound, RoomNotFound
from messaging.models import Message
from rooms.models import Member, Room
from tests.assistant.conftest import say
from tests.factories import ALICE, BOB, CHARLIE, caller, make_group_room

RUN_ID = "5e7e7a1c6f0e4a559a1c5d1f6f6f0a01"
NOW = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def run(room: Room) -> AssistantRun:
    return AssistantRun.objects.create(
        run_id=RUN_ID,
        room=room,
        asker_id=ALICE,
        trigger_seq=9,
        attempt=2,
        state=AssistantRun.State.DONE,
        model_asked="gemini-x",
        model_served="gemini-x-001",
        read_seqs=[[1, 3], [7, 9]],
        withheld=2,
        prompt_tokens=120,
        output_tokens=30,
        total_tokens=150,
        retries=1,
        first_word_ms=420,
        answer_seq=10,
        owner="f" * 32,
        created_at=NOW,
        finished_at=NOW + timedelta(seconds=2.5),
    )


@pytest.mark.parametrize("run_id", [RUN_ID, RUN_ID.upper(), "5e7e7a1c-6f0e-4a55-9a1c-5d1f6f6f0a01"])
def test_bob_sees_what_went_into_the_answer_that_alice_asked_for(run: AssistantRun, run_id: str) -> None:
    assert receipt(caller=caller(BOB), room_id=run.room_id, run_id=run_id) == {
        "runId": "5e7e7a1c-6f0e-4a55-9a1c-5d1f6f6f0a01",
        "roomId": run.room_id,
        "state": "done",
        "errorCode": None,
        "askedBy": ALICE,
        "triggerSeq": 9,
        "attempt": 2,
        "answerSeq": 10,
        "readSeqs": [[1, 3], [7, 9]],
        "deletedSeqs": [],
        "withheld": 2,
        "modelAsked": "gemini-x",
        "modelServed": "gemini-x-001",
        "promptTokens": 120,
        "outputTokens": 30,
        "totalTokens": 150,
        "retries": 1,
        "createdAt": "2026-11-22T09:00:00.123456Z",
        "finishedAt": "2026-11-22T09:00:02.623456Z",
        "firstWordMs": 420,
        "tookMs": 2500,
    }


def test_an_answer_that_rested_on_what_was_deleted_since_says_so(run: AssistantRun) -> None:
    """And on nothing else: 5 was never read, 10 is the answer itself."""
    for _number in range(10):
        say(run.room, BOB, "지울 말")
    Message.objects.filter(seq__in=(2, 5, 10)).update(deleted_at=NOW)
    Message.objects.filter(seq=9).update(hidden_at=NOW)
    found = receipt(caller=caller(BOB), room_id=run.room_id, run_id=RUN_ID)

    assert (found["readSeqs"], found["deletedSeqs"]) == ([[1, 3], [7, 9]], [2, 9])
    assert "지울 말" not in str(found)


def test_an_answer_under_way_has_a_receipt_too(room: Room) -> None:
    AssistantRun.objects.create(run_id=RUN_ID, room=room, asker_id=ALICE, trigger_seq=1, created_at=NOW)
    found = receipt(caller=caller(ALICE), room_id=room.room_id, run_id=RUN_ID)

    assert (found["state"], found["finishedAt"], found["tookMs"]) == ("queued", None, None)
    assert (found["readSeqs"], found["modelAsked"], found["totalTokens"]) == ([], None, None)


def test_charlie_sees_no_receipt_of_a_room_he_is_not_in(run: AssistantRun) -> None:
    with pytest.raises(NotInRoom):
        receipt(caller=caller(CHARLIE), room_id=run.room_id, run_id=RUN_ID)


def test_a_receipt_is_found_in_its_own_room_only(run: AssistantRun) -> None:
    kitchen = make_group_room("Kitchen", Member.objects.get(pk=ALICE))

    with pytest.raises(PathNotFound):
        receipt(caller=caller(ALICE), room_id=kitchen.room_id, run_id=RUN_ID)
    with pytest.raises(PathNotFound):
        receipt(caller=caller(ALICE), room_id=run.room_id, run_id="0" * 32)
    with pytest.raises(RoomNotFound):
        receipt(caller=caller(ALICE), room_id=999_999, run_id=RUN_ID)


@pytest.mark.parametrize("run_id", ["", "1", "x" * 32, "0" * 31, f"{RUN_ID}0", f"{{{RUN_ID}}}"])
def test_what_is_no_run_id_is_refused(run: AssistantRun, run_id: str) -> None:
    with pytest.raises(InvalidInput):
        receipt(caller=caller(ALICE), room_id=run.room_id, run_id=run_id)
