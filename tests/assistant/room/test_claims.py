"""What has to hold before an answer begins; what is refused leaves nothing behind."""

from typing import Any
from uuid import uuid4

import pytest

from assistant.accounts.budgets import allowances
from assistant.models import AssistantRun, Budget, RoomSettings, Switch, Usage
from assistant.room.claims import Claim, claim_answer, claim_if_called
from assistant.room.runs import Run, finish_run, renew_leases
from chatproject.errors import (
    AssistantBudgetSpent,
    AssistantNotForMember,
    AssistantUnavailable,
    InvalidInput,
    TooManyRequests,
)
from messaging.models import Message
from rooms.models import MemberAge, Room
from tests.assistant.conftest import NOON, said, say
from tests.factories import ALICE, BOB

OWNER = "a" * 32


def ask(room: Room, trigger_seq: int, *, by: int = ALICE, again: bool = False) -> Claim | None:
    return claim_answer(Run(uuid4().hex, room.pk, by, trigger_seq), owner=OWNER, again=again, now=NOON)


def hear(room: Room, text: str, **other: Any) -> Claim | None:
    """Alice says this, and it is looked at."""
    seq = say(room, ALICE, text)
    message = said(seq, "Alice", text, room_id=room.pk, **other)
    return claim_if_called(Run(uuid4().hex, room.pk, ALICE, seq), message, obstacle=None, owner=OWNER, now=NOON)


def end_all() -> None:
    for run in AssistantRun.objects.all():
        finish_run(run.run_id, state=AssistantRun.State.DONE, now=NOON)


def test_alice_is_answered_from_what_was_said(room: Room) -> None:
    claim = ask(room, say(room, ALICE, "점심 뭐 먹지?"))

    assert claim is not None
    assert "점심 뭐 먹지?" in claim.prompt.transcript
    assert "점심 뭐 먹지?" not in repr(claim)
    run = AssistantRun.objects.get()
    assert run.tokens_reserved == claim.reservation.tokens > claim.prompt.max_tokens
    assert {usage.tokens for usage in Usage.objects.all()} == {run.tokens_reserved}


@pytest.mark.parametrize("mode", ["off", "drafts"])
def test_where_the_room_wants_no_answers_asking_is_refused_and_a_mention_is_just_text(
    room: Room, mode: str
) -> None:
    RoomSettings.objects.create(room=room, mode=mode)

    with pytest.raises(AssistantUnavailable):
        ask(room, say(room, ALICE, "도와줘"))
    assert hear(room, "@도우미 도와줘") is None
    assert not AssistantRun.objects.exists()
    assert not Usage.objects.exclude(calls=0).exists()


def test_where_it_is_switched_off_who_calls_is_told_and_others_are_not(room: Room) -> None:
    Switch.objects.update_or_create(pk=1, defaults={"is_stopped": True})

    with pytest.raises(AssistantUnavailable):
        ask(room, say(room, ALICE, "도와줘"))
    with pytest.raises(AssistantUnavailable):
        hear(room, "@도우미 도와줘")
    assert hear(room, "@Bob 안녕") is None
    assert not AssistantRun.objects.exists()


def test_a_mention_by_the_name_of_the_room_calls(room: Room) -> None:
    Room.objects.filter(pk=room.pk).update(assistant_name="상담사")

    assert hear(room, "@도우미 안녕") is None
    claim = hear(room, "@상담사님 안녕하세요")
    assert claim is not None
    assert claim.run.asker_id == ALICE


def test_a_message_that_calls_is_answered_once_however_often_it_is_looked_at(room: Room) -> None:
    assert hear(room, "@도우미 안녕") is not None
    message = said(1, "Alice", "@도우미 안녕", room_id=room.pk)
    again = claim_if_called(Run(uuid4().hex, room.pk, ALICE, 1), message, obstacle=None, owner=OWNER, now=NOON)
    assert again is None
    end_all()
    assert ask(room, 1) is None
    assert ask(room, 1, again=True) is not None


def test_a_busy_room_refuses_the_next_call(room: Room) -> None:
    assert hear(room, "@도우미 안녕") is not None
    with pytest.raises(TooManyRequests):
        hear(room, "@도우미 나도")


def test_what_the_budget_refuses_may_be_asked_again_later(room: Room) -> None:
    Budget.objects.update_or_create(
        scope="member",
        defaults=dict(allowances()["member"]._replace(calls_per_minute=1)._asdict()),  # type: ignore[index]
    )
    assert hear(room, "@도우미 하나") is not None
    end_all()

    with pytest.raises(AssistantBudgetSpent) as caught:
        hear(room, "@도우미 둘")
    assert caught.value.retry_after
    assert not AssistantRun.objects.filter(trigger_seq=2).exists()
    Budget.objects.update(calls_per_minute=0)
    assert ask(room, 2) is not None


def test_a_message_that_was_deleted_is_not_answered(room: Room) -> None:
    trigger_seq = say(room, BOB, "지울 말")
    Message.objects.update(deleted_at=NOON)

    with pytest.raises(InvalidInput):
        ask(room, trigger_seq)
    assert not AssistantRun.objects.exists()


def test_who_is_under_14_is_not_answered_and_nothing_they_say_is_read(room: Room) -> None:
    MemberAge.objects.create(member_id=ALICE, is_under14=True, said_at=NOON)
    for again in (False, True):
        with pytest.raises(AssistantNotForMember):
            ask(room, say(room, ALICE, "도와줘"), again=again)
    with pytest.raises(AssistantNotForMember):
        hear(room, "@도우미 도와줘")
    with pytest.raises(InvalidInput):  # a moderator's wish makes no difference
        ask(room, say(room, ALICE, "도와줘"), by=BOB)
    assert not AssistantRun.objects.exists()
    claim = ask(room, say(room, BOB, "나는 열다섯"), by=BOB)
    assert claim is not None
    assert "나는 열다섯" in claim.prompt.transcript
    assert "도와줘" not in claim.prompt.transcript
    MemberAge.objects.create(member_id=BOB, is_under14=True, said_at=NOON)  # while it is being answered
    leases = renew_leases(owner=OWNER, run_ids=[claim.run.run_id], now=NOON)
    assert leases.unwanted == leases.held == {claim.run.run_id}


def test_an_answer_ends_where_ages_are_needed_and_nobody_says_that_of_its_asker_any_more(
    room: Room, settings: Any
) -> None:
    settings.ASSISTANT_NEEDS_AGE = True
    age = MemberAge.objects.create(member_id=BOB, is_under14=False, said_at=NOON)
    claim = ask(room, say(room, BOB, "나는 열다섯"), by=BOB)
    assert claim is not None
    assert renew_leases(owner=OWNER, run_ids=[claim.run.run_id], now=NOON).unwanted == set()
    age.delete()
    assert renew_leases(owner=OWNER, run_ids=[claim.run.run_id], now=NOON).unwanted == {claim.run.run_id}
