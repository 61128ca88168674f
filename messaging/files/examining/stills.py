"""A picture that stands still: decoded, upright, in sRGB, and written without anything but its pixels."""

from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageCms, ImageFile, JpegImagePlugin

from messaging.files.examining.verdict import Refused

JPEG_QUALITY = 88
WEBP_QUALITY = 88
SMALLER_QUALITY = 80
WEBP_EFFORT = 2  # of 6; 4 takes twice as long for a hundredth of the bytes
SMALLER_EFFORT = 4
PNG_TO_WEBP_BYTES = 8 * 1024 * 1024  # above, a PNG is no screenshot but a photograph
WEBP_SIDE_MAX_PX = 16_383
REDUCING_GAP = 2.0  # by whole pixels first, down to twice the size wanted
ORIENTATION = 0x0112  # of EXIF
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# ITU-T T.81, table K.1, which encoders scale by their quality
LUMINANCE_SUM = 3688
COLOUR_SPACES = {"RGB": "RGB ", "RGBA": "RGB ", "CMYK": "CMYK", "L": "GRAY"}  # of modes, as ICC writes them


class Still(NamedTuple):
    """Upright pixels without words, and how coarse they were as a JPEG."""

    image: Image.Image
    jpeg_quality: int = JPEG_QUALITY
    jpeg_sampling: int = -1  # of colours, as Pillow counts; -1: as its quality has it


def decode(picture: ImageFile.ImageFile) -> Still:
    """All of it. Raises Refused where it is damaged."""
    try:
        picture.load()
    except MemoryError:
        raise
    except Exception as error:  # decoders raise anything
        raise Refused("damaged") from error
    turn = None
    with suppress(Exception):  # damaged words beside pixels that are not
        turn = UPRIGHT.get(picture.getexif().get(ORIENTATION, 1))
    profile = picture.info.get("icc_profile")
    coarse = _coarseness(picture)
    # a WebP's decoder holds the pixels thrice more: a copy lets it go before anything is written
    image = _plain(picture.copy() if picture.format == "WEBP" else picture, profile)
    return Still(image.transpose(turn) if turn is not None else image, *coarse)


def write_whole(still: Still, *, kind: str, came_bytes: int, path: Path) -> str:
    """Write it as what it came as, or as what every browser shows. Returns its media type."""
    image = still.image
    is_photograph = kind == "image/png" and came_bytes > PNG_TO_WEBP_BYTES and max(image.size) <= WEBP_SIDE_MAX_PX
    if kind in ("image/jpeg", "image/heic"):
        image = _opaque(image)
        image.save(path, "JPEG", quality=still.jpeg_quality, subsampling=still.jpeg_sampling)
        return "image/jpeg"
    if kind == "image/webp" or is_photograph:
        image.save(path, "WEBP", quality=WEBP_QUALITY, method=WEBP_EFFORT)
        return "image/webp"
    image.save(path, "PNG")
    return "image/png"


def write_smaller(image: Image.Image, longest_px: Sequence[int], *, folder: Path) -> list[tuple[int, int]]:
    """Write WebP pictures of at most so many pixels a side, never enlarged. Returns their widths and heights."""
    if image.mode not in ("RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    sizes = []
    for longest in sorted(longest_px, reverse=True):  # each from the one before
        scale = min(1.0, longest / max(image.size))
        width, height = (max(1, round(side * scale)) for side in image.size)
        if (width, height) != image.size:
            image = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=REDUCING_GAP)
        image.save(folder / f"{longest}.webp", "WEBP", quality=SMALLER_QUALITY, method=SMALLER_EFFORT)
        sizes.append((width, height))
    return sizes


def _plain(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """In a mode that PNG, WebP or, with `_opaque`, JPEG has, and with no words left that would be written."""
    image = picture
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    is_pale = image.has_transparency_data
    if image.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK") or (
        profile and image.mode in ("1", "LA", "P")
    ):
        image = image.convert("RGBA" if is_pale else "RGB")
    elif is_pale and image.mode in ("L", "RGB"):  # one colour is to be seen through
        image = image.convert("RGBA")
    if profile:
        image = _in_srgb(image, profile)
    if image.mode == "CMYK":
        image = image.convert("RGB")
    seen_through = image.info.get("transparency") if image.mode == "P" else None
    image.info = {} if seen_through is None else {"transparency": seen_through}
    return image


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """As it is, where the profile is damaged or of other colours."""
    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if source.profile.xcolor_space != COLOUR_SPACES[image.mode] or "srgb" in _description(source):
            return image
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
        return turned or image
    return image


def _description(profile: ImageCms.ImageCmsProfile) -> str:
    return (profile.profile.profile_description or "").lower()


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode in ("L", "RGB"):
        return image
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _coarseness(picture: ImageFile.ImageFile) -> tuple[int, int]:
    """Quality and sampling of a JPEG, so that it is not written finer than it came: only larger would it be."""
    if not isinstance(picture, JpegImagePlugin.JpegImageFile) or not picture.quantization:
        return JPEG_QUALITY, -1
    percent = 100 * sum(picture.quantization[min(picture.quantization)]) / LUMINANCE_SUM
    quality = (200 - percent) / 2 if percent <= 100 else 5000 / percent
    return min(JPEG_QUALITY, max(30, round(quality))), JpegImagePlugin.get_sampling(picture)
