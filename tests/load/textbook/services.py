"""One message, one transaction, by the ORM."""

from django.db import transaction

from tests.load.textbook.models import Message, Participant, Room


@transaction.atomic
def store_message(*, room_id: int, member_id: int, contents: str) -> Message:
    """What our store does for a message: check the membership, number it under the room's lock, mark it read."""
    room = Room.objects.select_for_update().get(pk=room_id)
    participant = Participant.objects.get(room_id=room_id, member_id=member_id)
    room.last_seq += 1
    room.save(update_fields=["last_seq"])
    participant.read_seq = room.last_seq
    participant.save(update_fields=["read_seq"])
    return Message.objects.create(room=room, sender_id=member_id, seq=room.last_seq, contents=contents)


def insert_message(*, room_id: int, member_id: int, contents: str) -> Message:
    """The least that a tutorial does: no membership, no order."""
    return Message.objects.create(room_id=room_id, sender_id=member_id, seq=None, contents=contents)
