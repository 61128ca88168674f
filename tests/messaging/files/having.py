"""Files in rooms, for tests that do not care how they came there."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from messaging.file_models import File
from rooms.models import Room

NOW = datetime(2026, 11, 22, 9, 0, 30, tzinfo=UTC)


def have_file(room: Room | int, uploader_id: int | None, *, seq: int | None = None, **fields: Any) -> File:
    """A picture that is ready; without a seq it was not sent yet."""
    usual: dict[str, Any] = {
        "name": "노을.jpg",
        "media_type": "image/jpeg",
        "size": 1_000,
        "kept_size": 1_500,
        "width": 640,
        "height": 480,
        "state": File.State.READY,
        "key": uuid4().hex,
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=365 if seq else 1),
    }
    room_id = room if isinstance(room, int) else room.pk
    return File.objects.create(room_id=room_id, uploader_id=uploader_id, seq=seq, **usual | fields)
