"""A member's own reactions where too many reacted to be named: put into what is read for that member alone."""

from collections.abc import Iterable, Sequence

import msgspec

from messaging.models import Reaction as ReactionRow
from messaging.wire.marks import Reaction
from messaging.wire.protocol import MessageObject

Reacted = tuple[int, int, str]  # room, seq, key


def with_own_reactions(messages: Sequence[MessageObject], *, member_id: int) -> list[MessageObject]:
    """The same, with the member behind those who are named wherever the member reacted too.

    Asks nothing where everybody is named, as at nearly all messages.
    """
    unsure = {
        (message.room_id, message.seq, reaction.key)
        for message in messages
        for reaction in message.reactions
        if _may_hide(reaction, member_id)
    }
    if not unsure:
        return list(messages)
    own = unsure & _reacted(unsure, member_id=member_id)
    changed = {(room_id, seq) for room_id, seq, _key in own}
    return [
        _with_own(message, own, member_id) if (message.room_id, message.seq) in changed else message
        for message in messages
    ]


def _may_hide(reaction: Reaction, member_id: int) -> bool:
    return reaction.count > len(reaction.member_ids) and member_id not in reaction.member_ids


def _reacted(unsure: Iterable[Reacted], *, member_id: int) -> set[Reacted]:
    """Some of the member's reactions: those of these, and what has their rooms, numbers and keys in other ways."""
    room_ids, seqs, keys = map(set, zip(*unsure, strict=True))
    found = ReactionRow.objects.filter(
        member_id=member_id, key__in=keys, message__room_id__in=room_ids, message__seq__in=seqs
    )
    return set(found.values_list("message__room_id", "message__seq", "key"))


def _with_own(message: MessageObject, own: set[Reacted], member_id: int) -> MessageObject:
    reactions = tuple(
        msgspec.structs.replace(reaction, member_ids=(*reaction.member_ids, member_id))
        if (message.room_id, message.seq, reaction.key) in own
        else reaction
        for reaction in message.reactions
    )
    return msgspec.structs.replace(message, reactions=reactions)
