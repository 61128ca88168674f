"""The record of the assistant's answers in rooms: who may give one, for how long, and how it ended. No model here.

An answer belongs to the process that claimed it, for as long as that process renews its lease. One whose lease
ran out is ended by any other process; the clocks of all processes have to agree within some seconds.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from assistant.models import AssistantRun, RoomSettings, Switch
from assistant.providers.provider import Answer
from chatproject.errors import ModelFailed, NotAllowed, RoomNotFound, TooManyRequests
from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from messaging.models import Message
from messaging.moderation.concerns import lasting_concerns
from rooms.members.ages import kept_from_ai
from rooms.models import Room
from rooms.moderation import rights
from rooms.moderation.audit import Actor, Deed, record
from rooms.moderation.ranks import standing
from rooms.selectors import require_visible_room

MODEL_DEADLINE_S = 30.0  # for everything upstream: longer, and people have gone on talking
LEASE = timedelta(seconds=12)  # three heartbeats may be late or lost before others call the process dead
ANSWERS_OF_A_MEMBER = 2  # under way at once, in all rooms and over all processes
RETRY_WHILE_ANSWERING_S = 3.0  # an answer takes some seconds
ORPHANS_AT_ONCE = 100

State = AssistantRun.State


@dataclass(frozen=True, slots=True)
class Run:
    """One answer. `run_id` is 32 hexadecimal digits, and the client id of the message that the answer becomes."""

    run_id: str
    room_id: int
    asker_id: int
    trigger_seq: int


@dataclass(frozen=True, slots=True)
class Leases:
    """Which of a process's answers are still its own, and which of those are not to go on."""

    held: set[str]
    unwanted: set[str]


@dataclass(frozen=True, slots=True)
class Ended:
    """An answer that was ended in the record, and how."""

    run_id: str
    room_id: int
    asker_id: int | None  # None: that member is gone
    state: str


@in_one_transaction
def claim_run(run: Run, *, owner: str, again: bool, now: datetime) -> bool:
    """True: the answer to this message is the caller's to give. False: somebody claimed it before.

    `again` claims another one after those that were given. Raises RoomNotFound, and TooManyRequests while another
    answer is under way in the room, or as many as a member may have for the asker elsewhere.
    """
    # under the room's lock, so that two asks at once cannot both find nothing under way
    if Room.objects.select_for_update().filter(room_id=run.room_id).first() is None:
        raise RoomNotFound
    runs = AssistantRun.objects.filter(room_id=run.room_id)
    last_attempt = runs.filter(trigger_seq=run.trigger_seq).aggregate(last=Max("attempt"))["last"]
    if last_attempt and not again:
        return False
    under_way = AssistantRun.objects.filter(state__in=AssistantRun.UNDER_WAY)
    if under_way.filter(room_id=run.room_id).exists():
        raise TooManyRequests(retry_after=RETRY_WHILE_ANSWERING_S)
    # two at once may both be the last one allowed, in two rooms: it is a share, and nothing that must not be
    if under_way.filter(asker_id=run.asker_id).count() >= ANSWERS_OF_A_MEMBER:
        raise TooManyRequests(retry_after=RETRY_WHILE_ANSWERING_S)
    AssistantRun.objects.create(
        run_id=run.run_id,
        room_id=run.room_id,
        asker_id=run.asker_id,
        trigger_seq=run.trigger_seq,
        attempt=(last_attempt or 0) + 1,
        state=State.RUNNING,
        owner=owner,
        lease_until=now + LEASE,
        created_at=now,
    )
    return True


def withdraw_run(run: Run) -> None:
    """Give the claim back: the answer was never begun, and may be claimed again."""
    AssistantRun.objects.filter(run_id=run.run_id).delete()


def renew_leases(*, owner: str, run_ids: Collection[str], now: datetime) -> Leases:
    """Keep these answers for another LEASE, those that are still the owner's.

    Unwanted are also those whose question was deleted or hidden meanwhile, those of members whom people look after
    now, or whom the assistant may not serve any more, and those in rooms where the assistant was switched off.
    """
    mine = AssistantRun.objects.filter(run_id__in=run_ids, owner=owner, state__in=AssistantRun.UNDER_WAY)
    mine.update(lease_until=now + LEASE)
    askers = dict(mine.values_list("run_id", "asker_id"))
    held = set(askers)
    if Switch.objects.filter(is_stopped=True).exists():
        return Leases(held, unwanted=held)
    chosen = RoomSettings.objects.filter(room=OuterRef("room"))
    is_switched_off = Exists(chosen.filter(Q(is_stopped=True) | ~Q(mode=RoomSettings.Mode.ON_CALL)))
    question = Message.objects.filter(room=OuterRef("room"), seq=OuterRef("trigger_seq"))
    is_taken_back = Exists(question.exclude(deleted_at=None, hidden_at=None))
    lasting = lasting_concerns(now=now).filter(room_id=OuterRef("room_id"), member_id=OuterRef("asker_id"))
    young = kept_from_ai({asker_id for asker_id in askers.values() if asker_id is not None})
    is_somebodys = Q(Exists(lasting)) | Q(asker_id__in=young)
    unwanted = mine.filter(Q(stop_requested=True) | is_switched_off | is_taken_back | is_somebodys)
    return Leases(held, set(unwanted.values_list("run_id", flat=True)))


def request_stop(*, caller: Caller, room_id: int, run_id: str) -> bool:
    """Write down that the answer is to be stopped. Returns whether it is under way.

    Raises RoomNotFound, NotInRoom, and NotAllowed where the caller neither asked for it nor manages the room.
    """
    room, _place = require_visible_room(room_id=room_id, member_id=caller.member_id)
    rank = standing(room=room, caller=caller).rank
    run = AssistantRun.objects.filter(run_id=run_id, room_id=room_id, state__in=AssistantRun.UNDER_WAY).first()
    if run is None:
        return False
    may_stop = rights.may(rights.Act.STOP_ANSWER, rank, is_group_chat=room.is_group_chat)
    if not may_stop and run.asker_id != caller.member_id:
        raise NotAllowed
    return _write_stop(run, Actor.member(caller.member_id))


@in_one_transaction
def _write_stop(run: AssistantRun, by: Actor) -> bool:
    """Of who stops another's answer the log tells too, once."""
    Room.objects.select_for_update().filter(pk=run.room_id).first()
    under_way = AssistantRun.objects.filter(run_id=run.run_id, state__in=AssistantRun.UNDER_WAY)
    if by.actor_id != run.asker_id and under_way.filter(stop_requested=False).exists():
        now = timezone.now()
        record(
            Deed(
                room_id=run.room_id,
                act="answer_stopped",
                by=by,
                at=now,
                member_id=run.asker_id,
                seq=run.trigger_seq,
            )
        )
    return under_way.update(stop_requested=True) == 1


def finish_run(
    run_id: str,
    *,
    state: AssistantRun.State,
    now: datetime,
    answer: Answer | None = None,
    answer_seq: int | None = None,
    first_word_ms: int | None = None,
    error_code: str = "",
) -> None:
    """Write down how the run ended. A run that has ended keeps its first end."""
    AssistantRun.objects.filter(run_id=run_id, state__in=AssistantRun.UNDER_WAY).update(
        state=state,
        model_asked=answer.model_asked if answer else "",
        model_served=answer.model_served if answer else "",
        prompt_tokens=answer.prompt_tokens if answer else None,
        output_tokens=answer.output_tokens if answer else None,
        total_tokens=answer.total_tokens if answer else None,
        retries=answer.retries if answer else 0,
        answer_seq=answer_seq,
        first_word_ms=first_word_ms,
        error_code=error_code,
        finished_at=now,
    )


def end_orphans(*, held: Collection[str] = (), now: datetime) -> list[Ended]:
    """End the answers whose process stopped renewing their lease; those that this call ended, for telling.

    `held` are the runs that the caller's process is giving: they have one, whatever their lease says.
    One whose message was stored before its process died was given; any other failed, and nothing is stored of it.
    """
    # a row without a lease was claimed before there were leases
    is_orphan = Q(state__in=AssistantRun.UNDER_WAY) & (Q(lease_until__lt=now) | Q(lease_until=None))
    orphans = (
        AssistantRun.objects.filter(is_orphan)
        .exclude(run_id__in=held)
        .only("run_id", "room_id", "asker_id", "stop_requested")
    )
    return [ended for orphan in orphans[:ORPHANS_AT_ONCE] if (ended := _end_orphan(orphan, is_orphan, now))]


def _end_orphan(orphan: AssistantRun, is_orphan: Q, now: datetime) -> Ended | None:
    """None where its process came back, or another one ended it."""
    of_assistant = Message.objects.filter(room_id=orphan.room_id, kind=Message.Kind.ASSISTANT)
    said = of_assistant.filter(sender=None, client_id=orphan.run_id)
    answer_seq = said.values_list("seq", flat=True).first()
    state = State.FAILED
    if answer_seq is not None:
        state = State.STOPPED if orphan.stop_requested else State.DONE
    ended = AssistantRun.objects.filter(is_orphan, run_id=orphan.run_id).update(
        state=state,
        error_code=ModelFailed.code if state == State.FAILED else "",
        answer_seq=answer_seq,
        finished_at=now,
    )
    return Ended(orphan.run_id, orphan.room_id, orphan.asker_id, state) if ended else None


def ends_of(run_ids: Collection[str]) -> dict[str, str | None]:
    """How these answers ended; None for one that is under way. Those without a record are left out."""
    states = AssistantRun.objects.filter(run_id__in=run_ids).values_list("run_id", "state")
    return {run_id: None if state in AssistantRun.UNDER_WAY else state for run_id, state in states}
