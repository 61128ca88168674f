"""What has to hold before an answer begins, in one visit to the database: mode, claim, context, budget."""

from dataclasses import dataclass, field
from datetime import datetime

from assistant.accounts.budgets import Reservation, reserve
from assistant.models import AssistantRun, RoomSettings
from assistant.preferences import require_meets_ai, room_assistant
from assistant.prompting.context import read_answer_context
from assistant.prompting.prompts import Prompt
from assistant.room.runs import Run, claim_run, withdraw_run
from assistant.room.triggers import calls_assistant
from assistant.stepping_back import require_no_concern_about
from chatproject.errors import AssistantUnavailable, ChatError
from messaging.wire.protocol import MessageObject


@dataclass(frozen=True, slots=True)
class Claim:
    """An answer that is this process's to give, what it is made from, and what it may cost."""

    run: Run
    prompt: Prompt = field(repr=False)
    reservation: Reservation


def claim_answer(
    run: Run, *, owner: str, again: bool, now: datetime, obstacle: ChatError | None = None
) -> Claim | None:
    """For whoever asks by a frame. None where the message was claimed before, and `again` is not wanted.

    Raises SteppedBack where people are to talk with whoever asks, for which no model is needed;
    AssistantNotForMember; `obstacle`;
    TooManyRequests while another answer is under way in the room, AssistantBudgetSpent, and what
    `read_answer_context` raises; then nothing is claimed.
    """
    _leave_it_to_people(run, now)
    require_meets_ai(member_id=run.asker_id)
    if obstacle is not None:
        raise obstacle
    if not claim_run(run, owner=owner, again=again, now=now):
        return None
    try:
        return _prepare(run, now)
    except Exception:
        withdraw_run(run)
        raise


def claim_if_called(
    run: Run, message: MessageObject, *, obstacle: ChatError | None, owner: str, now: datetime
) -> Claim | None:
    """For a message that may call. None also where it does not, or the room wants no answers. Raises as above."""
    room = room_assistant(room_id=run.room_id)
    if room.mode != RoomSettings.Mode.ON_CALL or not calls_assistant(message, name=room.name):
        return None
    if room.is_stopped:
        raise AssistantUnavailable
    return claim_answer(run, obstacle=obstacle, owner=owner, again=False, now=now)


def _leave_it_to_people(run: Run, now: datetime) -> None:
    require_no_concern_about(room_id=run.room_id, seq=run.trigger_seq, asker_id=run.asker_id, now=now)


def _prepare(run: Run, now: datetime) -> Claim:
    context = read_answer_context(room_id=run.room_id, asker_id=run.asker_id, trigger_seq=run.trigger_seq)
    tokens = context.prompt.tokens_at_most
    reservation = reserve(member_id=run.asker_id, room_id=run.room_id, tokens=tokens, now=now)
    AssistantRun.objects.filter(run_id=run.run_id).update(
        read_seqs=context.read_seqs, withheld=context.withheld, tokens_reserved=tokens
    )
    return Claim(run, context.prompt, reservation)
