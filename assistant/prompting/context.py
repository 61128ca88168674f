"""What the assistant may read for one task, as a prompt: this room only, and only what may be read there.

Whoever asks has to be in the room at that moment. Left out are deleted and hidden messages and notices, what came
after the message that is to be answered, what members wrote who keep their words out of prompts (see
`preferences`) or are gone, and the answers to any of that, which may repeat it. One exception: the message by
which such a member calls the assistant is read, for this one answer. What was edited is read as it is now.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from assistant.deletions import deleted_among
from assistant.preferences import (
    RoomAssistantSettings,
    require_assistant,
    require_meets_ai,
    unreadable_members,
)
from assistant.prompting.prompts import Prompt, Tone, answer_prompt, draft_prompt, summary_prompt
from assistant.prompting.transcripts import Scene
from assistant.stepping_back import require_no_concern
from chatproject.errors import InvalidInput
from chatproject.tokens import Caller
from messaging.store.selectors import recent_messages, senders_of
from messaging.wire.content import check_message
from messaging.wire.protocol import MessageObject
from rooms.models import Member
from rooms.selectors import require_member, require_participant
from rooms.services import mirror_member

CONTEXT_MESSAGES = 50  # how far back a prompt may look; the token budget usually ends it earlier
SUMMARY_MESSAGES = 300


@dataclass(frozen=True, slots=True, repr=False)
class Context:
    """A prompt, and how many of the messages that it could have held were withheld by those who wrote them."""

    prompt: Prompt
    withheld: int

    @property
    def read_seqs(self) -> list[list[int]]:
        """The messages in the prompt as ranges [first, last], oldest first."""
        ranges: list[list[int]] = []
        for seq in self.prompt.seqs:
            if ranges and seq == ranges[-1][1] + 1:
                ranges[-1][1] = seq
            else:
                ranges.append([seq, seq])
        return ranges


@dataclass(frozen=True, slots=True, repr=False)
class Unread:
    """What a member has not read yet. `context` is None where nothing of it can be told; `truncated`: of a long
    backlog it holds the newest only."""

    context: Context | None
    withheld: int
    truncated: bool


def read_answer_context(*, room_id: int, asker_id: int, trigger_seq: int) -> Context:
    """For the assistant's answer in the room to message `trigger_seq`.

    Raises RoomNotFound, NotInRoom, AssistantUnavailable where answers are off, and InvalidInput where there is
    nothing to answer: the message is deleted or hidden, or its author withholds it and is not who asks.
    """
    require_participant(room_id=room_id, member_id=asker_id)
    assistant = require_assistant(room_id=room_id, to="answer")
    messages = _standing(room_id=room_id, limit=CONTEXT_MESSAGES, up_to=trigger_seq)
    readable = _readable(messages, asked=(trigger_seq, asker_id))
    if not readable or readable[-1].seq != trigger_seq:
        raise InvalidInput(_("There is no message that the assistant could answer."))
    prompt = answer_prompt(readable, scene=_scene(assistant))
    return Context(prompt, len(messages) - len(readable))


def read_rehearsal_context(*, room_id: int, asker_id: int, question: str) -> Context:
    """For the answer that the member's `question` would get if it were said now. Raises as `read_answer_context`,
    and what `check_message` raises."""
    check_message(question)
    room = require_participant(room_id=room_id, member_id=asker_id).room
    require_meets_ai(member_id=asker_id)
    asked = _unsaid(question, room_id=room_id, seq=room.last_seq + 1, sender=require_member(member_id=asker_id))
    assistant = require_assistant(room_id=room_id, to="answer")
    messages = _standing(room_id=room_id, limit=CONTEXT_MESSAGES - 1)
    readable = _readable(messages)
    prompt = answer_prompt([*readable, asked], scene=_scene(assistant))
    return Context(replace(prompt, seqs=prompt.seqs[:-1]), len(messages) - len(readable))


def read_draft_context(*, caller: Caller, room_id: int, tone: Tone | None = None, count: int = 1) -> Context:
    """For `count` drafts of the caller's next message. Raises MemberNotFound, RoomNotFound, NotInRoom,
    AssistantNotForMember, AssistantUnavailable, SteppedBack."""
    member = mirror_member(caller=caller)
    require_participant(room_id=room_id, member_id=member.member_id)
    require_meets_ai(member_id=member.member_id, said=caller.under14)
    assistant = require_assistant(room_id=room_id, to="draft")
    require_no_concern(room_id=room_id, member_id=member.member_id, now=datetime.now(UTC))
    messages = _standing(room_id=room_id, limit=CONTEXT_MESSAGES)
    readable = _readable(messages)
    prompt = draft_prompt(
        readable,
        member_id=member.member_id,
        nickname=member.nickname,
        scene=_scene(assistant),
        tone=tone,
        count=count,
    )
    return Context(prompt, len(messages) - len(readable))


def read_unread(*, caller: Caller, room_id: int) -> Unread:
    """For a summary of what the caller has not read. Raises as `read_draft_context`. Moves no read mark."""
    member = mirror_member(caller=caller)
    place = require_participant(room_id=room_id, member_id=member.member_id)
    require_meets_ai(member_id=member.member_id, said=caller.under14)
    assistant = require_assistant(room_id=room_id, to="draft")
    require_no_concern(room_id=room_id, member_id=member.member_id, now=datetime.now(UTC))
    unread = _standing(room_id=room_id, limit=SUMMARY_MESSAGES + 1, after=place.read_seq)
    messages = [message for message in unread if message.kind != "notice"][-SUMMARY_MESSAGES:]
    readable = _readable(messages)
    withheld = len(messages) - len(readable)
    prompt = summary_prompt(readable, scene=_scene(assistant))
    if prompt is None:
        return Unread(None, withheld, truncated=False)
    truncated = len(unread) > SUMMARY_MESSAGES or len(prompt.seqs) < len(readable)
    return Unread(Context(prompt, withheld), withheld, truncated)


def _standing(*, room_id: int, limit: int, after: int = 0, up_to: int | None = None) -> list[MessageObject]:
    """As `recent_messages`, without the answers to what is deleted or hidden."""
    messages = recent_messages(room_id=room_id, limit=limit, after=after, up_to=up_to)
    deleted = deleted_among(room_id=room_id, seqs=_answered(messages) - {message.seq for message in messages})
    return [message for message in messages if message.kind != "assistant" or message.reply_to not in deleted]


def _answered(messages: Sequence[MessageObject]) -> set[int]:
    return {message.reply_to for message in messages if message.kind == "assistant" and message.reply_to}


def _unsaid(text: str, *, room_id: int, seq: int, sender: Member) -> MessageObject:
    """A member's message as if it had been said."""
    return MessageObject(
        room_id=room_id,
        seq=seq,
        version=0,
        kind="member",
        sender_id=sender.member_id,
        nick_name=sender.nickname,
        message=text,
        created_at="",
        client_id=None,
        reply_to=None,
        edited_at=None,
        deleted_at=None,
    )


def _scene(assistant: RoomAssistantSettings) -> Scene:
    return Scene(assistant.room_name, assistant.name, assistant.persona)


def _readable(messages: Sequence[MessageObject], *, asked: tuple[int, int] | None = None) -> list[MessageObject]:
    """Those of a room's messages that may be read. `asked`: seq and author of the message that asks for it."""
    senders = {message.seq: message.sender_id for message in messages}
    if messages and (elsewhere := _answered(messages) - senders.keys()):
        senders |= senders_of(room_id=messages[0].room_id, seqs=elsewhere)
    unreadable = unreadable_members({sender_id for sender_id in senders.values() if sender_id is not None})

    def is_readable(sender_id: int | None) -> bool:
        return sender_id is not None and sender_id not in unreadable  # None: gone, and with them what they decided

    def may_be_read(message: MessageObject) -> bool:
        if message.kind == "assistant":
            return message.reply_to is None or is_readable(senders.get(message.reply_to))
        if message.kind == "member":
            return is_readable(message.sender_id) or (message.seq, message.sender_id) == asked
        return True

    return [message for message in messages if may_be_read(message)]
