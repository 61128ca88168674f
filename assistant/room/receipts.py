"""What went into an answer, for everybody in its room: what was read, what was withheld, by whom it was given.

It names messages by their numbers and holds no word of them, so nothing of what is deleted afterwards.
"""

from typing import Any

from django.utils.translation import gettext as _

from assistant.deletions import deleted_among
from assistant.models import AssistantRun
from chatproject.errors import PathNotFound
from chatproject.tokens import Caller
from messaging.wire.content import check_uuid, client_id_from_hex, client_id_to_hex
from messaging.wire.times import wire_time
from rooms.selectors import require_participant
from rooms.services import mirror_member


def receipt(*, caller: Caller, room_id: int, run_id: str) -> dict[str, Any]:
    """The receipt of a run in that room. `run_id` is a UUID, with hyphens or without: an answer's client id.

    Raises InvalidInput, MemberNotFound, RoomNotFound, NotInRoom, PathNotFound where the room has no such run.
    """
    check_uuid(run_id)
    member = mirror_member(caller=caller)
    require_participant(room_id=room_id, member_id=member.member_id)
    run = AssistantRun.objects.filter(room_id=room_id, run_id=client_id_to_hex(run_id)).first()
    if run is None:
        raise PathNotFound(_("There is no such answer in this room."))
    took = None if run.finished_at is None else round((run.finished_at - run.created_at).total_seconds() * 1000)
    return {
        "runId": client_id_from_hex(run.run_id),
        "roomId": room_id,
        "state": run.state,
        "errorCode": run.error_code or None,
        "askedBy": run.asker_id,
        "triggerSeq": run.trigger_seq,
        "attempt": run.attempt,
        "answerSeq": run.answer_seq,
        "readSeqs": run.read_seqs,
        "deletedSeqs": _deleted_since(run),
        "withheld": run.withheld,
        "modelAsked": run.model_asked or None,
        "modelServed": run.model_served or None,
        "promptTokens": run.prompt_tokens,
        "outputTokens": run.output_tokens,
        "totalTokens": run.total_tokens,
        "retries": run.retries,
        "createdAt": wire_time(run.created_at),
        "finishedAt": None if run.finished_at is None else wire_time(run.finished_at),
        "firstWordMs": run.first_word_ms,
        "tookMs": took,
    }


def _deleted_since(run: AssistantRun) -> list[int]:
    """Those that were read and are deleted or hidden now: the answer rests on what nobody can look up any more."""
    read = [seq for first, last in run.read_seqs for seq in range(first, last + 1)]
    return sorted(deleted_among(room_id=run.room_id, seqs=read))
