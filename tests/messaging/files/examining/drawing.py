"""Pictures that the tests draw: none lies in the repository."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import Image, ImageCms

WIDTH, HEIGHT = 64, 48
RED, BLUE = (220, 20, 20), (20, 20, 220)

pillow_heif.register_heif_opener()


def drawn(mode: str = "RGB", *, width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Red above, blue below."""
    picture = Image.new("RGB", (width, height), BLUE)
    picture.paste(RED, (0, 0, width, height // 2))
    return picture.convert(mode)


def saved(picture: Image.Image, path: Path, kind: str, **words: Any) -> Path:
    picture.save(path, kind, **words)
    return path


def seen(path: Path) -> Image.Image:
    """Whatever lies there, as a page would show it."""
    with Image.open(path) as picture:
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def colour(picture: Image.Image, x: int = 5, y: int = 5) -> tuple[int, ...]:
    found = picture.convert("RGBA").getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def is_like(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(found, wanted, strict=False))


def png_of_claims(width: int, height: int) -> bytes:
    """A PNG whose head says so, with a few rows."""
    rows = zlib.compress(bytes(4 * (1 + 3 * width)))
    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack("!I", len(content)) + name + content + struct.pack("!I", zlib.crc32(name + content))


def moving_webp(frames: int) -> bytes:
    """Of one frame of two by two, so many times: no encoder is asked for each."""
    still = BytesIO()
    drawn(width=2, height=2).save(still, "WEBP", lossless=True)
    picture = still.getvalue()[12:]  # one chunk
    side = (2 - 1).to_bytes(3, "little")
    frame = _riff(b"ANMF", bytes(6) + side + side + (40).to_bytes(3, "little") + bytes(1) + picture)
    body = _riff(b"VP8X", b"\x02\0\0\0" + side + side) + _riff(b"ANIM", bytes(6)) + frame * frames
    return _riff(b"RIFF", b"WEBP" + body)


def _riff(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def swapping_profile() -> bytes:
    """Of colours in which what is red is green: sRGB with two of its tags exchanged, and another name."""
    raw = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = raw.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ", 1)
    return swapped.replace("sRGB".encode("utf-16-be"), "Mine".encode("utf-16-be"))
