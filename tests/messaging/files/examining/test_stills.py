from pathlib import Path
from typing import Any

import pytest
from PIL import Image, JpegImagePlugin, PngImagePlugin

from messaging.files.examining.pictures import remake_picture
from tests.messaging.files.examining.drawing import (
    BLUE,
    HEIGHT,
    RED,
    WIDTH,
    colour,
    drawn,
    is_like,
    saved,
    seen,
    swapping_profile,
)

GPS, CAMERA, ORIENTATION = 0x8825, 0x010F, 0x0112
PLACE = {1: "N", 2: (37.0, 33.0, 59.0), 3: "E", 4: (126.0, 58.0, 41.0)}  # in Seoul
WORDS = (b"SecretCamera", b"Exif", b"ns.adobe.com", b"SecretComment", b"Photoshop")


def secret_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[CAMERA] = "SecretCamera"
    exif[ORIENTATION] = orientation
    exif[GPS] = PLACE
    return exif


def written(path: Path, kind: str) -> Path:
    remake_picture(path, kind=kind, folder=path.parent)
    return path.parent / "file"


def secret_text() -> PngImagePlugin.PngInfo:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "SecretComment")
    text.add_itxt("XML:com.adobe.xmp", "<x xmlns='http://ns.adobe.com/xap/1.0/'>SecretCamera</x>")
    return text


@pytest.mark.parametrize(
    ("kind", "decoder", "words"),
    [
        ("image/jpeg", "JPEG", {"xmp": b"<x>http://ns.adobe.com/</x>", "comment": b"SecretComment"}),
        ("image/png", "PNG", {"pnginfo": secret_text()}),
        ("image/webp", "WEBP", {"xmp": b"<x>http://ns.adobe.com/</x>"}),
        ("image/heic", "HEIF", {"xmp": b"<x>http://ns.adobe.com/</x>"}),
    ],
)
def test_where_and_with_what_it_was_taken_is_gone(
    tmp_path: Path, kind: str, decoder: str, words: dict[str, Any]
) -> None:
    path = saved(drawn(), tmp_path / "came", decoder, exif=secret_exif(), **words)
    assert b"SecretCamera" in path.read_bytes()

    written(path, kind)

    for name in ("file", "320.webp", "1280.webp"):
        raw = (tmp_path / name).read_bytes()
        assert [word for word in WORDS if word in raw] == []
        with Image.open(tmp_path / name) as picture:
            assert dict(picture.getexif()) == {}


def test_a_comment_of_a_gif_is_gone(tmp_path: Path) -> None:
    path = saved(drawn("P"), tmp_path / "came", "GIF", comment=b"SecretComment")

    assert b"SecretComment" not in written(path, "image/gif").read_bytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_turned_upright(tmp_path: Path, orientation: int) -> None:
    """However the camera was held: it writes the sensor's lines, and how to turn them."""
    undone = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Pillow's numbers of what a viewer must undo
    picture = drawn()
    picture.paste((250, 250, 250), (0, 0, 12, 12))  # the corner at the left above
    if orientation > 1:
        picture = picture.transpose(Image.Transpose(undone[orientation]))
    path = saved(picture, tmp_path / "came", "JPEG", exif=secret_exif(orientation), quality=95)

    upright = seen(written(path, "image/jpeg"))

    assert upright.size == (WIDTH, HEIGHT)
    assert is_like(colour(upright), (250, 250, 250))
    assert is_like(colour(upright, WIDTH - 5, 5), RED)
    assert is_like(colour(upright, 5, HEIGHT - 5), BLUE)


def test_colours_of_a_profile_become_those_that_browsers_take_for_granted(tmp_path: Path) -> None:
    path = saved(drawn(), tmp_path / "came", "JPEG", icc_profile=swapping_profile(), quality=95)

    turned = written(path, "image/jpeg")

    red, green, *_others = colour(seen(turned))
    assert green > red
    assert b"ICC_PROFILE" not in turned.read_bytes()


def test_a_damaged_profile_is_nobodys_loss(tmp_path: Path) -> None:
    path = saved(drawn(), tmp_path / "came", "JPEG", icc_profile=b"no profile" * 20)

    assert is_like(colour(seen(written(path, "image/jpeg"))), RED)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_of_a_png_is_taken(tmp_path: Path, mode: str) -> None:
    picture = Image.new("I;16", (WIDTH, HEIGHT), 200 * 256) if mode == "I;16" else drawn(mode)
    path = saved(picture, tmp_path / "came", "PNG")

    whole, small = seen(written(path, "image/png")), seen(tmp_path / "320.webp")

    wanted = (200, 200, 200) if mode == "I;16" else colour(seen(path))
    assert is_like(colour(whole), wanted)
    assert is_like(colour(small), wanted)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_every_mode_of_a_jpeg_is_taken(tmp_path: Path, mode: str) -> None:
    path = saved(drawn(mode), tmp_path / "came", "JPEG")

    with Image.open(written(path, "image/jpeg")) as whole:
        assert whole.mode == ("L" if mode == "L" else "RGB")
        assert is_like(colour(whole), colour(seen(path)))


def test_a_photograph_with_further_pictures_in_it_becomes_its_first(tmp_path: Path) -> None:
    path = saved(drawn(), tmp_path / "came", "MPO", save_all=True, append_images=[Image.new("RGB", (9, 9))])

    with Image.open(written(path, "image/jpeg")) as whole:
        assert (whole.format, whole.size) == ("JPEG", (WIDTH, HEIGHT))


@pytest.mark.parametrize(("kind", "decoder"), [("image/png", "PNG"), ("image/webp", "WEBP"), ("image/gif", "GIF")])
def test_what_can_be_seen_through_stays_so(tmp_path: Path, kind: str, decoder: str) -> None:
    picture = drawn("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 20, 20))
    path = saved(picture, tmp_path / "came", decoder)

    for found in (seen(written(path, kind)), seen(tmp_path / "320.webp")):
        assert found.mode == "RGBA"
        assert colour(found)[3] < 20
        assert colour(found, WIDTH - 5, 5)[3] > 235


def test_a_coarse_photograph_is_not_made_larger(tmp_path: Path) -> None:
    noise = Image.effect_noise((400, 300), 60)
    path = saved(noise.convert("RGB"), tmp_path / "came", "JPEG", quality=50, subsampling="4:4:4")

    whole = written(path, "image/jpeg")

    assert whole.stat().st_size < 1.05 * path.stat().st_size
    with Image.open(whole) as picture:
        assert isinstance(picture, JpegImagePlugin.JpegImageFile)
        assert JpegImagePlugin.get_sampling(picture) == 0  # of colours, as it was


def test_a_huge_png_is_a_photograph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.files.examining.stills.PNG_TO_WEBP_BYTES", 100)
    path = saved(drawn(), tmp_path / "came", "PNG")

    assert remake_picture(path, kind="image/png", folder=tmp_path).media_type == "image/webp"
