"""What a room and a member decided about the assistant, and the switches. Reads, writes and their checks.

The name that a room gives its assistant stands on the room itself, because it stands at messages.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from assistant.models import Consent, RoomSettings, Switch
from assistant.names import clean_name
from chatproject.errors import AssistantNotForMember, AssistantUnavailable, InvalidInput, RoomNotFound
from chatproject.text import is_encodable
from chatproject.tokens import Caller
from chatproject.transactions import in_one_transaction
from rooms.members.ages import kept_from_ai
from rooms.models import Room
from rooms.moderation import rights
from rooms.moderation.audit import Actor, Deed, record
from rooms.moderation.ranks import require_right, standing
from rooms.moderation.rights import Act
from rooms.selectors import assistant_names, private_room_names, require_visible_room
from rooms.services import mirror_member

PERSONA_MAX_CHARACTERS = 500

Mode = RoomSettings.Mode


@dataclass(frozen=True, slots=True)
class RoomAssistantSettings:
    """How the assistant is in a room. `name` is never empty; `is_stopped`: a switch of the admin's is off."""

    room_name: str
    mode: str
    name: str
    persona: str
    is_stopped: bool


# --- rooms -------------------------------------------------------------------------------------


def room_assistant(*, room_id: int) -> RoomAssistantSettings:
    """Raises RoomNotFound. The caller has checked who asks."""
    room = Room.objects.filter(room_id=room_id).select_related("assistant_settings").first()
    if room is None:
        raise RoomNotFound
    chosen = getattr(room, "assistant_settings", None) or RoomSettings()
    return RoomAssistantSettings(
        room_name=room.name or private_room_names(room_ids=[room_id])[room_id],
        mode=chosen.mode,
        name=room.assistant_name or settings.ASSISTANT_NAME,
        persona=chosen.persona,
        is_stopped=chosen.is_stopped or Switch.objects.filter(is_stopped=True).exists(),
    )


def meets_ai(*, member_id: int, said: bool | None = None) -> bool:
    """Whether the assistant may be there for the member: not for who is under 14, also by their token alone
    (`said`), nor for who may be where ages have to be known."""
    return not said and not kept_from_ai([member_id])


def require_meets_ai(*, member_id: int, said: bool | None = None) -> None:
    """Raises AssistantNotForMember."""
    if not meets_ai(member_id=member_id, said=said):
        raise AssistantNotForMember


def require_assistant(*, room_id: int, to: Literal["answer", "draft"]) -> RoomAssistantSettings:
    """The room's settings, where the assistant may do that there (`draft`: summaries too).

    Raises RoomNotFound, and AssistantUnavailable where the room's mode or a switch forbids it.
    """
    found = room_assistant(room_id=room_id)
    allowed = {Mode.ON_CALL} if to == "answer" else {Mode.ON_CALL, Mode.DRAFTS}
    if found.is_stopped or found.mode not in allowed:
        raise AssistantUnavailable
    return found


def show_room_assistant(*, caller: Caller, room_id: int) -> tuple[RoomAssistantSettings, bool]:
    """The settings as a member of the room sees them, and whether the caller may change them.

    Raises MemberNotFound, RoomNotFound, NotInRoom.
    """
    member = mirror_member(caller=caller)
    room, _place = require_visible_room(room_id=room_id, member_id=member.member_id)
    rank = standing(room=room, caller=caller).rank
    may_set = rights.may(Act.SET_ASSISTANT, rank, is_group_chat=room.is_group_chat)
    return room_assistant(room_id=room_id), may_set


def set_room_assistant(
    *, caller: Caller, room_id: int, mode: str, name: str, persona: str
) -> RoomAssistantSettings:
    """Set all three at once; an empty `name` is the usual one.

    In a group room for its owner. Who may not meet the assistant may choose its mode, and take words away: what
    they wrote would be read by a model. Raises MemberNotFound, RoomNotFound, NotInRoom, ManagersOnly, RankTooLow,
    InvalidInput, AssistantNotForMember.
    """
    member = mirror_member(caller=caller)
    room, _place = require_visible_room(room_id=room_id, member_id=member.member_id)
    require_right(Act.SET_ASSISTANT, room=room, by=caller)
    if mode not in Mode.values:
        raise InvalidInput(_("mode must be one of %(modes)s.") % {"modes": ", ".join(Mode.values)})
    present = assistant_names(room_ids=[room_id]).get(room_id, "")
    deed = Deed(
        room_id=room_id,
        act="assistant",
        by=Actor.member(caller.member_id),
        at=timezone.now(),
        details={"mode": mode},
    )
    chosen, known = (clean_name(name, present=present), clean_persona(persona)), room_assistant(room_id=room_id)
    if any(words not in ("", kept) for words, kept in zip(chosen, (present, known.persona), strict=True)):
        require_meets_ai(member_id=member.member_id, said=caller.under14)
    _store_settings(deed, mode, *chosen)
    return room_assistant(room_id=room_id)


@in_one_transaction
def _store_settings(deed: Deed, mode: str, name: str, persona: str) -> None:
    room_id = deed.room_id
    if not Room.objects.filter(room_id=room_id).update(assistant_name=name):
        raise RoomNotFound  # deleted meanwhile; from here on the update's lock keeps it
    RoomSettings.objects.update_or_create(room_id=room_id, defaults={"mode": mode, "persona": persona})
    record(deed)


def clean_persona(persona: str) -> str:
    """`persona` trimmed. Raises InvalidInput."""
    persona = persona.strip()
    if len(persona) > PERSONA_MAX_CHARACTERS or "\0" in persona or not is_encodable(persona):
        raise InvalidInput(_("The persona is a text of at most 500 characters."))
    return persona


# --- members -----------------------------------------------------------------------------------


def is_readable(*, caller: Caller) -> bool:
    """Whether the assistant may read what the caller says. Raises MemberNotFound."""
    member = mirror_member(caller=caller)
    return not caller.under14 and not unreadable_members([member.member_id])


def set_readable(*, caller: Caller, readable: bool) -> None:
    """Raises MemberNotFound. Holds for every prompt that is made from now on, whatever was said before."""
    member = mirror_member(caller=caller)
    Consent.objects.update_or_create(member=member, defaults={"readable": readable})


def unreadable_members(member_ids: Collection[int]) -> set[int]:
    """Those of these members who keep what they say out of prompts, or are too young for any of it to be there."""
    withheld = Consent.objects.filter(member_id__in=member_ids, readable=False)
    return set(withheld.values_list("member_id", flat=True)) | kept_from_ai(member_ids)
