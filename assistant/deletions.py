"""Which of the messages that something rests on are deleted or hidden by now."""

from collections.abc import Collection

from messaging.models import Message


def deleted_among(*, room_id: int, seqs: Collection[int]) -> set[int]:
    """Those of these messages of the room that nobody can look up now; asks nothing where there are none."""
    gone = Message.objects.filter(room_id=room_id, seq__in=seqs).exclude(deleted_at=None, hidden_at=None)
    return set(gone.values_list("seq", flat=True))
