"""What every event's body says, around what its kind says. The format: docs/events.md. Pure."""

from datetime import UTC

from chatproject.outgoing.composing import Row


def envelope(row: Row, *, prev_id: int | None, data: bytes) -> bytes:
    """`data` is JSON."""
    moment = row.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    room, prev = ("null" if number is None else str(number) for number in (row.room_id, prev_id))
    what = f'"type":"{row.kind}","timestamp":"{moment}","number":{row.event_id}'
    return f'{{{what},"roomId":{room},"prevRoomEvent":{prev},"data":'.encode() + data + b"}"
