"""Files of which their messages say something else yet: see FilesAct."""

from messaging.file_models import File

MESSAGES_AT_ONCE = 200


def untold_messages() -> frozenset[tuple[int, int]]:
    """By room and seq; the MESSAGES_AT_ONCE of the oldest files."""
    rows = File.objects.filter(is_untold=True, seq__isnull=False).order_by("pk")
    return frozenset(
        (room_id, seq) for room_id, seq in rows.values_list("room_id", "seq")[:MESSAGES_AT_ONCE] if seq is not None
    )


def mark_told(*, room_id: int, seq: int) -> None:
    """There is no such message that could say it."""
    File.objects.filter(room_id=room_id, seq=seq).update(is_untold=False)
