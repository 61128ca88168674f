"""A call of the model for one member's eyes, within the budgets. Nothing is stored but the use."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from channels.db import database_sync_to_async

from assistant.accounts.budgets import Reservation, reserve, settle
from assistant.prompting.prompts import Prompt
from assistant.providers.language_model import LanguageModel
from assistant.providers.provider import Answer, CallRecord, Show
from assistant.room.runs import MODEL_DEADLINE_S
from chatproject.errors import ChatError, ModelRefused, StoreUnavailable

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Reader(Protocol):
    """Runs a synchronous function that uses the database, on a thread that may."""

    async def __call__(self, function: Callable[..., T], /, **kwargs: Any) -> T: ...


async def read_on_any_thread(function: Callable[..., T], /, **kwargs: Any) -> T:
    """The Reader where there is no chat server: any thread but the one that all synchronous views share."""
    result: T = await database_sync_to_async(function, thread_sensitive=False)(**kwargs)
    return result


async def call_privately(
    prompt: Prompt, *, member_id: int, room_id: int, read: Reader, model: LanguageModel, show: Show | None = None
) -> Answer:
    """The model's whole answer, within MODEL_DEADLINE_S; `show` gets each piece of it as it comes.

    Raises AssistantBudgetSpent and what `LanguageModel.generate` raises. A call without an answer gives its tokens
    back and stays a call; one that the model refused or began to answer keeps those of the prompt, which was read,
    and one that is cancelled keeps all of them, because it may have been.
    """
    model.require_ready()
    reservation = await read(
        reserve,
        member_id=member_id,
        room_id=room_id,
        tokens=prompt.tokens_at_most,
        now=datetime.now(UTC),
    )
    record = CallRecord()
    try:
        if show is None:
            answer = await model.generate(prompt, deadline_s=MODEL_DEADLINE_S, asker_id=member_id, record=record)
        else:
            answer = await model.stream(
                prompt, deadline_s=MODEL_DEADLINE_S, show=show, asker_id=member_id, record=record
            )
    except ChatError as error:
        was_read = record.was_read or isinstance(error, ModelRefused)
        await _settle(reservation, prompt.tokens_to_read if was_read else 0, read)
        raise
    await _settle(reservation, answer.total_tokens, read)
    return answer


async def _settle(reservation: Reservation, tokens: int | None, read: Reader) -> None:
    if tokens is None:  # the provider did not say
        return
    try:
        await read(settle, reservation=reservation, tokens=tokens)
    except StoreUnavailable:  # then the reservation counts; the answer is worth more than the difference
        logger.warning("what a call used was not written down")
