"""When the assistant leaves it to people to talk with somebody: what it says then, and that it offers nothing.

No model is asked about any of it.
"""

import re
from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid5

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assistant.preferences import require_assistant
from chatproject.errors import ModelRefused
from chatproject.transactions import in_one_transaction
from messaging.models import Message
from messaging.moderation.concerns import raise_from_assistant, standing_back
from messaging.moderation.help_lines import assistant_text
from rooms.models import Room
from rooms.moderation.audit import ASSISTANT, Deed, record

_ONE_SAYING = UUID("6f0c9a2e-5a52-4b7c-9a0d-3f1d2f6f9b11")
_HANGUL = re.compile("[ㄱ-ㅣ가-힣]")


class SteppedBack(ModelRefused):
    """With the sentence that was reviewed. `says`: what the room is to hear of it, None where it did before;
    `client_id` makes that once, whoever else says it."""

    def __init__(self, sentence: str, *, says: str | None = None, client_id: str = "") -> None:
        super().__init__(sentence or None)
        self.says, self.client_id = says, client_id


def require_no_concern(*, room_id: int, member_id: int, now: datetime) -> None:
    """Raises SteppedBack where nothing that a model made up is to be offered to this member there."""
    if standing_back(room_id=room_id, member_ids=[member_id], now=now) is not None:
        raise SteppedBack(_reviewed(is_korean=(get_language() or "ko").startswith("ko")))


def require_no_concern_about(*, room_id: int, seq: int, asker_id: int, now: datetime) -> None:
    """The same for an answer in the room to message `seq`, with what is said there in its place. Raises
    AssistantUnavailable where the assistant says nothing there at all."""
    asked = Message.objects.filter(room_id=room_id, seq=seq).only("sender_id", "contents").first()
    concern = standing_back(room_id=room_id, member_ids=_members(asked, asker_id), now=now)
    if concern is None:
        return
    require_assistant(room_id=room_id, to="answer")
    sentence = _reviewed(is_korean=asked is None or _HANGUL.search(asked.contents) is not None)
    client_id = uuid5(_ONE_SAYING, str(concern.pk)).hex
    was_said = Message.objects.filter(room_id=room_id, sender=None, client_id=client_id).exists()
    if not was_said:
        _log(room_id=room_id, seq=seq, asker_id=asker_id, now=now)
    raise SteppedBack(sentence, says=None if was_said else sentence, client_id=client_id)


@in_one_transaction
def _log(*, room_id: int, seq: int, asker_id: int, now: datetime) -> None:
    if Room.objects.select_for_update().filter(pk=room_id).exists():
        record(Deed(room_id=room_id, act="step_back", by=ASSISTANT, at=now, member_id=asker_id, seq=seq))


@in_one_transaction
def leave_to_people(*, room_id: int, seq: int, asker_id: int, now: datetime) -> None:
    """A model would not answer for safety reasons: in a counselling room people are to look why."""
    if Room.objects.select_for_update().filter(pk=room_id, is_counselling=True).exists():
        raise_from_assistant(room_id=room_id, member_id=asker_id, seq=seq, now=now)


def _members(asked: Message | None, asker_id: int) -> Collection[int]:
    return {asker_id} if asked is None or asked.sender_id is None else {asker_id, asked.sender_id}


def _reviewed(*, is_korean: bool) -> str:
    return assistant_text(is_korean=is_korean) or _("The assistant leaves this to people.")
