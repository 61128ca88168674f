"""What whoever enters a room is told of the AI there, once and before its first use (AI 기본법, article 31)."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from assistant.models import RoomSettings
from assistant.preferences import RoomAssistantSettings, meets_ai
from assistant.providers.model_choice import chosen_model_name, has_model
from chatproject.tokens import Caller
from rooms.models import Participant
from rooms.selectors import require_participant
from rooms.services import mirror_member

GOOGLES = "generativelanguage.googleapis.com"


def whose() -> str:
    """Who runs the model, as members are told."""
    if settings.ASSISTANT_WHOSE:
        return str(settings.ASSISTANT_WHOSE)
    is_gemini = settings.ASSISTANT_PROVIDER == "gemini"
    host = urlsplit(settings.GEMINI_BASE_URL if is_gemini else settings.OPENAI_BASE_URL).hostname or ""
    return "Google" if host == GOOGLES else host


def entry_of(found: RoomAssistantSettings, *, room_id: int, caller: Caller) -> dict[str, Any]:
    """Whether the assistant is there for the caller, what they are to be told before that, and whether they were.

    `notice` is None where no AI has any part in the room.
    """
    place = Participant.objects.filter(room_id=room_id, member_id=caller.member_id).only("ai_told_at").first()
    is_theirs = meets_ai(member_id=caller.member_id, said=caller.under14)
    return {
        "mayAsk": is_theirs,
        "told": place is not None and place.ai_told_at is not None,
        "notice": _notice(found, is_theirs=is_theirs),
    }


def _notice(found: RoomAssistantSettings, *, is_theirs: bool) -> dict[str, str] | None:
    if not has_model() or found.is_stopped or found.mode == RoomSettings.Mode.OFF:
        return None
    whose_it_is, model = whose(), chosen_model_name()
    names = {"name": found.name, "whose": whose_it_is, "model": model}
    there = _("There is an AI in this room: %(name)s (%(whose)s, %(model)s). What it writes is marked.") % names
    reads = (
        _(
            "Whenever somebody calls it, or has it draft or sum up, it reads the newest messages here, with the "
            "names of who wrote them. In your settings you can keep yours from it."
        )
        if is_theirs
        else _("It reads nothing of what you say.")
    )
    return {"text": f"{there} {reads}", "whose": whose_it_is, "model": model}


def note_told(*, caller: Caller, room_id: int, now: datetime) -> None:
    """The caller was told, in this room. Raises MemberNotFound, RoomNotFound, NotInRoom."""
    member = mirror_member(caller=caller)
    place = require_participant(room_id=room_id, member_id=member.member_id)
    Participant.objects.filter(pk=place.pk, ai_told_at=None).update(ai_told_at=now)
