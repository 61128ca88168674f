"""Opens a picture, within bounds that are looked at before a pixel is decoded, and has it made anew."""

import mmap
import re
import warnings
from pathlib import Path

from PIL import Image, ImageFile

from messaging.files.examining.animations import durations_of, write_animation
from messaging.files.examining.stills import decode, write_smaller, write_whole
from messaging.files.examining.verdict import WHOLE, Refused, Verdict

PIXELS_MAX = 40_000_000
SIDE_MAX_PX = 65_535  # a JPEG's own; lines of one pixel would take more memory than their pixels
SMALLER_PX = (320, 1280)
SCANS_MAX = 100  # of a JPEG, each over all pixels, however few its bytes; cameras and editors write 1 to 12
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # of ITU-T T.81, but restarts; FF in the data is escaped
_FIRST_OF_A_LENGTH, _END, _SCAN = 0xC0, 0xD9, 0xDA
DECODERS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/heic": "HEIF",
}


def remake_picture(path: Path, *, kind: str, folder: Path) -> Verdict:
    """Write the picture with nothing but its pixels, and smaller ones that stand still. Raises Refused."""
    moves = kind in ("image/webp", "image/gif") and _remake_animation(path, kind, folder)
    with _opened(path, kind) as picture:
        still = decode(picture)
    del picture  # with what its decoder holds
    if moves:
        media_type = "image/webp"
    else:
        media_type = write_whole(still, kind=kind, came_bytes=path.stat().st_size, path=folder / WHOLE)
    write_smaller(still.image, SMALLER_PX, folder=folder)
    width, height = still.image.size
    return Verdict(media_type=media_type, width=width, height=height)


def make_preview(path: Path, *, kind: str, longest_px: int, folder: Path) -> Verdict:
    """Write one WebP, of the first frame where it moves. Raises Refused."""
    with _opened(path, kind) as picture:
        picture.draft(None, (2 * longest_px, 2 * longest_px))  # a JPEG need not be decoded whole
        still = decode(picture)
    [(width, height)] = write_smaller(still.image, (longest_px,), folder=folder)
    return Verdict(media_type="image/webp", width=width, height=height)


def _remake_animation(path: Path, kind: str, folder: Path) -> bool:
    """Whether it is one. What it took of memory is free again then."""
    with _opened(path, kind) as picture:
        if not (durations := durations_of(picture)):
            return False
        write_animation(picture, durations, path=folder / WHOLE)
    return True


def _opened(path: Path, kind: str) -> ImageFile.ImageFile:
    """Not decoded yet. No decoder but the one of this kind runs. Raises Refused."""
    # Pillow refuses what has more than twice this, and before a decoder asks for memory
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX // 2
    if kind == "image/heic":
        _register_heif()
    if kind == "image/jpeg" and _scans_of(path) > SCANS_MAX:
        raise Refused("damaged")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(path, formats=[DECODERS[kind]])
    except Image.DecompressionBombError as error:
        raise Refused("pixels") from error
    except MemoryError:
        raise
    except Exception as error:  # decoders raise anything
        raise Refused("damaged") from error
    width, height = picture.size
    if width * height > PIXELS_MAX or max(width, height) > SIDE_MAX_PX:
        picture.close()
        raise Refused("pixels")
    return picture


def _scans_of(path: Path) -> int:
    """How often a decoder would go through all of a JPEG; beyond SCANS_MAX it is not counted any further."""
    scans, at = 0, 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        while scans <= SCANS_MAX and (found := _MARKER.search(raw, at)) is not None:
            at, marker = found.end(), raw[found.end() - 1]
            if marker == _END:
                break
            scans += marker == _SCAN
            if marker >= _FIRST_OF_A_LENGTH and marker != 0xD8:  # the second is the file's begin
                at += int.from_bytes(raw[at : at + 2], "big")
    return scans


def _register_heif() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False, aux_images=False)
