"""Pictures for screenshots, drawn here: in the demo's store as if members had sent them and they were checked."""

from datetime import datetime, timedelta
from io import BytesIO
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from messaging.file_models import File
from messaging.files.storage.naming import PICTURE_SIZES, kept_name

SKIES = [((226, 142, 102), (250, 214, 165)), ((92, 122, 176), (214, 224, 236)), ((70, 60, 110), (226, 150, 130))]
HILLS = [((0.0, 0.42, 0.62), (62, 92, 74)), ((0.3, 0.58, 1.0), (44, 70, 58))]


def landscape(number: int, width: int, height: int) -> Image.Image:
    picture = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(picture)
    above, below = SKIES[number % len(SKIES)]
    for row in range(height):
        share = row / height
        colour = tuple(round(a + (b - a) * share) for a, b in zip(above, below, strict=True))
        draw.line([(0, row), (width, row)], fill=colour)
    radius, (x, y) = width * 0.06, (width * (0.3 + 0.2 * number), height * 0.3)
    draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=(255, 240, 205))
    for (left, top, right), colour in HILLS:
        draw.polygon(
            [(left * width, height), (width * (left + right) / 2, height * top), (right * width, height)], colour
        )
    draw.rectangle([0, height * 0.92, width, height], fill=(34, 54, 46))
    return picture


def keep_picture(picture: Image.Image, *, name: str, alt: str, room_id: int, member_id: int, now: datetime) -> int:
    """A file that can be sent; returns its number."""
    file = _file(name, "image/webp", room_id=room_id, member_id=member_id, now=now)
    file.width, file.height, file.alt = *picture.size, alt
    for size in ("", *PICTURE_SIZES):
        smaller = picture.copy()
        if size:
            smaller.thumbnail((int(size), int(size)))
        into = BytesIO()
        smaller.save(into, "WEBP")
        default_storage.save(kept_name(file.key, size), ContentFile(into.getvalue()))
    file.save()
    return file.pk


def keep_log(text: str, *, name: str, room_id: int, member_id: int, now: datetime) -> int:
    file = _file(name, "text/plain", room_id=room_id, member_id=member_id, now=now)
    file.size = len(text.encode())
    default_storage.save(kept_name(file.key), ContentFile(text.encode()))
    file.save()
    return file.pk


def _file(name: str, media_type: str, *, room_id: int, member_id: int, now: datetime) -> File:
    return File(
        room_id=room_id,
        uploader_id=member_id,
        name=name,
        media_type=media_type,
        size=2_400_000,
        state=File.State.READY,
        key=uuid4().hex,
        created_at=now,
        expires_at=now + timedelta(days=365),
    )
