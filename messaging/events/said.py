"""What events say of messages: as each is when it is sent, so that nothing leaves that was deleted meanwhile."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import reduce
from operator import or_

import msgspec
from django.db.models import Q

from chatproject.outgoing.composing import Row
from messaging.models import Message
from messaging.store.objects import message_objects
from messaging.wire.content import client_id_to_hex
from messaging.wire.protocol import MessageObject

Address = tuple[int, int]  # room, seq
ModelsOf = Callable[[Collection[str]], Mapping[str, str]]  # which model wrote an answer, by its client id

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


def read_models(messages: Iterable[MessageObject], models_of: ModelsOf) -> Mapping[str, str]:
    """Which model wrote which of these; asks only where the assistant said one of them."""
    answers = {one.client_id for one in messages if one.kind == "assistant" and one.client_id is not None}
    if not answers:
        return {}
    known = models_of([client_id_to_hex(client_id) for client_id in answers])
    return {one: model for one in answers if (model := known.get(client_id_to_hex(one)))}


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


def message_data(
    address: Address, message: MessageObject | None, *, with_text: bool, models: Mapping[str, str]
) -> bytes:
    """The message as it is now. Of the assistant's it says so, and which model wrote it where that is known."""
    if message is None:  # with its room
        return encode({"roomId": address[0], "seq": address[1], "gone": True})
    if not with_text:
        message = without_texts(message)
    if message.kind != "assistant":
        return encode(message)
    model = None if message.client_id is None else models.get(message.client_id)
    return encode({**msgspec.to_builtins(message), "ai": {"generated": True, "model": model}})
