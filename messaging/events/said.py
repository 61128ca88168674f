"""What events say of messages: as each is when it is sent, so that nothing leaves that was deleted meanwhile."""

import json
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

import msgspec
from django.db.models import Q

from chatproject.outgoing.composing import Row
from messaging.models import Message
from messaging.store.objects import message_objects
from messaging.wire.ai_words import BY_ASSISTANT
from messaging.wire.protocol import MessageObject

Address = tuple[int, int]  # room, seq

encode = msgspec.json.Encoder().encode


def read_messages(addresses: Iterable[Address]) -> dict[Address, MessageObject]:
    """Those of these that there are, as everybody sees them. One query for all."""
    seqs: dict[int, set[int]] = {}
    for room_id, seq in addresses:
        seqs.setdefault(room_id, set()).add(seq)
    if not seqs:
        return {}
    wanted = reduce(or_, (Q(room_id=room_id, seq__in=sorted(found)) for room_id, found in seqs.items()))
    return {(one.room_id, one.seq): one for one in message_objects(Message.objects.filter(wanted))}


def without_texts(message: MessageObject) -> MessageObject:
    """The message without a word of a member's, or of a page that it links to."""
    files = tuple(msgspec.structs.replace(one, name="", alt="") for one in message.attachments)
    return msgspec.structs.replace(message, message="", attachments=files, preview=None)


def file_data(row: Row, message: MessageObject | None, *, with_text: bool) -> bytes:
    """The file as it is now, of a message that stands; where to get it is asked for over REST."""
    file_id = json.loads(row.details or "{}")["fileId"]
    if message is not None and not with_text:
        message = without_texts(message)
    found = next((one for one in message.attachments if one.file_id == file_id), None) if message else None
    if message is None or found is None:
        return encode({"roomId": row.room_id, "seq": row.seq, "fileId": file_id, "gone": True})
    numbers = {"roomId": row.room_id, "seq": row.seq, "version": message.version, "senderId": message.sender_id}
    return encode({**numbers, "file": found})


def message_data(address: Address, message: MessageObject | None, *, with_text: bool) -> bytes:
    """The message as it is now. Of the assistant's it says so, and which model wrote it where that is known."""
    if message is None:  # with its room
        return encode({"roomId": address[0], "seq": address[1], "gone": True})
    if not with_text:
        message = without_texts(message)
    labels = ai_labels(message)
    return encode({**msgspec.to_builtins(message), **labels} if labels else message)


def ai_labels(message: MessageObject) -> dict[str, Any]:
    """What the law asks to be shown of what an AI wrote; nothing of anything else."""
    if message.kind != BY_ASSISTANT:
        return {}
    return {"ai": {"generated": True, "model": message.model or None}}
