"""Deleting whole rooms. As `services`: nobody is told here."""

from django.dispatch import Signal

from chatproject.outgoing.recording import Event, record
from chatproject.transactions import in_one_transaction
from rooms.locks import lock_room
from rooms.models import Room

DELETED_AT_ONCE = 1_000  # messages
# sent with `message_ids`, in the transaction in which they are deleted: what a legal hold covers is copied first
messages_go = Signal()
messages_went = Signal()  # likewise, behind their deletion: for locks that are to be taken after those of messages

room_goes = Signal()  # `room`: in the transaction, before anything of it is deleted


@in_one_transaction
def delete_room(*, room_id: int) -> None:
    """Delete any room with everything in it; those in it are out when the next sweep finds it gone."""
    room = lock_room(room_id)
    there = room.participants.order_by("participant_id").values_list("member_id", flat=True)
    record(*(Event("left", room_id, member_id=member_id, details={"removed": True}) for member_id in there))
    delete_with_all(room)


def delete_with_all(room: Room) -> None:
    """Some messages at a time: Django would hold all of them, for the sake of what goes with each."""
    room_goes.send(sender=Room, room=room)
    while message_ids := list(room.messages.values_list("pk", flat=True)[:DELETED_AT_ONCE]):
        messages_go.send(Room, message_ids=message_ids)
        room.messages.filter(pk__in=message_ids).delete()
        messages_went.send(Room, message_ids=message_ids)
    room.delete()
