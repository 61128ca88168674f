"""A member's own reactions where too many reacted to be named: put into what is read for that member alone."""

from collections.abc import Collection, Iterable, Sequence

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
    own: dict[tuple[int, int], set[str]] = {}
    for room_id, seq, key in unsure & _reacted(unsure, member_id=member_id):
        own.setdefault((room_id, seq), set()).add(key)
    return [
        with_own(message, own[message.room_id, message.seq], member_id=member_id)
        if (message.room_id, message.seq) in own
        else message
        for message in messages
    ]


def hides_somebody(message: MessageObject) -> bool:
    """Whether a member's own reaction may be hidden behind those who are named."""
    return any(reaction.count > len(reaction.member_ids) for reaction in message.reactions)


def keys_of(member_ids: Collection[int], *, message_ids: Collection[int]) -> dict[tuple[int, int], set[str]]:
    """With what these members reacted to these messages, by member and message. One query for all."""
    found: dict[tuple[int, int], set[str]] = {}
    rows = ReactionRow.objects.filter(message_id__in=message_ids, member_id__in=member_ids)
    for member_id, message_id, key in rows.values_list("member_id", "message_id", "key"):
        found.setdefault((member_id, message_id), set()).add(key)
    return found


def with_own(message: MessageObject, keys: Collection[str], *, member_id: int) -> MessageObject:
    """The same, with the member behind those who are named wherever the member reacted too: with `keys`."""
    reactions = tuple(
        msgspec.structs.replace(reaction, member_ids=(*reaction.member_ids, member_id))
        if reaction.key in keys and _may_hide(reaction, member_id)
        else reaction
        for reaction in message.reactions
    )
    return msgspec.structs.replace(message, reactions=reactions)


def _may_hide(reaction: Reaction, member_id: int) -> bool:
    return reaction.count > len(reaction.member_ids) and member_id not in reaction.member_ids


def _reacted(unsure: Iterable[Reacted], *, member_id: int) -> set[Reacted]:
    """Some of the member's reactions: those of these, and what has their rooms, numbers and keys in other ways."""
    room_ids, seqs, keys = map(set, zip(*unsure, strict=True))
    found = ReactionRow.objects.filter(
        member_id=member_id, key__in=keys, message__room_id__in=room_ids, message__seq__in=seqs
    )
    return set(found.values_list("message__room_id", "message__seq", "key"))
