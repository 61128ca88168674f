"""Rows of files in tests, as uploads and checks leave them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from messaging.file_models import File
from rooms.models import Room
from tests.factories import ALICE

ANNOUNCED = datetime(2026, 11, 22, 8, 59, tzinfo=UTC)
A_DAY = timedelta(days=1)


def make_file(room: Room, *, uploader_id: int | None = ALICE, state: str = "ready", **fields: Any) -> File:
    """A picture by Alice that nobody has sent yet, unless `fields` say otherwise."""
    usual: dict[str, Any] = {
        "name": "고양이.jpg",
        "media_type": "image/jpeg",
        "size": 204_800,
        "width": 1280,
        "height": 960,
        "key": uuid4().hex,
        "created_at": ANNOUNCED,
        "expires_at": ANNOUNCED + A_DAY,
    }
    return File.objects.create(room_id=room.pk, uploader_id=uploader_id, state=state, **{**usual, **fields})
