"""The record of the assistant's answers in rooms: who may give one, and how it ended. No model here."""

from datetime import datetime, timedelta

from django.db import transaction

from assistant.models import AssistantRun
from assistant.provider import Answer
from chatproject.errors import ModelFailed, RoomNotFound, TooManyRequests
from rooms.models import Room

MODEL_DEADLINE_S = 30.0  # for everything upstream: longer, and people have gone on talking
# Reading the context and storing the answer come on top; a run that is older belongs to a process that died.
RUN_LIFETIME = timedelta(seconds=MODEL_DEADLINE_S + 15)
RETRY_WHILE_ANSWERING_S = 3.0  # an answer takes some seconds


@transaction.atomic
def claim_run(*, run_id: str, room_id: int, asker_id: int, trigger_seq: int, now: datetime) -> bool:
    """True: the answer to this message is the caller's to give. False: somebody claimed it before.

    Raises RoomNotFound, and TooManyRequests while another answer is under way in the room. A run that outlived its
    lifetime is ended here: its process died.
    """
    # under the room's lock, so that two asks at once cannot both find nothing under way
    if Room.objects.select_for_update().filter(room_id=room_id).first() is None:
        raise RoomNotFound
    runs = AssistantRun.objects.filter(room_id=room_id)
    if runs.filter(trigger_seq=trigger_seq).exists():
        return False
    under_way = runs.filter(state__in=AssistantRun.UNDER_WAY)
    if under_way.filter(created_at__gt=now - RUN_LIFETIME).exists():
        raise TooManyRequests(retry_after=RETRY_WHILE_ANSWERING_S)
    under_way.update(state=AssistantRun.State.FAILED, error_code=ModelFailed.code, finished_at=now)
    AssistantRun.objects.create(
        run_id=run_id,
        room_id=room_id,
        asker_id=asker_id,
        trigger_seq=trigger_seq,
        state=AssistantRun.State.RUNNING,
        created_at=now,
    )
    return True


def finish_run(
    *,
    run_id: str,
    state: AssistantRun.State,
    now: datetime,
    answer: Answer | None = None,
    answer_seq: int | None = None,
    error_code: str = "",
) -> None:
    """Write down how the run ended. A run that has ended keeps its first end."""
    AssistantRun.objects.filter(run_id=run_id, state__in=AssistantRun.UNDER_WAY).update(
        state=state,
        model_asked=answer.model_asked if answer else "",
        model_served=answer.model_served if answer else "",
        total_tokens=answer.total_tokens if answer else None,
        answer_seq=answer_seq,
        error_code=error_code,
        finished_at=now,
    )
