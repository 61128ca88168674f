import time
from pathlib import Path

import pytest
from PIL import Image

from messaging.files.examining.pictures import make_preview, remake_picture
from messaging.files.examining.verdict import Refused, Verdict
from tests.messaging.files.examining.drawing import (
    BLUE,
    HEIGHT,
    RED,
    WIDTH,
    colour,
    drawn,
    is_like,
    moving_webp,
    png_of_claims,
    saved,
    seen,
)


def remade(path: Path, kind: str) -> Verdict:
    return remake_picture(path, kind=kind, folder=path.parent)


def reason_of(path: Path, kind: str) -> str:
    with pytest.raises(Refused) as refused:
        remade(path, kind)
    return refused.value.reason


@pytest.mark.parametrize(
    ("kind", "decoder", "becomes"),
    [
        ("image/jpeg", "JPEG", "image/jpeg"),
        ("image/png", "PNG", "image/png"),
        ("image/webp", "WEBP", "image/webp"),
        ("image/gif", "GIF", "image/png"),  # it stands still
        ("image/heic", "HEIF", "image/jpeg"),
    ],
)
def test_a_picture_becomes_one_that_every_browser_shows(
    tmp_path: Path, kind: str, decoder: str, becomes: str
) -> None:
    verdict = remade(saved(drawn(width=2000, height=1000), tmp_path / "came", decoder), kind)

    assert verdict == Verdict(media_type=becomes, width=2000, height=1000)
    for name, size in (("file", (2000, 1000)), ("1280.webp", (1280, 640)), ("320.webp", (320, 160))):
        picture = seen(tmp_path / name)
        assert picture.size == size
        assert is_like(colour(picture), RED)
        assert is_like(colour(picture, 5, size[1] - 5), BLUE)


def test_a_small_picture_is_not_enlarged(tmp_path: Path) -> None:
    remade(saved(drawn(), tmp_path / "came", "PNG"), "image/png")

    assert {seen(tmp_path / name).size for name in ("file", "1280.webp", "320.webp")} == {(WIDTH, HEIGHT)}


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (8_001, 5_000), (70_000, 2)])
def test_a_picture_of_too_many_pixels_is_refused_before_one_is_decoded(
    tmp_path: Path, width: int, height: int
) -> None:
    (tmp_path / "came").write_bytes(png_of_claims(width, height))

    assert reason_of(tmp_path / "came", "image/png") == "pixels"


def test_a_truncated_photograph_is_damaged(tmp_path: Path) -> None:
    path = saved(drawn(width=800, height=600), tmp_path / "came", "JPEG")
    path.write_bytes(path.read_bytes()[:-1000])

    assert reason_of(path, "image/jpeg") == "damaged"


def test_a_jpeg_that_is_drawn_over_and_over_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    """A scan of some bytes goes over all pixels: 300 kB of them keep a core busy for minutes."""
    few = saved(drawn(width=2000, height=1000), tmp_path / "few", "JPEG", progressive=True)
    scan = few.read_bytes()[few.read_bytes().rindex(b"\xff\xda") : -2]
    scan_in_words = b"\xff\xe1" + (2 + len(scan)).to_bytes(2, "big") + scan  # a thumbnail, as in EXIF
    many, words = tmp_path / "many", tmp_path / "words"
    many.write_bytes(few.read_bytes()[:-2] + 100 * scan + b"\xff\xd9")
    words.write_bytes(few.read_bytes()[:2] + 100 * scan_in_words + few.read_bytes()[2:] + 100 * scan)

    assert remade(few, "image/jpeg").reason == ""
    assert remade(words, "image/jpeg").reason == ""
    assert reason_of(many, "image/jpeg") == "damaged"


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/webp", "image/gif", "image/heic"])
def test_bytes_that_are_no_picture_are_damaged(tmp_path: Path, kind: str) -> None:
    (tmp_path / "came").write_bytes(b"\xff\xd8\xff" + bytes(100))

    assert reason_of(tmp_path / "came", kind) == "damaged"


def test_no_decoder_but_that_of_the_kind_runs(tmp_path: Path) -> None:
    assert reason_of(saved(drawn(), tmp_path / "came", "TIFF"), "image/png") == "damaged"
    assert reason_of(saved(drawn(), tmp_path / "came", "GIF"), "image/jpeg") == "damaged"


def test_ten_thousand_frames_are_refused_within_a_second(tmp_path: Path) -> None:
    raw = moving_webp(10_000)
    (tmp_path / "came").write_bytes(raw[:-8] + b"\xff" * 8)  # whoever decodes them all finds this
    began = time.process_time()

    assert reason_of(tmp_path / "came", "image/webp") == "frames"
    assert time.process_time() - began < 1


def test_of_a_picture_that_moves_the_smaller_ones_stand_still(tmp_path: Path) -> None:
    (tmp_path / "came").write_bytes(moving_webp(3))

    assert remade(tmp_path / "came", "image/webp").media_type == "image/webp"
    with Image.open(tmp_path / "320.webp") as still:
        assert not getattr(still, "is_animated", False)


def test_a_preview_is_one_small_picture(tmp_path: Path) -> None:
    path = saved(drawn(width=3000, height=1500), tmp_path / "came", "JPEG")

    verdict = make_preview(path, kind="image/jpeg", longest_px=640, folder=tmp_path)

    assert verdict == Verdict(media_type="image/webp", width=640, height=320)
    assert is_like(colour(seen(tmp_path / "640.webp")), RED)
    assert not (tmp_path / "file").exists()
